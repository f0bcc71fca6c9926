//! What happens to groups, and who is in them.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::Group;

/// A group was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("group.created", target = group_id)]
pub(super) struct GroupCreated {
    pub group_id: Id<Group>,
    pub slug: String,
    pub scopes: Vec<String>,
}

/// A group was changed: its members may do something else where its scopes are others.
#[derive(Event, Serialize, JsonSchema)]
#[event("group.updated", target = group_id)]
pub(super) struct GroupUpdated {
    pub group_id: Id<Group>,
    pub slug: String,
    pub scopes: Vec<String>,
}

/// A group was deleted.
#[derive(Event, Serialize, JsonSchema)]
#[event("group.deleted", target = group_id)]
pub(super) struct GroupDeleted {
    pub group_id: Id<Group>,
    pub slug: String,
}

/// Somebody is in a group from now on.
#[derive(Event, Serialize, JsonSchema)]
#[event("group.member_added", target = user_id)]
pub(super) struct GroupMemberAdded {
    pub group_id: Id<Group>,
    pub user_id: Id<User>,
}

/// Somebody is in a group no more.
#[derive(Event, Serialize, JsonSchema)]
#[event("group.member_removed", target = user_id)]
pub(super) struct GroupMemberRemoved {
    pub group_id: Id<Group>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[
    GroupCreated::FACTS,
    GroupUpdated::FACTS,
    GroupDeleted::FACTS,
    GroupMemberAdded::FACTS,
    GroupMemberRemoved::FACTS,
];
