//! Signing up and in: how a person proves who they are.
//!
//! Owns the use cases that turn an identifier and a proof into a session, once for every door (`/v1`, `/api/v1`, the dashboard).
//! Answers are the same, in text, status and time, whether or not an account exists.

mod actions;
mod data_plane;
mod error;
mod event;
pub(crate) mod guest;
mod invited;
mod model;
mod platform;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) use actions::{sign_in, sign_out, sign_up, takes_newcomer, takes_sign_up};
pub(crate) use error::AuthError;
pub(crate) use event::{AttemptRefused, SignInFailed, SignedIn, SignedUp};
pub use guest::is_somebody;
pub use invited::{Invited, Welcome, has_account};
pub(crate) use model::{Attempt, Identifier, Registration};
pub(crate) use platform::{SignUpResult, required};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
