//! What people allow clients.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::Client;

/// A person withdrew what they had allowed an application: its tokens are dead.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.access_withdrawn", target = application_id)]
pub(super) struct AccessWithdrawn {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
    /// How many authorizations ended.
    pub grants: u64,
}

pub(super) const CATALOGUE: &[EventFacts] = &[AccessWithdrawn::FACTS];
