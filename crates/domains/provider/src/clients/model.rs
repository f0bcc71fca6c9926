//! What a client is. Pure.

use kernel::{Actor, Timestamp};
use oauth::{ClientMetadata, ClientType, Profile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ClientId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: ClientId,
    pub(crate) version: i64,
    /// The address that is its `client_id`, for a client known by its metadata document.
    pub(crate) document_url: Option<String>,
    pub(crate) kind: ClientType,
    /// Absent, the application's own.
    pub(crate) profile: Option<Profile>,
    pub(crate) name: String,
    pub(crate) state: ClientState,
    pub(crate) metadata: ClientMetadata,
    pub(crate) origin: ClientOrigin,
    pub(crate) created_by: Actor,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientState {
    Active,
    /// Gets no tokens, and those it has are refused.
    Disabled,
}

/// How a client came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientOrigin {
    /// By whoever runs the application.
    Managed,
    /// By itself (RFC 7591).
    Registered,
    /// By the document at its address (OAuth Client ID Metadata Document).
    Document,
}

impl Client {
    /// The `client_id` of the protocol: the data plane's spelling of the id, or the address of the document.
    pub(crate) fn client_id(&self) -> String {
        self.document_url.clone().unwrap_or_else(|| self.id.typed().to_string())
    }
}
