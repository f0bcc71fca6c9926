//! Dashboard accounts: users of the built-in `console` tenant, signed up and in by the engine that they administer.
//!
//! Owns what is special about them: that signing up makes a team, and that a claim token gives the first team to its first
//! owner. Does not own teams nor applications (`tenancy`).

mod actions;
mod event;
mod platform;

use edge::Endpoint;
use kernel::EventFacts;

/// May strangers sign up for the dashboard? A claim token opens it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DashboardSignUp {
    pub is_open: bool,
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
