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
