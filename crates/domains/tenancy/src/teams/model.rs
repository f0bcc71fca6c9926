//! What a team and a membership are.

use kernel::{Id, Timestamp};

use super::Role;

/// Names teams.
pub struct Team;

pub type TeamId = Id<Team>;

/// One person in one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub team_id: TeamId,
    pub team_name: String,
    pub role: Role,
    pub joined_at: Timestamp,
}
