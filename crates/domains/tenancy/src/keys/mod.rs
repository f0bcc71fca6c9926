//! The keys that sign an application's tokens.
//!
//! Owns their making, their schedule, their sealed private halves and the set that is published. Does not own what is signed.
//! EdDSA is made with the tenant, ES256 and RS256 when first asked for. A private key leaves the store sealed and exists in the
//! open in the memory of a node only.

mod error;
mod event;
mod generation;
mod ring;
mod rotation;
mod schedule;
mod store;
mod succession;

use kernel::EventFacts;

pub use error::KeyError;
pub use event::SigningKeyCreated;
pub(crate) use generation::{NewSigningKey, generate_quickly};
pub use ring::KeyRing;
pub use rotation::{rotate_due, rotate_now};
pub use schedule::{AHEAD, Term};
pub(crate) use succession::plant;

pub(crate) const EVENTS: &[EventFacts] = &[SigningKeyCreated::FACTS];

/// The topic under which changes of keys are told to the rings of all nodes.
const TOPIC: &str = "keys";
