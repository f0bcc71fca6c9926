//! The answer of the token endpoint (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3).

use kernel::Secret;
use oauth::{AuthorizationDetails, Scopes};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::issue::Made;

/// Tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OauthTokens")]
pub(crate) struct TokenResponse {
    access_token: String,
    /// `Bearer`, or `DPoP` where the token is bound to a key.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Who signed in and how: a JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// What was granted, parted by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<Value>,
    /// Of a token exchange: what kind of token it is (RFC 8693, section 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
}

impl TokenResponse {
    pub(crate) fn of(made: &Made, scopes: &Scopes, details: &AuthorizationDetails) -> Self {
        Self {
            access_token: made.token.reveal().to_owned(),
            token_type: made.token_type,
            expires_in: made.lifetime.as_secs(),
            refresh_token: None,
            id_token: None,
            scope: (!scopes.is_empty()).then(|| scopes.to_string()),
            authorization_details: (!details.is_empty()).then(|| serde_json::json!(details)),
            issued_token_type: None,
        }
    }

    pub(crate) fn refresh_token(self, token: Option<&Secret>) -> Self {
        Self { refresh_token: token.map(|token| token.reveal().to_owned()), ..self }
    }

    pub(crate) fn id_token(self, id_token: Option<String>) -> Self {
        Self { id_token, ..self }
    }

    pub(crate) fn exchanged(self, kind: &'static str) -> Self {
        Self { issued_token_type: Some(kind), ..self }
    }
}
