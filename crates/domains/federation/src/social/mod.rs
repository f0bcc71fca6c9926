//! Signing in at a provider: there, back, and the hand-off to the application.
//!
//! ```text
//! application ──authorize──▶ provider ──callback──▶ here ──hand-off code──▶ application ──exchange──▶ session, or a flow
//! ```
//!
//! The state that goes to the provider and comes back is a challenge: 256 random bits, bound to the browser by an HttpOnly cookie, to
//! the provider, and to what is to be done (sign in, or link to this very user), redeemed by one statement. PKCE verifier and nonce
//! are derived from it under a key of the vault, so that nothing that would be worth stealing is kept.
//!
//! What a provider says is believed as far as it is bound: [`id_token`] for who it is and for whom, [`person`] for what of it is of
//! the right type, and the application's settings for whether an address counts. A user is known by the connection and the subject,
//! and by an address only at the very first time, where the address is proven.

mod apple;
mod arrival;
mod authorization;
mod authorize;
mod begun;
mod cache;
mod callback;
mod catalogue;
mod connection;
mod data_plane;
mod discovery;
mod error;
mod event;
mod hand_off;
mod id_token;
mod issuer;
mod keys;
mod linking;
mod person;
mod platform;
mod tokens;
mod upstream;

use edge::Endpoint;
use kernel::EventFacts;

pub use authorization::code_challenge;
pub use cache::UpstreamCache;
pub(crate) use connection::Connection;
pub(crate) use error::SocialError;
pub use hand_off::{exchange, redeem};
pub(crate) use linking::{LinkBegun, LinkRequest, begin_link, complete_link};
pub(crate) use person::{Snapshot, cleaned};

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
