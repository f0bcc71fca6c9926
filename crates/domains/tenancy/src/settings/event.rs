//! What happens to settings.

use kernel::Id;
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::applications::Application;

/// An application's settings were changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("settings.updated", target = application_id)]
pub struct SettingsUpdated {
    pub application_id: Id<Application>,
    /// The names of the fields that have another value now, for example `sessions.idle_seconds`.
    pub changed: Vec<String>,
}
