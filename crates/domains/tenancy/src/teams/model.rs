//! What a team and a membership are.

use kernel::{Id, Timestamp};

use super::{Role, TeamError};

/// Names teams.
pub struct Team;

pub type TeamId = Id<Team>;

/// Names the people of a team: a member's id is its account's.
pub struct Member;

/// One person in one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub team_id: TeamId,
    pub team_name: String,
    pub role: Role,
    pub joined_at: Timestamp,
}

/// The team that is meant: the one named, or the only one there is.
pub fn chosen(memberships: Vec<Membership>, named: Option<TeamId>) -> Result<Membership, TeamError> {
    let mut fitting = memberships.into_iter().filter(|membership| named.is_none_or(|team| membership.team_id == team));
    let first = fitting.next().ok_or(TeamError::NoTeam)?;
    if fitting.next().is_some() { Err(TeamError::Unnamed) } else { Ok(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_is_the_only_one_or_the_one_named() {
        let member = |team| Membership {
            team_id: Id::from_u128(team),
            team_name: String::new(),
            role: Role::Viewer,
            joined_at: Timestamp::from_seconds(0),
        };
        let (one, two) = (member(1), member(2));
        assert_eq!(chosen(vec![one.clone()], None).unwrap(), one);
        assert_eq!(chosen(vec![one.clone(), two.clone()], Some(two.team_id)).unwrap(), two);
        assert!(matches!(chosen(vec![one.clone(), two.clone()], None), Err(TeamError::Unnamed)));
        assert!(matches!(chosen(vec![one], Some(two.team_id)), Err(TeamError::NoTeam)));
        assert!(matches!(chosen(vec![], None), Err(TeamError::NoTeam)));
    }
}
