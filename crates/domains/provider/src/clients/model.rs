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
    /// Until when what was read there counts.
    pub(crate) document_fresh_until: Option<Timestamp>,
    pub(crate) kind: ClientType,
    /// Absent, the application's own.
    pub(crate) profile: Option<Profile>,
    pub(crate) name: String,
    pub(crate) state: ClientState,
    pub(crate) metadata: ClientMetadata,
    pub(crate) origin: ClientOrigin,
    /// SHA-256 of the token by which a client that registered itself manages itself (RFC 7592).
    pub(crate) registration_hash: Option<[u8; 32]>,
    pub(crate) created_by: Actor,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident { $($(#[$vdoc:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $kind { $($(#[$vdoc])* $name,)* }

        impl $kind {
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub(super) fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

names! {
    ClientState {
        Active = "active",
        /// Gets no tokens, and those it has are refused.
        Disabled = "disabled",
    }
}

names! {
    /// How a client came here.
    ClientOrigin {
        /// By whoever runs the application.
        Managed = "managed",
        /// By itself (RFC 7591).
        Registered = "registered",
        /// By the document at its address (OAuth Client ID Metadata Document).
        Document = "document",
    }
}

impl Client {
    /// The `client_id` of the protocol: the data plane's spelling of the id, or the address of the document.
    pub(crate) fn client_id(&self) -> String {
        self.document_url.clone().unwrap_or_else(|| self.id.typed().to_string())
    }

    pub(crate) fn is_active(&self) -> bool {
        self.state == ClientState::Active
    }

    /// The same in another state: disabling twice is no error and no change.
    pub(super) fn enter(self, state: ClientState, now: Timestamp) -> Self {
        if self.state == state { self } else { Self { state, ..self }.touched(now) }
    }

    /// The next version.
    pub(super) fn touched(self, now: Timestamp) -> Self {
        Self { version: self.version + 1, updated_at: now, ..self }
    }
}
