//! Identities: the accounts at upstream providers by which a user is known here.
//!
//! Owns the row of (connection, subject) and whose it is, listing, linking and unlinking. A subject is one user's; a user keeps a way
//! in. Does not own how an account is proven (`social`).

mod actions;
mod data_plane;
pub mod doors;
mod error;
mod event;
mod model;
mod platform;
pub(crate) mod store;

use edge::Endpoint;
use kernel::{EventFacts, Id};

pub(crate) use actions::link;
pub(crate) use error::IdentityError;
pub(crate) use model::{Identity, NewIdentity};
pub use store::WAYS_IN;

kernel::resource! { Identity, prefix: "idn", noun: "identity" }

pub(crate) type IdentityId = Id<Identity>;

/// Where an identity's tokens are sealed for.
pub(crate) const TOKENS: &str = "identities.tokens";

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
