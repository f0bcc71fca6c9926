//! Organizations: an application's customers, with members of their own.
//!
//! Owns the organization, what its members may do with it ([`authority`]), and in which one a session acts. Does not own who is in it
//! (`members`).

mod actions;
pub(crate) mod authority;
mod error;
mod event;
pub(crate) mod joining;
mod model;
mod platform;
pub(crate) mod seat;
pub(crate) mod store;

use edge::Endpoint;
use identity::holdings;
use kernel::{EventFacts, Id};

pub(crate) use error::OrganizationError;
pub(crate) use model::Organization;

kernel::resource! { Organization, prefix: "org", noun: "organization" }

kernel::permissions! {
    /// Read organizations and who is in them.
    OrganizationsRead = "organizations:read",
    /// Create, change and delete organizations, and say who is in them.
    OrganizationsWrite = "organizations:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) type OrganizationId = Id<Organization>;

/// The organization as sessions name it.
pub(crate) fn named(id: OrganizationId) -> holdings::OrganizationId {
    holdings::organization(id.uuid())
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
