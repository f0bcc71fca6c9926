//! What happens to teams: told in the console's stream.

use kernel::Id;
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{Role, Team};

/// A team was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.created", target = team_id)]
pub struct TeamCreated {
    pub team_id: Id<Team>,
    pub name: String,
}

/// A dashboard account joined a team.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.member_added", target = team_id)]
pub struct TeamMemberAdded {
    pub team_id: Id<Team>,
    #[schemars(with = "String")]
    pub user_id: Uuid,
    pub role: Role,
}

/// A team without applications went with its last member.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.deleted", target = team_id)]
pub struct TeamDeleted {
    pub team_id: Id<Team>,
}

/// Somebody was asked into a team. To whom it was sent stays in the message.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.member_invited", target = team_id)]
pub struct TeamMemberInvited {
    pub team_id: Id<Team>,
    pub role: Role,
}

/// A member of a team has another role.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.member_role_changed", target = team_id)]
pub struct TeamMemberRoleChanged {
    pub team_id: Id<Team>,
    #[schemars(with = "String")]
    pub user_id: Uuid,
    pub from: Role,
    pub to: Role,
}

/// A member left a team or was removed: its permissions in the team's applications ended at once.
#[derive(Event, Serialize, JsonSchema)]
#[event("team.member_removed", target = team_id)]
pub struct TeamMemberRemoved {
    pub team_id: Id<Team>,
    #[schemars(with = "String")]
    pub user_id: Uuid,
}
