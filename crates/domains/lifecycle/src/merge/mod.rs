//! Two accounts of one person become one.
//!
//! Owns the order and the report: who is held, what follows, what can't, what ends. Does not own what is right for a table: its domain
//! says so in the registry (`edge::Merge`). A dry run does the very same and rolls it back, so it can't promise what the merge would
//! not do.

mod actions;
mod error;
mod event;
mod model;
mod platform;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
