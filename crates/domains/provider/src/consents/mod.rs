//! What a person allowed a client for good, so that they are not asked again for the same.
//!
//! Owns the memory of it, the page that asks, and a person's own view of it. Does not own the tokens that follow (`grants`).

mod event;
mod me;
mod model;
mod page;
mod store;
mod words;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) use model::Consent;
pub(crate) use store::{find, put};
pub(crate) use words::scopes as scope_words;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    page::endpoints().into_iter().chain(me::endpoints()).collect()
}
