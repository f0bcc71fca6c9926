//! `/api/v1/roles`: the roles of the whole application, whose permissions this surface calls scopes.

use edge::{
    Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, ok, versioned,
};
use identity::users::User;
use kernel::{Id, Patch, Refusal, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Role, RoleError, RolesRead, RolesWrite,
    actions::{self, NewRole, RoleChanges},
    assignments::{self, Assignment, MOST_NAMED},
    model::RoleKind,
    store::RoleKey,
};
use crate::groups::Group;

/// A named set of scopes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Role")]
struct RoleView {
    id: TypedId<Role>,
    /// For programs; never changes.
    name: String,
    description: Option<String>,
    /// Where it is held: in the whole tenant, or within an organization.
    kind: RoleKind,
    scopes: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let scopes = role.permissions();
        let Role { id, name, description, kind, created_at, updated_at, .. } = role;
        Self { id: id.typed(), name, description, kind, scopes, created_at, updated_at }
    }
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
    /// `resource:action`. This server's own scopes are given only by who holds them.
    #[serde(default)]
    scopes: Vec<String>,
}

/// What to change about a role: an absent field stays. Name and kind stay.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleUpdate {
    description: Patch<String>,
    /// Replaced as a whole.
    scopes: Option<Vec<String>>,
}

/// How to delete a role.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleDeleteQuery {
    /// Take it from all who hold it.
    strip: Option<bool>,
}

/// Who is to hold a role.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoleAssignmentsReplace {
    /// Users, up to 200.
    users: Vec<Id<User>>,
    /// Groups, whose members then have it, up to 200.
    groups: Vec<Id<Group>>,
}

/// Who holds a role in the whole tenant.
#[derive(Serialize, JsonSchema)]
struct RoleAssignments {
    users: Vec<TypedId<User>>,
    groups: Vec<TypedId<Group>>,
}

pub(super) fn endpoints() -> [Endpoint; 5] {
    [list_roles(), create_role(), update_role(), delete_role(), replace_assignments()]
}

/// List roles
///
/// With their scopes, by name.
#[endpoint(GET "/api/v1/roles", id = "roles.list")]
async fn list_roles(cx: Can<RolesRead>, page: Paging<RoleKey>) -> Reply<Listed<RoleView>> {
    listed(&cx, actions::list(&cx, None, &page.0).await?)
}

/// Create a role
///
/// A scope of this server's own is given only by who holds it.
#[endpoint(POST "/api/v1/roles", id = "roles.create", errors = RoleError)]
async fn create_role(cx: Can<RolesWrite>, body: Body<RoleCreate>) -> Reply<RoleView> {
    let RoleCreate { name, description, kind, scopes } = body.0;
    let role = actions::create(&cx, NewRole { field: "scopes", kind, name, description, permissions: scopes }).await?;
    let version = role.version;
    Ok(created(role)?.version(version))
}

/// Update a role
///
/// Whoever holds it may do something else; tokens say so from their next refresh on.
#[endpoint(PATCH "/api/v1/roles/{role_id}", id = "roles.update", errors = RoleError)]
async fn update_role(cx: CanOn<RolesWrite, Role>, body: Body<RoleUpdate>) -> Reply<RoleView> {
    let RoleUpdate { description, scopes } = body.0;
    let changes = RoleChanges { field: "scopes", description, permissions: scopes };
    let role = actions::update(&cx, cx.target.clone(), changes).await?;
    versioned(role.version, role)
}

/// Delete a role
///
/// Refused while anybody holds it, unless `strip=true` says that it is to be taken from them.
#[endpoint(DELETE "/api/v1/roles/{role_id}", id = "roles.delete", errors = RoleError)]
async fn delete_role(cx: CanOn<RolesWrite, Role>, query: Query<RoleDeleteQuery>) -> Reply<Nothing> {
    actions::delete(&cx, cx.target.clone(), query.0.strip.unwrap_or_default()).await?;
    no_content()
}

/// Assign a role
///
/// Exactly these users, by themselves, and these groups hold it from now on. A role that more than 1000 users hold is given and taken user
/// by user.
#[endpoint(PUT "/api/v1/roles/{role_id}/assignments", id = "roles.assignments.replace", errors = RoleError)]
async fn replace_assignments(
    cx: CanOn<RolesWrite, Role>,
    body: Body<RoleAssignmentsReplace>,
) -> Reply<RoleAssignments> {
    let RoleAssignmentsReplace { users, groups } = body.0;
    for (field, count) in [("users", users.len()), ("groups", groups.len())] {
        if count > MOST_NAMED {
            return Err(Refusal::validation(field, "too_many", format!("{MOST_NAMED} at most.")).into());
        }
    }
    let Assignment { users, groups } = assignments::set_for_role(&cx, &cx.target, Assignment { users, groups }).await?;
    ok(RoleAssignments {
        users: users.into_iter().map(Id::typed).collect(),
        groups: groups.into_iter().map(Id::typed).collect(),
    })
}
