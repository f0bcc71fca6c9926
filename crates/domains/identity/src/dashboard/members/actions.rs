//! Listing, asking in, changing and removing members.

use std::time::Duration;

use edge::{Account, Context, Failure};
use kernel::{Id, Page, PageRequest, Secret, Timestamp};
use serde_json::json;
use tenancy::{
    Role, TeamId,
    messaging::{self, Address, Channel, Outgoing, Template},
    teams::{self, Invitation, Member, Membership, TeamError},
};

use super::store::{self, MemberKey, MemberRow};
use crate::{
    challenges::{self, Challenge, ChallengeKind, NewChallenge},
    identifiers::EmailAddress,
    links,
    sessions::SignedInRows,
    users::{self, UserId},
};

/// Long enough for a holiday that has begun.
const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// What became of an address in a team.
pub(super) enum Placed {
    /// A member has this role now.
    Member(Id<Member>),
    /// An invitation is on its way.
    Invited(Timestamp),
}

pub(super) async fn list(
    cx: &Account,
    team: Option<TeamId>,
    request: &PageRequest<MemberKey>,
) -> Result<Page<MemberRow, MemberKey>, Failure> {
    let team = own_team(cx, team, "team:read").await?;
    Ok(store::page(&cx.read(), team.team_id, request).await?)
}

/// A member gets the role; anybody else is asked in, with the same answer whether or not they have an account.
pub(super) async fn place(
    cx: &Account,
    email: EmailAddress,
    role: Role,
    team: Option<TeamId>,
) -> Result<(TeamId, Placed), Failure> {
    let team = own_team(cx, team, "team:write").await?;
    let (id, actor) = (team.team_id, cx.caller().user_id);
    if let Some(user) = users::store::find_by_email(&cx.read(), &email).await?
        && let Some(current) = teams::role_in(&cx.system_read(), id, user.id.uuid()).await?
    {
        if current != role {
            teams::change_role(cx.tx().await?, id, actor, user.id.uuid(), role, cx.now()).await?;
        }
        return Ok((id, Placed::Member(Id::from_uuid(user.id.uuid()))));
    }
    if !team.role.deals_with(role) {
        return Err(TeamError::InsufficientRole.into());
    }
    let expires_at = invite(cx, &team, &email, role).await?;
    Ok((id, Placed::Invited(expires_at)))
}

async fn invite(cx: &Account, team: &Membership, email: &EmailAddress, role: Role) -> Result<Timestamp, Failure> {
    messaging::must_be_able(cx, Channel::Email).await?;
    let challenge = NewChallenge {
        kind: ChallengeKind::Invitation,
        user: None,
        subject: Some(email.key()),
        flow: None,
        browser: None,
        payload: json!({ "team_id": team.team_id, "email": email.as_str() }),
        lifetime: LIFETIME,
    };
    let (challenge, token) = challenges::link(cx, challenge).await?;
    let expires_at = cx.now() + LIFETIME;
    let invitation = Invitation {
        team_id: team.team_id,
        address: cx.vault().mac("team invitation", &[team.team_id.as_bytes(), email.key().as_bytes()]),
        challenge: challenge.uuid(),
        role,
        invited_by: cx.caller().user_id,
        expires_at,
    };
    teams::invite(cx.tx().await?, &invitation, cx.now()).await?;
    let inviter = SignedInRows::of(cx.caller())?.user.profile.name.clone();
    let outgoing = Outgoing {
        template: Template::Invitation,
        to: Address::Email(email.as_str().to_owned()),
        // The same for everybody: the language of an account there may be would tell that there is one.
        locale: None,
        facts: json!({
            "link": links::with_token(cx, "/invitation", None, &token),
            "inviter": inviter,
            "organization": team.team_name,
        }),
        expires_at,
    };
    messaging::send(cx, outgoing).await?;
    Ok(expires_at)
}

/// A member goes, or the caller leaves.
pub(super) async fn remove(cx: &Account, member: Id<Member>, team: Option<TeamId>) -> Result<(), Failure> {
    let team = teams::chosen(teams::of(&cx.system_read(), cx.caller().user_id).await?, team)?;
    // Known to be there before the transaction opens, so that a stranger's id costs a read.
    if teams::role_in(&cx.system_read(), team.team_id, member.uuid()).await?.is_none() {
        return Err(kernel::Refusal::not_found().into());
    }
    Ok(teams::remove(cx.tx().await?, team.team_id, cx.caller().user_id, member.uuid(), cx.now()).await?)
}

/// Join the team that asked, by the account with the very address that was asked.
pub(super) async fn accept(cx: &Account, token: &Secret) -> Result<Membership, Failure> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    let own = user.primary_email.as_ref().and_then(|email| email.address.parse().ok());
    let seen = seen(cx, token, own.as_ref()).await?;
    redeem(cx, token, seen, user.id).await?;
    let memberships = teams::of(cx.tx().await?, user.id.uuid()).await?;
    Ok(teams::chosen(memberships, Some(seen))?)
}

/// The team of an invitation, if it was sent to this address. Used up by nothing.
pub(in crate::dashboard) async fn seen(
    cx: &Context,
    token: &Secret,
    own: Option<&EmailAddress>,
) -> Result<TeamId, Failure> {
    let challenge = challenges::look(cx, ChallengeKind::Invitation, token).await?;
    let (team, email) = asked(&challenge).ok_or(TeamError::InvitationRefused)?;
    if own.is_some_and(|own| own.key() == email.key()) { Ok(team) } else { Err(TeamError::InvitationRefused.into()) }
}

/// The invitation is used up, and the account a member.
pub(in crate::dashboard) async fn redeem(
    cx: &Context,
    token: &Secret,
    team: TeamId,
    user: UserId,
) -> Result<Role, Failure> {
    let challenge = challenges::take(cx, ChallengeKind::Invitation, token, None, true).await?;
    Ok(teams::redeem_invitation(cx.tx().await?, team, challenge.id.uuid(), user.uuid(), cx.now()).await?)
}

fn asked(challenge: &Challenge) -> Option<(TeamId, EmailAddress)> {
    let team = challenge.payload["team_id"].as_str()?.parse().ok()?;
    Some((team, challenge.payload["email"].as_str()?.parse().ok()?))
}

/// The caller's team that is meant, if their role there carries the permission.
async fn own_team(cx: &Account, team: Option<TeamId>, permission: &str) -> Result<Membership, Failure> {
    let team = teams::chosen(teams::of(&cx.system_read(), cx.caller().user_id).await?, team)?;
    if team.role.holds(permission) { Ok(team) } else { Err(TeamError::InsufficientRole.into()) }
}
