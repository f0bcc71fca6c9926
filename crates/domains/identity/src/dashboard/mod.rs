//! Dashboard accounts: users of the built-in `console` tenant, signed up and in by the engine that they administer.
//!
//! Owns what is special about them: that signing up makes a team or joins one, that a claim token gives the first team to its first
//! owner, who is asked into a team and how the account ends. Does not own teams and their rules nor applications (`tenancy`), nor
//! second factors (`factors`).

mod actions;
mod closing;
mod error;
mod event;
mod figures;
mod members;
mod platform;
mod sign_in;

use edge::Endpoint;
use kernel::EventFacts;

pub use figures::key_figures;

/// May strangers sign up for the dashboard? A claim token or an invitation opens it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DashboardSignUp {
    pub is_open: bool,
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(sign_in::endpoints()).chain(members::endpoints()).collect()
}
