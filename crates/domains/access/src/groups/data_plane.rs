//! `/api/v1/groups`.

use edge::{
    At, Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, versioned,
};
use identity::users::{User, UserId};
use kernel::{Id, PageRequest, Patch, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Group, GroupsRead, GroupsWrite,
    actions::{self, GroupChanges, NewGroup},
    error::GroupError,
    store::{self, GroupKey, Member},
};

/// A set of users, who hold its scopes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Group")]
struct GroupView {
    id: TypedId<Group>,
    /// For programs; never changes.
    slug: String,
    name: String,
    description: Option<String>,
    scopes: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        let scopes = group.scopes();
        let Group { id, slug, name, description, created_at, updated_at, .. } = group;
        Self { id: id.typed(), slug, name, description, scopes, created_at, updated_at }
    }
}

/// A group, and a look at who is in it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GroupDetails")]
struct GroupDetailsView {
    #[serde(flatten)]
    group: GroupView,
    /// The first ten.
    members: Vec<MemberView>,
    member_count: i64,
    /// Is it empty, and gives no role?
    can_delete: bool,
}

/// Somebody who is in a group.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GroupMember")]
struct MemberView {
    user_id: TypedId<User>,
    /// Since when.
    added_at: Timestamp,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self { user_id: member.user_id.typed(), added_at: member.since }
    }
}

/// A group to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupCreate {
    /// For programs: lower-case letters and digits with single dashes between them. Never changes.
    slug: String,
    /// Absent: the slug.
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    description: Patch<String>,
    /// Scopes that the tenant has registered, or this server's own, which are given only by who holds them.
    #[serde(default)]
    scopes: Vec<String>,
}

/// What to change about a group: an absent field stays.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct GroupUpdate {
    name: Patch<String>,
    description: Patch<String>,
    /// Replaced as a whole.
    scopes: Option<Vec<String>>,
}

/// Which groups to list; all that are given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct GroupListQuery {
    /// Beginning of the slug.
    q: Option<String>,
    /// Those that this user is in.
    has_user: Option<Id<User>>,
}

/// Whom to add.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupMemberAdd {
    user_id: Id<User>,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        list_groups(),
        create_group(),
        get_group(),
        update_group(),
        delete_group(),
        list_members(),
        add_member(),
        remove_member(),
    ]
}

/// List groups
///
/// By slug.
#[endpoint(GET "/api/v1/groups", id = "groups.list")]
async fn list_groups(
    cx: Can<GroupsRead>,
    query: Query<GroupListQuery>,
    page: Paging<GroupKey>,
) -> Reply<Listed<GroupView>> {
    let text = query.0.q.map(|text| text.trim().to_lowercase());
    listed(&cx, store::page(&cx.read(), text.as_deref(), query.0.has_user, &page.0).await?)
}

/// Create a group
///
/// Whoever is in it holds its scopes.
#[endpoint(POST "/api/v1/groups", id = "groups.create", errors = GroupError)]
async fn create_group(cx: Can<GroupsWrite>, body: Body<GroupCreate>) -> Reply<GroupView> {
    let GroupCreate { slug, name, description, scopes } = body.0;
    let group = actions::create(&cx, NewGroup { slug, name, description, scopes }).await?;
    let (version, path) = (group.version, format!("/api/v1/groups/{}", group.id.typed()));
    Ok(created(group)?.version(version).location(&path))
}

/// Get a group
///
/// With the first ten who are in it, how many they are, and whether it can be deleted.
#[endpoint(GET "/api/v1/groups/{group_id}", id = "groups.get")]
async fn get_group(cx: CanOn<GroupsRead, Group>) -> Reply<GroupDetailsView> {
    const SHOWN: u32 = 10;
    let (group, read) = (cx.target.clone(), cx.read());
    let (member_count, role_count) = store::uses(&read, group.id).await?;
    let members = store::members(&read, group.id, &PageRequest { limit: SHOWN, after: None }).await?;
    versioned(
        group.version,
        GroupDetailsView {
            group: group.into(),
            members: members.items.into_iter().map(MemberView::from).collect(),
            member_count,
            can_delete: (member_count, role_count) == (0, 0),
        },
    )
}

/// Update a group
///
/// Whoever is in it may do something else; tokens say so from their next refresh on.
#[endpoint(PATCH "/api/v1/groups/{group_id}", id = "groups.update", errors = GroupError)]
async fn update_group(cx: CanOn<GroupsWrite, Group>, body: Body<GroupUpdate>) -> Reply<GroupView> {
    let GroupUpdate { name, description, scopes } = body.0;
    let group = actions::update(&cx, cx.target.clone(), GroupChanges { name, description, scopes }).await?;
    versioned(group.version, group)
}

/// Delete a group
///
/// Refused while anybody is in it or it gives a role.
#[endpoint(DELETE "/api/v1/groups/{group_id}", id = "groups.delete", errors = GroupError)]
async fn delete_group(cx: CanOn<GroupsWrite, Group>) -> Reply<Nothing> {
    actions::delete(&cx, cx.target.clone()).await?;
    no_content()
}

/// List a group's members
///
/// By their ids.
#[endpoint(GET "/api/v1/groups/{group_id}/members", id = "groups.members.list")]
async fn list_members(cx: CanOn<GroupsRead, Group>, page: Paging<UserId>) -> Reply<Listed<MemberView>> {
    listed(&cx, store::members(&cx.read(), cx.target.id, &page.0).await?)
}

/// Add a user to a group
///
/// They hold what the group gives, from the next token on. Adding twice is no error.
#[endpoint(POST "/api/v1/groups/{group_id}/members", id = "groups.members.create", errors = GroupError)]
async fn add_member(cx: CanOn<GroupsWrite, Group>, body: Body<GroupMemberAdd>) -> Reply<Nothing> {
    actions::add(&cx, &cx.target, body.0.user_id).await?;
    no_content()
}

/// Remove a user from a group
///
/// They lose what the group gives, from the next token on.
#[endpoint(DELETE "/api/v1/groups/{group_id}/members/{user_id}", id = "groups.members.delete", errors = GroupError)]
async fn remove_member(cx: CanOn<GroupsWrite, Group>, user: At<User>) -> Reply<Nothing> {
    actions::remove(&cx, &cx.target, *user).await?;
    no_content()
}
