//! Other roles for members, and their end. Whoever changes a team's members first takes its row, so that of two owners who leave at
//! once the second finds the first gone.

use kernel::{Refusal, Timestamp};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::{Role, TeamDeleted, TeamError, TeamId, TeamMemberRemoved, TeamMemberRoleChanged, store as rows};

/// `actor` gives a member another role.
pub async fn change_role(
    tx: &Tx,
    team: TeamId,
    actor: Uuid,
    member: Uuid,
    to: Role,
    now: Timestamp,
) -> Result<(), TeamError> {
    rows::lock(tx, team, now).await?;
    let own = role_of(tx, team, actor).await?.ok_or(TeamError::NoTeam)?;
    let from = role_of(tx, team, member).await?.ok_or_else(missing)?;
    if !own.deals_with(from) || !own.deals_with(to) {
        return Err(TeamError::InsufficientRole);
    }
    if from == Role::Owner && to != Role::Owner {
        must_have_another_owner(tx, team, member).await?;
    }
    rows::save_role(tx, team, member, to).await?;
    // What they asked in the name of another role is asked by nobody any more.
    rows::delete_invitations_by(tx, team, member).await?;
    tx.emit(&TeamMemberRoleChanged { team_id: team, user_id: member, from, to });
    Ok(())
}

/// `actor` removes a member, or leaves.
pub async fn remove(tx: &Tx, team: TeamId, actor: Uuid, member: Uuid, now: Timestamp) -> Result<(), TeamError> {
    rows::lock(tx, team, now).await?;
    let own = role_of(tx, team, actor).await?.ok_or(TeamError::NoTeam)?;
    let role = role_of(tx, team, member).await?.ok_or_else(missing)?;
    if actor != member && !own.deals_with(role) {
        return Err(TeamError::InsufficientRole);
    }
    if role == Role::Owner {
        must_have_another_owner(tx, team, member).await?;
    }
    Ok(end(tx, team, member).await?)
}

/// The account is about to be closed. A team of which it is the last member goes with it, if it runs no application.
pub async fn leave_all(tx: &Tx, user: Uuid, now: Timestamp) -> Result<(), TeamError> {
    let mut memberships = rows::memberships(tx, user).await?;
    // In one order for all, so that no two wait for each other.
    memberships.sort_by_key(|membership| membership.team_id);
    for membership in memberships {
        let team = membership.team_id;
        rows::lock(tx, team, now).await?;
        let standing = rows::standing(tx, team, user).await?;
        if membership.role == Role::Owner && standing.other_owners == 0 {
            if standing.other_members > 0 || standing.applications > 0 {
                return Err(TeamError::LastOwner);
            }
            end(tx, team, user).await?;
            rows::delete_team(tx, team).await?;
            tx.emit(&TeamDeleted { team_id: team });
        } else {
            end(tx, team, user).await?;
        }
    }
    Ok(())
}

async fn end(tx: &Tx, team: TeamId, member: Uuid) -> Result<(), StoreError> {
    rows::delete_invitations_by(tx, team, member).await?;
    rows::delete_member(tx, team, member).await?;
    tx.emit(&TeamMemberRemoved { team_id: team, user_id: member });
    Ok(())
}

async fn must_have_another_owner(tx: &Tx, team: TeamId, member: Uuid) -> Result<(), TeamError> {
    if rows::standing(tx, team, member).await?.other_owners > 0 { Ok(()) } else { Err(TeamError::LastOwner) }
}

async fn role_of(tx: &Tx, team: TeamId, user: Uuid) -> Result<Option<Role>, StoreError> {
    rows::role_in_team(tx, team, user).await
}

fn missing() -> TeamError {
    TeamError::Missing(Refusal::not_found())
}
