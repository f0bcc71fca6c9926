//! What happens to API keys. Never a secret, nor a digest of one.

use kernel::{Id, Timestamp};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::ApiKey;

/// A secret API key was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("api_key.created", target = api_key_id)]
pub struct ApiKeyCreated {
    pub api_key_id: Id<ApiKey>,
    pub name: String,
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
}

/// A secret API key got a new secret.
#[derive(Event, Serialize, JsonSchema)]
#[event("api_key.rotated", target = api_key_id)]
pub struct ApiKeyRotated {
    pub api_key_id: Id<ApiKey>,
    /// When the secret before this one stops working; null where it has already.
    pub previous_expires_at: Option<Timestamp>,
}

/// A secret API key was revoked.
#[derive(Event, Serialize, JsonSchema)]
#[event("api_key.revoked", target = api_key_id)]
pub struct ApiKeyRevoked {
    pub api_key_id: Id<ApiKey>,
}
