//! `/v1/dashboard/members`.

use edge::{Account, At, Body, Endpoint, Listed, Nothing, Paging, Query, Reply, listed, no_content, ok};
use kernel::{Id, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::{
    Role, TeamId,
    teams::{Member, TeamError},
};

use super::{
    actions::{self, Placed},
    store::{MemberKey, MemberRow},
};
use crate::{auth::AuthError, dashboard::platform::TeamMembership};

/// Which team is meant.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct TeamQuery {
    /// Needed where you are in more than one.
    team_id: Option<TeamId>,
}

/// Somebody in a team.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Member")]
struct MemberView {
    id: Id<Member>,
    email: Option<String>,
    name: Option<String>,
    picture: Option<String>,
    role: Role,
    joined_at: Timestamp,
}

impl From<MemberRow> for MemberView {
    fn from(row: MemberRow) -> Self {
        let MemberRow { id, role, joined_at, name, picture, email } = row;
        Self { id, email, name, picture, role, joined_at }
    }
}

/// Who is to be in a team, as what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MemberPlacement {
    email: String,
    role: Role,
    /// Needed where you are in more than one.
    #[serde(default)]
    team_id: Option<TeamId>,
}

/// What became of it; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum MemberPlaced {
    /// It is a member, who has the role from now on.
    Member { member_id: Id<Member>, team_id: TeamId, role: Role },
    /// An invitation is on its way. The same whether or not there is an account with the address.
    Invited { team_id: TeamId, role: Role, expires_at: Timestamp },
}

/// An invitation to accept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InvitationAcceptance {
    /// Of the link in the message.
    token: Secret,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_members(), place_member(), remove_member(), accept_invitation()]
}

/// List a team's members
///
/// With their roles, the oldest membership first.
#[endpoint(GET "/v1/dashboard/members", id = "dashboard.members.list", errors = TeamError)]
async fn list_members(cx: Account, query: Query<TeamQuery>, page: Paging<MemberKey>) -> Reply<Listed<MemberView>> {
    listed(&cx, actions::list(&cx, query.0.team_id, &page.0).await?)
}

/// Invite somebody, or change a member's role
///
/// For owners and admins; nobody gives or takes more than they hold. A member gets the role at once. Anybody else is sent an
/// invitation, good once and for seven days; a later one to the same address takes its place.
#[endpoint(POST "/v1/dashboard/members", id = "dashboard.members.create", errors = TeamError)]
async fn place_member(cx: Account, body: Body<MemberPlacement>) -> Reply<MemberPlaced> {
    let MemberPlacement { email, role, team_id } = body.0;
    let email = email.parse().map_err(|error| AuthError::Identifier("email", error))?;
    let (team_id, placed) = actions::place(&cx, email, role, team_id).await?;
    ok(match placed {
        Placed::Member(member_id) => MemberPlaced::Member { member_id, team_id, role },
        Placed::Invited(expires_at) => MemberPlaced::Invited { team_id, role, expires_at },
    })
}

/// Remove a member, or leave
///
/// What the member may do in the team's applications ends at once, and the invitations that they sent are void. A team keeps an owner.
#[endpoint(DELETE "/v1/dashboard/members/{member_id}", id = "dashboard.members.delete", errors = TeamError)]
async fn remove_member(cx: Account, id: At<Member>, query: Query<TeamQuery>) -> Reply<Nothing> {
    actions::remove(&cx, *id, query.0.team_id).await?;
    no_content()
}

/// Accept an invitation
///
/// By the account with the very address that the invitation was sent to. Who has none yet signs up with `invitation_token`.
#[endpoint(POST "/v1/dashboard/members/accept", id = "dashboard.members.accept", errors = TeamError)]
async fn accept_invitation(cx: Account, body: Body<InvitationAcceptance>) -> Reply<TeamMembership> {
    let team = actions::accept(&cx, &body.0.token).await?;
    ok(TeamMembership { id: team.team_id, name: team.team_name, role: team.role })
}
