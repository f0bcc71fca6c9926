//! What people say about purposes.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// A person agreed to something.
#[derive(Event, Serialize, JsonSchema)]
#[event("consent.granted", target = user_id)]
pub(super) struct ConsentGranted {
    pub user_id: Id<User>,
    pub purpose: String,
    pub version: u32,
}

/// A person did not agree to something, or does not any more.
#[derive(Event, Serialize, JsonSchema)]
#[event("consent.withdrawn", target = user_id)]
pub(super) struct ConsentWithdrawn {
    pub user_id: Id<User>,
    pub purpose: String,
    pub version: u32,
}

pub(super) const CATALOGUE: &[EventFacts] = &[ConsentGranted::FACTS, ConsentWithdrawn::FACTS];
