//! Who is in an organization, what they are in it, and which roles they have there.

mod actions;
mod error;
mod event;
mod model;
mod platform;
mod store;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

/// Roles that a member has in one.
const MOST_ROLES: usize = 20;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
