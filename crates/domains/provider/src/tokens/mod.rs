//! Tokens: what clients are given, and what becomes of it.
//!
//! Owns the token endpoint with its grant types, the forms of access and refresh tokens, and the endpoints that take tokens back, look
//! into them, or answer by them. Does not own who the client is (`clients`), nor what it was allowed (`grants`).

mod answer;
mod authenticator;
mod authorization_code;
mod claims;
mod client_credentials;
mod endpoint;
mod error;
mod event;
mod exchange;
mod introspect;
mod issue;
mod jwt_bearer;
pub(crate) mod live;
mod nonce;
mod opaque;
mod person;
mod presented;
mod purge;
mod refresh;
mod refresh_token;
mod revoke;
mod revoked;
mod sender;
mod subject;
mod userinfo;
mod vouched;

use edge::Endpoint;
use kernel::EventFacts;

pub(crate) use answer::TokenResponse;
pub use authenticator::AccessTokens;
pub(crate) use authorization_code::first_of;
pub(crate) use error::TokenError;

pub use purge::purge_ended;
pub(crate) use sender::{Sender, proof};
pub(crate) use subject::{session_name, session_name_in, subject, subject_in};

kernel::permissions! {
    /// Ask whether tokens count, as a resource server does.
    TokensIntrospect = "tokens:introspect",
}

/// What a person may let a client do on this server's own API: what is theirs, and nothing of what administers the application.
pub(crate) const OWN_SCOPES: [&str; 3] = ["me:read", "me:write", "me:sessions"];

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    endpoint::endpoints()
        .into_iter()
        .chain(revoke::endpoints())
        .chain(introspect::endpoints())
        .chain(userinfo::endpoints())
        .collect()
}
