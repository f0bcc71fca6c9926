//! Who is in an organization, what they are in it, and which roles they have there.

mod actions;
mod error;
mod event;
mod model;
mod platform;
mod store;

use edge::Endpoint;
use identity::holdings;
use kernel::EventFacts;

pub(crate) use actions::{join, owned};

use crate::organizations::OrganizationId;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

/// Organizations that one person is in.
const MOST_HELD: i64 = 100;
/// Roles that a member has in one.
const MOST_ROLES: usize = 20;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}

/// The organization as sessions name it.
pub(crate) fn named(id: OrganizationId) -> holdings::OrganizationId {
    holdings::organization(id.uuid())
}
