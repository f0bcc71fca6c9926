//! Devices without a browser (RFC 8628): they show a short code, and a person says yes to it elsewhere.
//!
//! Owns the codes, the page where one is typed, and who may decide: the first browser that looked at a code, and no other. Does not own
//! the tokens that come of a yes (`tokens`).

mod endpoint;
mod error;
mod event;
mod model;
mod page;
mod redeem;
mod store;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) use redeem::redeem;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

/// The grant type's own prefix, for people and secret scanners.
const PREFIX: &str = "pc_dc_";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    endpoint::endpoints().into_iter().chain(page::endpoints()).collect()
}
