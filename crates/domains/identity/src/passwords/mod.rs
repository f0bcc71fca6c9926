//! Passwords: what makes one good, how it is kept, how it is changed.
//!
//! Owns the credential and the bounded pool that hashes it. Hashes are computed before a transaction opens, so that nobody waits
//! for the store behind a hash.

mod actions;
mod error;
mod event;
pub(crate) mod store;

use kernel::EventFacts;

pub(crate) use actions::{adopt, change, check_and_hash, confirm, ensure_room, hash_new, put, rehashed, set, verify};
pub use error::PasswordError;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;
