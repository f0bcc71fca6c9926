//! That an address is the person's own, and the change to another.
//!
//! Owns the messages that prove an address, what a first proof takes away, and the way to another email address. Does not own
//! signing in by a message (`passwordless`).

mod actions;
mod change;
mod claim;
mod data_plane;
mod error;
mod event;
mod platform;

pub(crate) use actions::greet;
pub use actions::{Received, Request, Sent, Whose, confirm, send};
pub use change::{confirm_change, request_change};
pub use claim::{ListsLinked, OnWaysIn, OtherWaysIn, Proof, WaysIn, prove};
use edge::Endpoint;
pub use error::VerificationError;
use kernel::EventFacts;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
