//! Passkeys: WebAuthn credentials that sign a person in, alone or as a second factor.
//!
//! Owns the credentials, their registration, the two ceremonies and what they are bound to, and the documents by which pages and
//! native applications of other origins take part. Reading and verifying what authenticators send is the crate `webauthn`'s; what a
//! proven passkey is worth in a sign-in is `flows`'.

mod aaguids;
mod authenticating;
mod ceremony;
mod data_plane;
pub mod doors;
mod error;
mod event;
mod input;
mod managing;
mod model;
mod options;
mod platform;
mod registering;
mod second_factor;
pub(crate) mod store;
mod well_known;

use edge::Endpoint;
use kernel::{EventFacts, Id};

pub(crate) use error::PasskeyError;
pub(crate) use managing::{drop_all, has_hardware, has_way_in, remove_for};
pub(crate) use model::Passkey;
pub(crate) use second_factor::{begin_for, begin_registration_for, complete_for, complete_registration_for};

kernel::resource! { Passkey, prefix: "psk", noun: "passkey" }

pub(crate) type PasskeyId = Id<Passkey>;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).chain(well_known::endpoints()).collect()
}
