//! What happens to roles, and who gets them.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Role, model::RoleKind};
use crate::groups::Group;

/// A role was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.created", target = role_id)]
pub(super) struct RoleCreated {
    pub role_id: Id<Role>,
    pub name: String,
    pub kind: RoleKind,
    pub permissions: Vec<String>,
}

/// A role's permissions or description changed: whoever holds it may do something else from the next token on.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.updated", target = role_id)]
pub(super) struct RoleUpdated {
    pub role_id: Id<Role>,
    pub name: String,
    pub permissions: Vec<String>,
}

/// A role was deleted, and nobody holds it any more.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.deleted", target = role_id)]
pub(super) struct RoleDeleted {
    pub role_id: Id<Role>,
    pub name: String,
}

/// Somebody holds a role from now on.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.assigned", target = user_id)]
pub(super) struct RoleAssigned {
    pub role_id: Id<Role>,
    pub user_id: Id<User>,
    pub name: String,
}

/// Somebody holds a role no more.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.unassigned", target = user_id)]
pub(super) struct RoleUnassigned {
    pub role_id: Id<Role>,
    pub user_id: Id<User>,
    pub name: String,
}

/// A group gives its members a role from now on.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.assigned_to_group", target = group_id)]
pub(super) struct RoleAssignedToGroup {
    pub role_id: Id<Role>,
    pub group_id: Id<Group>,
    pub name: String,
}

/// A group gives its members a role no more.
#[derive(Event, Serialize, JsonSchema)]
#[event("role.unassigned_from_group", target = group_id)]
pub(super) struct RoleUnassignedFromGroup {
    pub role_id: Id<Role>,
    pub group_id: Id<Group>,
    pub name: String,
}

pub(super) const CATALOGUE: &[EventFacts] = &[
    RoleCreated::FACTS,
    RoleUpdated::FACTS,
    RoleDeleted::FACTS,
    RoleAssigned::FACTS,
    RoleUnassigned::FACTS,
    RoleAssignedToGroup::FACTS,
    RoleUnassignedFromGroup::FACTS,
];
