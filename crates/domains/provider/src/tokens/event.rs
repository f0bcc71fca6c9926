use identity::users::UserId;
use kernel::EventFacts;
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::ClientId;

/// A refresh token was used a second time: what the person allowed the client has ended, since one of its two holders is a thief.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.refresh_reused", target = client_id, failure)]
pub(crate) struct ApplicationRefreshReused {
    pub client_id: ClientId,
    pub user_id: UserId,
}

/// An authorization code was used a second time: what came of its first use has ended.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.code_reused", target = client_id, failure)]
pub(crate) struct CodeReused {
    pub client_id: ClientId,
    pub user_id: UserId,
}

/// A client gave tokens back: a grant and everything that hangs on it, or one access token.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.token_revoked", target = client_id)]
pub(crate) struct TokenRevoked {
    pub client_id: ClientId,
    /// Absent where the client spoke for itself.
    pub user_id: Option<UserId>,
}

/// An issuer that the application trusts spoke for a person, and a client got a token for them: nobody signed in.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.assertion_accepted", target = client_id)]
pub(crate) struct AssertionAccepted {
    pub client_id: ClientId,
    pub user_id: UserId,
    /// `iss` of the assertion.
    pub issuer: String,
}

pub(crate) const CATALOGUE: &[EventFacts] =
    &[ApplicationRefreshReused::FACTS, CodeReused::FACTS, TokenRevoked::FACTS, AssertionAccepted::FACTS];
