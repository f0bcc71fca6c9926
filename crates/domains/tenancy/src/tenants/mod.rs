//! Tenants: the walls between applications.
//!
//! Owns a tenant's row, its slug and hosts, where it is reached and what its issuer is, and the directory that the edge asks
//! on every request. Does not own what the settings mean (`settings`), nor who may manage a tenant (`applications`).

mod directory;
mod model;
mod origin;
mod profile;
mod provision;
mod slug;
pub(crate) mod store;

use ::store::Tx;
use kernel::TenantId;

pub use directory::Tenants;
pub use model::{Environment, TenantRecord, TenantState};
pub(crate) use origin::PublicOrigin;
pub use origin::PublicUrlError;
pub(crate) use profile::{Profile, profile_of};
pub use profile::{is_development, name_of};
pub(crate) use provision::{NewTenant, Provisioned, first_signing_key, provision};
pub use slug::{Slug, SlugError};

/// The topic under which changes of tenants are told to the directories of all nodes.
const TOPIC: &str = "tenant";
/// The key where hosts or slugs changed too, and not only the tenant's own row.
const HOSTS: &str = "hosts";

/// Once committed, every node reads the tenant again.
pub(crate) fn changed(tx: &Tx, tenant: TenantId) {
    tx.invalidate_as(tenant, TOPIC, "settings");
}

/// The same where a host may lead to another tenant than before.
pub(crate) fn hosts_changed(tx: &Tx, tenant: TenantId) {
    tx.invalidate_as(tenant, TOPIC, HOSTS);
}
