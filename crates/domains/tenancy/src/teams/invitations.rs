//! Who was asked into a team. One invitation for an address, so that a second one takes back what the first one offered.

use kernel::Timestamp;
use store::Tx;
use uuid::Uuid;

use super::{Role, TeamError, TeamId, TeamMemberInvited, join, store as rows};

/// Somebody is asked in.
pub struct Invitation {
    pub team_id: TeamId,
    /// MAC of the canonical address.
    pub address: [u8; 32],
    /// The challenge whose token the message holds.
    pub challenge: Uuid,
    pub role: Role,
    /// The member who asks.
    pub invited_by: Uuid,
    pub expires_at: Timestamp,
}

/// In place of an earlier one to the same address.
pub async fn invite(tx: &Tx, invitation: &Invitation, now: Timestamp) -> Result<(), TeamError> {
    let Invitation { team_id, role, .. } = *invitation;
    rows::lock(tx, team_id, now).await?;
    let own = rows::role_in_team(tx, team_id, invitation.invited_by).await?.ok_or(TeamError::NoTeam)?;
    if !own.deals_with(role) {
        return Err(TeamError::InsufficientRole);
    }
    rows::delete_expired_invitations(tx, team_id, now).await?;
    rows::put_invitation(tx, invitation).await?;
    tx.emit(&TeamMemberInvited { team_id, role });
    Ok(())
}

/// Take the invitation of a challenge and join. Whoever is a member already keeps their role.
pub async fn redeem_invitation(
    tx: &Tx,
    team: TeamId,
    challenge: Uuid,
    user: Uuid,
    now: Timestamp,
) -> Result<Role, TeamError> {
    let role = rows::take_invitation(tx, team, challenge, now).await?.ok_or(TeamError::InvitationRefused)?;
    join(tx, team, user, role, now).await?;
    Ok(rows::role_in_team(tx, team, user).await?.unwrap_or(role))
}
