//! The authorization endpoint (RFC 6749, section 3.1; OpenID Connect Core 1.0, section 3.1.2): from a client's request to the answer
//! that it gets.
//!
//! Owns the way of a request: reading it, what the person is sent to do about it, and the code in the end. What may be asked and what
//! comes next is decided by the crate `oauth`; signing in is `hosted`'s, consent the slice of that name's.

mod account;
mod answer;
mod decide;
mod endpoint;
mod event;
mod hint;
mod par;
mod park;
mod read;
mod request_object;
mod settle;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) use account::name_of;
pub(crate) use decide::{Visit, open_visit, step};
pub(crate) use endpoint::HandleQuery;
pub(crate) use hint::hinted;
pub(crate) use park::address;
pub use park::client_behind;
pub(crate) use settle::{allow, deny};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    endpoint::endpoints().into_iter().chain(par::endpoints()).chain(account::endpoints()).collect()
}
