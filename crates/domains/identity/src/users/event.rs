//! What happens to users. The catalogue is public: webhooks and the audit trail carry these names.

use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::{User, platform::UserView};

/// A user was created by the application.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.created", target = user_id)]
pub(crate) struct UserCreated {
    pub user_id: Id<User>,
    pub user: UserView,
}

/// A user was changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.updated", target = user_id)]
pub(crate) struct UserUpdated {
    pub user_id: Id<User>,
    pub user: UserView,
}

/// A user was disabled: sign-in is refused, their sessions and what they allowed applications are over.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.disabled", target = user_id)]
pub(crate) struct UserDisabled {
    pub user_id: Id<User>,
    /// Grants to OAuth clients that ended with it.
    pub ended_grants: u64,
}

/// A user may sign in again.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.enabled", target = user_id)]
pub(crate) struct UserEnabled {
    pub user_id: Id<User>,
}

/// A user was erased: only this id remains.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.deleted", target = user_id)]
pub(crate) struct UserDeleted {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] =
    &[UserCreated::FACTS, UserUpdated::FACTS, UserDisabled::FACTS, UserEnabled::FACTS, UserDeleted::FACTS];
