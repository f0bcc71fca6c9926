//! Captchas: that somebody took trouble, before the server does.
//!
//! Owns the question whether one is asked for at a door ([`require`]), the built-in proof of work, and how the answers of foreign
//! providers are checked. Does not own when a risky sign-in is asked for one: that is the flow's.

mod actions;
mod data_plane;
mod error;
mod event;
mod platform;
mod provider;
mod store;
mod work;

use ::store::{Db, StoreError};
pub(crate) use actions::{Door, require, solve};
use edge::Endpoint;
pub use error::CaptchaError;
use kernel::{EventFacts, Timestamp};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}

/// Forget solved sums that are too old to be used again, in small bites. How many are gone.
pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    store::purge(db, now).await
}
