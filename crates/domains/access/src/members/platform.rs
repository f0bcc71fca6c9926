//! `/v1/organizations/{organization_id}/members`.

use edge::{
    At, Body, CanOrSelf, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, versioned,
};
use identity::{
    holdings::Rank,
    users::{User, UserId},
};
use kernel::{Id, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    actions::{self, MemberChanges, NewMember},
    error::MemberError,
    model::Member,
};
use crate::organizations::{Organization, OrganizationsRead, OrganizationsWrite, authority::Act, seat::Seat};

/// Somebody who is in an organization.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrganizationMember")]
struct MemberView {
    user_id: Id<User>,
    rank: Rank,
    /// Names of the roles that they have in the organization.
    roles: Vec<String>,
    name: Option<String>,
    picture: Option<String>,
    /// Shown to you, to admins and to owners.
    primary_email: Option<String>,
    /// Since when they are in it.
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl MemberView {
    fn of(member: Member, seat: &Seat) -> Self {
        let Member { user_id, rank, roles, person, created_at, updated_at, .. } = member;
        let primary_email = person.primary_email.filter(|_| seat.may(Act::SeeAddresses));
        Self { user_id, rank, roles, name: person.name, picture: person.picture, primary_email, created_at, updated_at }
    }
}

/// Whom to add, and as what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MemberAdd {
    user_id: Id<User>,
    /// Absent: `member`.
    #[serde(default = "plain")]
    rank: Rank,
    /// Names of roles of the kind `organization`, up to 20.
    #[serde(default)]
    roles: Vec<String>,
}

const fn plain() -> Rank {
    Rank::Member
}

/// What to change about a member: an absent field stays.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct MemberUpdate {
    rank: Option<Rank>,
    /// Names of roles of the kind `organization`, up to 20; replaced as a whole.
    roles: Option<Vec<String>>,
}

/// Which members to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct MemberListQuery {
    /// Those of this rank only.
    rank: Option<Rank>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_members(), add_member(), update_member(), remove_member()]
}

/// List an organization's members
///
/// With what they are in it and their roles there. Members see each other; addresses are shown to admins and owners.
#[endpoint(GET "/v1/organizations/{organization_id}/members", id = "organizations.members.list")]
async fn list_members(
    cx: CanOrSelf<OrganizationsRead>,
    id: At<Organization>,
    query: Query<MemberListQuery>,
    page: Paging<UserId>,
) -> Reply<Listed<MemberView>> {
    let seat = Seat::at(&cx, *id).await?;
    let found = actions::list(&cx, &seat, query.0.rank, &page.0).await?;
    listed(&cx, found.map(|member| MemberView::of(member, &seat)))
}

/// Add a member to an organization
///
/// By your backend, or by an admin or owner where the settings let them (`organizations.user_adds_members`). Nobody makes anybody more than
/// they are themselves.
#[endpoint(POST "/v1/organizations/{organization_id}/members", id = "organizations.members.create", errors = MemberError)]
async fn add_member(
    cx: CanOrSelf<OrganizationsWrite>,
    id: At<Organization>,
    body: Body<MemberAdd>,
) -> Reply<MemberView> {
    let seat = Seat::at(&cx, *id).await?;
    let MemberAdd { user_id, rank, roles } = body.0;
    let member = actions::add(&cx, &seat, NewMember { user_id, rank, roles }).await?;
    let version = member.version;
    Ok(created(MemberView::of(member, &seat))?.version(version))
}

/// Change a member of an organization
///
/// What they are in it, and their roles there. The last owner stays one. An admin gives roles whose permissions they hold in the
/// organization themselves.
#[endpoint(PATCH "/v1/organizations/{organization_id}/members/{user_id}", id = "organizations.members.update", errors = MemberError)]
async fn update_member(
    cx: CanOrSelf<OrganizationsWrite>,
    id: At<Organization>,
    user: At<User>,
    body: Body<MemberUpdate>,
) -> Reply<MemberView> {
    let seat = Seat::at(&cx, *id).await?;
    let MemberUpdate { rank, roles } = body.0;
    let member = actions::update(&cx, &seat, *user, MemberChanges { rank, roles }).await?;
    versioned(member.version, MemberView::of(member, &seat))
}

/// Remove a member from an organization
///
/// They lose it at once: their sessions no longer act in it. Everybody may leave, but for the last owner.
#[endpoint(DELETE "/v1/organizations/{organization_id}/members/{user_id}", id = "organizations.members.delete", errors = MemberError)]
async fn remove_member(cx: CanOrSelf<OrganizationsWrite>, id: At<Organization>, user: At<User>) -> Reply<Nothing> {
    let seat = Seat::at(&cx, *id).await?;
    actions::remove(&cx, &seat, *user).await?;
    no_content()
}
