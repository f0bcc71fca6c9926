//! Where standard libraries look first: the key set, and documents that are made once.
//!
//! Owns the key set and how documents under `/.well-known` are kept and sent. What the issuer's metadata says is the provider's.

mod well_known;

use std::sync::OnceLock;

use edge::Endpoint;
use kernel::tenant::TenantFacts;
use serde_json::Value;

use crate::{published::Published, tenants::profile_of};

pub use well_known::send;

/// A document that says what a tenant's settings make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WellKnown {
    /// The issuer's metadata.
    Issuer,
    /// That of the tenant's own API as a resource.
    Resource,
}

/// The documents of one tenant, as long as it stays what it is.
#[derive(Default)]
pub(crate) struct Documents {
    issuer: OnceLock<Published>,
    resource: OnceLock<Published>,
}

/// The document, made when it is first asked for and kept as long as the tenant stays what it is.
pub fn published(tenant: &TenantFacts, which: WellKnown, make: impl FnOnce() -> Value) -> &Published {
    let documents = &profile_of(tenant).documents;
    let place = match which {
        WellKnown::Issuer => &documents.issuer,
        WellKnown::Resource => &documents.resource,
    };
    place.get_or_init(|| Published::new(&make()))
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    well_known::endpoints().into()
}
