use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// A message that lets a person set a new password was asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.password_reset_requested", target = user_id)]
pub(super) struct ResetRequested {
    pub user_id: Id<User>,
}

/// A person set a new password without knowing the old one. Their sessions ended.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.password_reset_completed", target = user_id)]
pub(super) struct ResetCompleted {
    pub user_id: Id<User>,
    pub sessions_ended: u64,
}

pub(super) const CATALOGUE: &[EventFacts] = &[ResetRequested::FACTS, ResetCompleted::FACTS];
