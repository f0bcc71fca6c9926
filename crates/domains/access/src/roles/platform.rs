//! `/v1/roles` and `/v1/users/{user_id}/roles`.

use edge::{
    Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, ok, versioned,
};
use identity::users::User;
use kernel::{Id, Patch, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Role, RoleError, RolesRead, RolesWrite,
    actions::{self, NewRole, RoleChanges},
    assignments,
    model::RoleKind,
    store::{self, RoleKey},
};

/// A named set of permissions.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Role")]
pub(super) struct RoleView {
    id: Id<Role>,
    /// For programs; never changes.
    name: String,
    description: Option<String>,
    /// Where it is held: in the whole application, or within an organization.
    kind: RoleKind,
    /// `resource:action`, sorted.
    permissions: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let permissions = role.permissions();
        let Role { id, name, description, kind, created_at, updated_at, .. } = role;
        Self { id, name, description, kind, permissions, created_at, updated_at }
    }
}

/// A role and how many hold it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RoleDetails")]
struct RoleDetailsView {
    #[serde(flatten)]
    role: RoleView,
    /// People who hold it by themselves, in the whole application.
    holder_count: i64,
    /// Groups that give it to their members.
    group_count: i64,
    /// Members of organizations who hold it there.
    member_count: i64,
}

/// A role to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RoleCreate {
    /// For programs: lower-case letters, digits, `-`, `_`, `.` and `:`. Never changes.
    name: String,
    #[serde(default)]
    description: Patch<String>,
    #[serde(default)]
    kind: RoleKind,
    /// `resource:action`. This server's own permissions are given only by who holds them.
    #[serde(default)]
    permissions: Vec<String>,
}

/// What to change about a role: an absent field stays. Name and kind stay.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleUpdate {
    description: Patch<String>,
    /// Replaced as a whole.
    permissions: Option<Vec<String>>,
}

/// Which roles to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleListQuery {
    /// Those of this kind only.
    kind: Option<RoleKind>,
}

/// How to delete a role.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleDeleteQuery {
    /// Take it from all who hold it.
    strip: Option<bool>,
}

/// The roles that somebody holds by themselves in the whole application.
#[derive(Serialize, JsonSchema)]
struct UserRoles {
    roles: Vec<RoleView>,
}

/// The roles that somebody is to hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserRolesReplace {
    /// Names of roles of the kind `application`, up to 50.
    roles: Vec<String>,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [list_roles(), create_role(), get_role(), update_role(), delete_role(), get_user_roles(), replace_user_roles()]
}

/// List roles
///
/// Those of the whole application and those within organizations, by name.
#[endpoint(GET "/v1/roles", id = "roles.list")]
async fn list_roles(cx: Can<RolesRead>, query: Query<RoleListQuery>, page: Paging<RoleKey>) -> Reply<Listed<RoleView>> {
    listed(&cx, actions::list(&cx, query.0.kind, &page.0).await?)
}

/// Create a role
///
/// Permissions are words of your application's own, such as `invoices:approve`, or this server's, which are given only by who holds them.
#[endpoint(POST "/v1/roles", id = "roles.create", errors = RoleError)]
async fn create_role(cx: Can<RolesWrite>, body: Body<RoleCreate>) -> Reply<RoleView> {
    let RoleCreate { name, description, kind, permissions } = body.0;
    let role = actions::create(&cx, NewRole { field: "permissions", kind, name, description, permissions }).await?;
    let (version, path) = (role.version, format!("/v1/roles/{}", role.id));
    Ok(created(role)?.version(version).location(&path))
}

/// Get a role
///
/// With how many hold it.
#[endpoint(GET "/v1/roles/{role_id}", id = "roles.get")]
async fn get_role(cx: CanOn<RolesRead, Role>) -> Reply<RoleDetailsView> {
    let holders = store::count_holders(&cx.read(), cx.target.id).await?;
    let role = RoleView::from(cx.target.clone());
    versioned(
        cx.target.version,
        RoleDetailsView {
            role,
            holder_count: holders.users,
            group_count: holders.groups,
            member_count: holders.members,
        },
    )
}

/// Update a role
///
/// Whoever holds it may do something else at once where this server is asked; tokens say so from their next refresh on.
#[endpoint(PATCH "/v1/roles/{role_id}", id = "roles.update", errors = RoleError)]
async fn update_role(cx: CanOn<RolesWrite, Role>, body: Body<RoleUpdate>) -> Reply<RoleView> {
    let RoleUpdate { description, permissions } = body.0;
    let role =
        actions::update(&cx, cx.target.clone(), RoleChanges { field: "permissions", description, permissions }).await?;
    versioned(role.version, role)
}

/// Delete a role
///
/// Refused while anybody holds it, unless `strip=true` says that it is to be taken from them.
#[endpoint(DELETE "/v1/roles/{role_id}", id = "roles.delete", errors = RoleError)]
async fn delete_role(cx: CanOn<RolesWrite, Role>, query: Query<RoleDeleteQuery>) -> Reply<Nothing> {
    actions::delete(&cx, cx.target.clone(), query.0.strip.unwrap_or_default()).await?;
    no_content()
}

/// Get a user's roles
///
/// Those that they hold by themselves in the whole application. What groups and organizations give them is not among them.
#[endpoint(GET "/v1/users/{user_id}/roles", id = "users.roles.get")]
async fn get_user_roles(cx: CanOn<RolesRead, User>) -> Reply<UserRoles> {
    let roles = assignments::of_user(&cx, &cx.target).await?;
    ok(UserRoles::from(roles))
}

/// Replace a user's roles
///
/// They hold exactly these from now on, beside what groups and organizations give them. A role with permissions of this server is given
/// only by who holds them.
#[endpoint(PUT "/v1/users/{user_id}/roles", id = "users.roles.replace", errors = RoleError)]
async fn replace_user_roles(cx: CanOn<RolesWrite, User>, body: Body<UserRolesReplace>) -> Reply<UserRoles> {
    let roles = assignments::set_for_user(&cx, &cx.target, &body.0.roles).await?;
    ok(UserRoles::from(roles))
}

impl From<Vec<Role>> for UserRoles {
    fn from(roles: Vec<Role>) -> Self {
        Self { roles: roles.into_iter().map(RoleView::from).collect() }
    }
}
