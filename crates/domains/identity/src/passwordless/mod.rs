//! Signing in and up by a message: a link or a code, to a mailbox or a phone.
//!
//! Owns what is sent and what its redemption leads to. The answer to a request is the same, and one message goes out, whether or not
//! there is an account. Does not own the secrets' life (`challenges`) nor what else is asked (`flows`).

mod actions;
mod data_plane;
mod error;
mod event;
mod model;
mod platform;

pub use actions::{Sent, redeem_code, redeem_link, send};
use edge::Endpoint;
pub use error::PasswordlessError;
use kernel::EventFacts;
pub use model::{How, Request};
pub(crate) use platform::contact;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
