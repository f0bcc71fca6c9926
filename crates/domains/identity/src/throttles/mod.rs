//! Throttles: who guesses is slowed down, and nobody can lock anybody else out.
//!
//! Owns the counts of failures by account and network, by account, by network and by application, kept in the store so that all
//! nodes know them. An account exists here as a digest of what was typed, so an unknown one is slowed down like a known one. What
//! counts against an account as a whole does not hold on a device from which its person signed in before, and never for passkeys.

mod actions;
mod event;
mod keys;
mod model;
mod store;

use ::store::{Db, StoreError};
pub(crate) use actions::{check, failed, succeeded};
use kernel::{EventFacts, Timestamp};
pub(crate) use keys::{Account, Keys, neighbourhood};
pub(crate) use model::{Scope, Tally};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

/// Forget counts that are over, in small bites. How many are gone.
pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    store::purge(db, now).await
}
