use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// A password was set, by the person or by an administrator: the actor says which.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.password_changed", target = user_id)]
pub(crate) struct PasswordChanged {
    pub user_id: Id<User>,
    /// Must another password be chosen at the next sign-in?
    pub must_change: bool,
    /// How many sessions ended with it.
    pub sessions_ended: u64,
}

/// Whoever holds a session of this person did not know their current password.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.password_change_failed", target = user_id, failure)]
pub(crate) struct PasswordChangeFailed {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[PasswordChanged::FACTS, PasswordChangeFailed::FACTS];
