use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// Another account became part of this one and is gone. Its id stays in the trail of what it did.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.merged", target = user_id)]
pub(super) struct UserMerged {
    pub user_id: Id<User>,
    pub merged_user_id: Id<User>,
    /// How many of its sessions ended.
    pub sessions_ended: u64,
}

pub(super) const CATALOGUE: &[EventFacts] = &[UserMerged::FACTS];
