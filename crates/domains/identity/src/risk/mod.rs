//! Risk: how much speaks against an attempt to sign in, 0 to 100.
//!
//! Owns the devices that a person signed in from before, what is known of networks and places ([`Intelligence`]), and the pure
//! scoring of both ([`score`]). Does not own the consequences: the flow asks for a second factor, a captcha, or refuses, by the
//! application's thresholds.

mod actions;
mod devices;
mod event;
mod intelligence;
mod model;
mod named;
mod networks;
mod places;
mod seen;

use ::store::{Db, StoreError};
pub(crate) use actions::{assess, settle};
pub use intelligence::{Intelligence, IntelligenceError, Sources};
use kernel::{EventFacts, Timestamp};
pub(crate) use named::NamedPlace;
pub use seen::Seen;
pub(crate) use seen::{look, seen_rows};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

/// Forget devices that were not seen for a year, in small bites. How many are gone.
pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    devices::purge(db, now).await
}
