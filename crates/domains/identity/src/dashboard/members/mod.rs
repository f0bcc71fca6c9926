//! The people of a team, as the dashboard shows and changes them.
//!
//! Owns the messages that ask somebody in, and that only the address asked gets in. Does not own the rules about roles and owners
//! (`tenancy::teams`).

mod actions;
mod platform;
mod store;

pub(super) use actions::{redeem, seen};
use edge::Endpoint;

pub(super) fn endpoints() -> [Endpoint; 4] {
    platform::endpoints()
}
