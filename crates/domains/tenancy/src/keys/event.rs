//! What happens to signing keys.

use kernel::{Id, Timestamp};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::applications::Application;

/// A signing key was made and published. It signs from `activates_at`.
#[derive(Event, Serialize, JsonSchema)]
#[event("signing_key.created", target = application_id)]
pub struct SigningKeyCreated {
    pub application_id: Id<Application>,
    pub kid: String,
    /// `EdDSA`, `ES256` or `RS256`.
    pub algorithm: String,
    pub activates_at: Timestamp,
    pub retires_at: Timestamp,
}
