//! OAuth 2 and OpenID Connect: the rules of an authorization server, one rule of one standard a file. Bytes and time in, decision out.
//!
//! Owns what a request means and whether it may be. Owns no store, no clock, no network and no page: the caller looks up clients,
//! keys and codes, and says what time it is.

mod error;
mod metadata;
mod names;
mod parameters;

pub use self::{
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::{
        AccessTokenFormat, AuthMethod, ClientType, GrantType, Profile, ResponseMode, ResponseType, ScopeMode,
        SubjectType, TokenType, UnknownName,
    },
    parameters::Parameters,
};
