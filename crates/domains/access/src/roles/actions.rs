//! Making, changing and deleting roles, once for both surfaces.

use edge::{Context, Failure};
use identity::users::line;
use kernel::{Page, PageRequest, Patch, Refusal};

use super::{
    MOST, Role, RoleError,
    event::{RoleCreated, RoleDeleted, RoleUpdated},
    model::{RoleKind, name_flaw},
    store::{self, Holders, RoleKey},
};
use crate::grant;

/// A role that is to be. `field` is what the surface calls its permissions.
pub(super) struct NewRole {
    pub(super) field: &'static str,
    pub(super) kind: RoleKind,
    pub(super) name: String,
    pub(super) description: Patch<String>,
    pub(super) permissions: Vec<String>,
}

/// What to change about a role. `field` is what the surface calls its permissions.
pub(super) struct RoleChanges {
    pub(super) field: &'static str,
    pub(super) description: Patch<String>,
    pub(super) permissions: Option<Vec<String>>,
}

const MAX_DESCRIPTION: usize = 500;

pub(super) async fn list(
    cx: &Context,
    kind: Option<RoleKind>,
    request: &PageRequest<RoleKey>,
) -> Result<Page<Role, RoleKey>, Failure> {
    Ok(store::page(&cx.read(), kind, request).await?)
}

pub(super) async fn create(cx: &Context, new: NewRole) -> Result<Role, Failure> {
    if let Some((code, message)) = name_flaw(&new.name) {
        return Err(Refusal::validation("name", code, message).into());
    }
    let description = line("description", new.description, MAX_DESCRIPTION)?.apply(None);
    let permissions = grant::checked(cx, new.field, &new.permissions, new.kind.reach()).await?;
    let role = Role {
        id: cx.new_id(),
        version: 1,
        kind: new.kind,
        name: new.name,
        description,
        permissions,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let tx = cx.tx().await?;
    if store::count(tx).await? >= MOST {
        return Err(RoleError::TooMany.into());
    }
    store::insert(tx, &role).await.map_err(RoleError::from)?;
    tx.emit(&RoleCreated {
        role_id: role.id,
        name: role.name.clone(),
        kind: role.kind,
        permissions: role.permissions(),
    });
    Ok(role)
}

/// A change that changes nothing is no change: no new version, no event.
pub(super) async fn update(cx: &Context, before: Role, changes: RoleChanges) -> Result<Role, Failure> {
    cx.expect_version(before.version)?;
    let description = line("description", changes.description, MAX_DESCRIPTION)?.apply(before.description.clone());
    let permissions = match changes.permissions {
        // What it carries is asked for again: who may change a role decides what all who hold it may do.
        Some(permissions) => grant::checked(cx, changes.field, &permissions, before.kind.reach()).await?,
        None => before.permissions.clone(),
    };
    if (&description, &permissions) == (&before.description, &before.permissions) {
        return Ok(before);
    }
    let after = Role { version: before.version + 1, description, permissions, updated_at: cx.now(), ..before.clone() };
    let tx = cx.tx().await?;
    if !store::update(tx, before.version, &after).await? {
        return Err(RoleError::Changed.into());
    }
    tx.emit(&RoleUpdated { role_id: after.id, name: after.name.clone(), permissions: after.permissions() });
    Ok(after)
}

/// `strip` takes it from all who hold it; otherwise it stays as long as anybody does.
pub(super) async fn delete(cx: &Context, role: Role, strip: bool) -> Result<(), Failure> {
    cx.expect_version(role.version)?;
    let tx = cx.tx().await?;
    // Held first: nobody gets it between the count and the end.
    if !store::hold(tx, role.id).await? {
        return Err(Refusal::not_found().into());
    }
    if !strip && store::count_holders(tx, role.id).await? != (Holders { users: 0, groups: 0, members: 0 }) {
        return Err(RoleError::Held.into());
    }
    if !store::delete(tx, &role).await? {
        return Err(RoleError::Changed.into());
    }
    tx.emit(&RoleDeleted { role_id: role.id, name: role.name });
    Ok(())
}

/// Roles within organizations, by name.
pub(crate) async fn within_organizations(cx: &Context, names: &[String]) -> Result<Vec<Role>, Failure> {
    named(cx, RoleKind::Organization, names).await
}

/// The roles of a kind that have these names, each once, in their order.
pub(super) async fn named(cx: &Context, kind: RoleKind, names: &[String]) -> Result<Vec<Role>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let all = store::of_kind(&cx.read(), kind).await?;
    let mut found: Vec<Role> = Vec::with_capacity(names.len());
    for name in names {
        let role = all.iter().find(|role| role.name == *name);
        let role = role.ok_or_else(|| RoleError::Unknown { name: name.chars().take(64).collect() })?;
        if found.iter().all(|before| before.id != role.id) {
            found.push(role.clone());
        }
    }
    Ok(found)
}
