//! What happens to OAuth clients. The catalogue is public: webhooks and the audit trail carry these names.
//!
//! An application in the sense of `application.created` is a tenant; these events say client.

use kernel::{EventFacts, Id, Timestamp};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::{data_plane::ApplicationView, model::Client};

/// An OAuth client was created, by whoever runs the application, by itself, or by the document at its address.
#[derive(Event, Serialize, JsonSchema)]
#[event("client.created", target = application_id)]
pub(crate) struct ClientCreated {
    pub application_id: Id<Client>,
    pub application: ApplicationView,
}

/// An OAuth client was changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("client.updated", target = application_id)]
pub(crate) struct ClientUpdated {
    pub application_id: Id<Client>,
    pub application: ApplicationView,
}

/// An OAuth client was disabled: it gets no tokens, and those it has are refused.
#[derive(Event, Serialize, JsonSchema)]
#[event("client.disabled", target = application_id)]
pub(crate) struct ClientDisabled {
    pub application_id: Id<Client>,
    /// Grants of people that ended with it.
    pub ended_grants: u64,
}

/// An OAuth client may ask for tokens again. Grants that ended stay ended.
#[derive(Event, Serialize, JsonSchema)]
#[event("client.enabled", target = application_id)]
pub(crate) struct ClientEnabled {
    pub application_id: Id<Client>,
}

/// An OAuth client was deleted, with its secrets, grants and tokens.
#[derive(Event, Serialize, JsonSchema)]
#[event("client.deleted", target = application_id)]
pub(crate) struct ClientDeleted {
    pub application_id: Id<Client>,
}

/// An OAuth client has a new secret.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.secret_rotated", target = application_id)]
pub(crate) struct ClientSecretRotated {
    pub application_id: Id<Client>,
    /// Until then the secrets before it are good too; null where they ended at once.
    pub previous_expires_at: Option<Timestamp>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[
    ClientCreated::FACTS,
    ClientUpdated::FACTS,
    ClientDisabled::FACTS,
    ClientEnabled::FACTS,
    ClientDeleted::FACTS,
    ClientSecretRotated::FACTS,
];
