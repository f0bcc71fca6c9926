//! A password that was forgotten, or must give way to another.
//!
//! Owns the message that lets one set a new password, and what setting it ends. A reset proves the mailbox and nothing more: the
//! second factor is asked for as at any sign-in.

mod actions;
mod data_plane;
mod error;
mod event;
mod platform;

pub use actions::{Forgetful, Forgotten, ResetProof, forgot, reset};
use edge::Endpoint;
pub use error::RecoveryError;
use kernel::EventFacts;
pub(crate) use platform::{Forgot, ForgottenView, Reset, ResetAttempt};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
