//! Who holds a role in the whole application: set for one person, or for one role.

use ::store::{StoreError, Tx};
use edge::{Context, Failure};
use identity::{
    holdings,
    users::{User, UserId},
};
use kernel::Refusal;

use super::{
    MOST_HELD, Role, RoleError,
    actions::named,
    event::{RoleAssigned, RoleAssignedToGroup, RoleUnassigned, RoleUnassignedFromGroup},
    model::RoleKind,
    store,
};
use crate::{
    grant,
    groups::{self, GroupId},
};

/// People and groups that one request may name.
pub(super) const MOST_NAMED: usize = 200;
/// Holders that one request may replace.
const MOST_REPLACED: usize = 1_000;

/// Who is to hold a role.
pub(super) struct Assignment {
    pub(super) users: Vec<UserId>,
    pub(super) groups: Vec<GroupId>,
}

/// What the person holds by themselves.
pub(super) async fn of_user(cx: &Context, user: &User) -> Result<Vec<Role>, Failure> {
    Ok(store::held_by(&cx.read(), user.id).await?)
}

/// The person holds exactly these from now on, beside what groups give.
pub(super) async fn set_for_user(cx: &Context, user: &User, names: &[String]) -> Result<Vec<Role>, Failure> {
    if names.len() > MOST_HELD {
        return Err(RoleError::TooManyHeld.into());
    }
    let mut wanted = named(cx, RoleKind::Application, names).await?;
    wanted.sort_by(|a, b| a.name.cmp(&b.name));
    let before = store::held_by(&cx.read(), user.id).await?;
    if wanted == before {
        return Ok(wanted);
    }
    let new = wanted.iter().filter(|wanted| before.iter().all(|held| held.id != wanted.id));
    grant::must_hold(cx, new.map(|role| role.permissions.as_str())).await?;
    let tx = cx.tx().await?;
    if !holdings::note(tx, user.id).await? {
        return Err(Refusal::not_found().into());
    }
    let held = store::held_by(tx, user.id).await?;
    for role in held.iter().filter(|held| wanted.iter().all(|wanted| wanted.id != held.id)) {
        take(tx, role, user.id).await?;
    }
    for role in wanted.iter().filter(|wanted| held.iter().all(|held| held.id != wanted.id)) {
        // Taken away since it was looked at: whether the caller may give it was not asked.
        if before.iter().any(|held| held.id == role.id) {
            return Err(StoreError::Serialization("roles of one user, set twice at once".to_owned()).into());
        }
        give(cx, tx, role, user.id).await?;
    }
    Ok(wanted)
}

/// Exactly these people, by themselves, and these groups hold the role from now on.
pub(super) async fn set_for_role(cx: &Context, role: &Role, wanted: Assignment) -> Result<Assignment, Failure> {
    cx.expect_version(role.version)?;
    if role.kind != RoleKind::Application {
        return Err(RoleError::WithinOrganizations.into());
    }
    let Assignment { users, groups } = Assignment { users: once(wanted.users), groups: once(wanted.groups) };
    grant::must_hold(cx, [role.permissions.as_str()]).await?;
    let is_so = same(&users, &store::users(&cx.read(), role.id).await?);
    if is_so && same(&groups, &store::groups(&cx.read(), role.id).await?) {
        return Ok(Assignment { users, groups });
    }
    let tx = cx.tx().await?;
    if !store::hold(tx, role.id).await? {
        return Err(Refusal::not_found().into());
    }
    let held = store::users(tx, role.id).await?;
    if held.len() > MOST_REPLACED {
        return Err(RoleError::TooManyHolders.into());
    }
    for user in held.iter().filter(|held| !users.contains(held)) {
        take(tx, role, *user).await?;
    }
    for (index, user) in users.iter().enumerate().filter(|(_, user)| !held.contains(user)) {
        if !holdings::note(tx, *user).await? {
            return Err(RoleError::UnknownUser { index }.into());
        }
        give(cx, tx, role, *user).await?;
    }
    set_groups(cx, tx, role, &groups).await?;
    Ok(Assignment { users, groups })
}

async fn set_groups(cx: &Context, tx: &Tx, role: &Role, wanted: &[GroupId]) -> Result<(), Failure> {
    let held = store::groups(tx, role.id).await?;
    for group in held.iter().filter(|held| !wanted.contains(held)) {
        store::take_group(tx, role.id, *group).await?;
        tx.emit(&RoleUnassignedFromGroup { role_id: role.id, group_id: *group, name: role.name.clone() });
    }
    for (index, group) in wanted.iter().enumerate().filter(|(_, group)| !held.contains(group)) {
        if !groups::store::hold(tx, *group).await? {
            return Err(RoleError::UnknownGroup { index }.into());
        }
        store::give_group(tx, role.id, *group, cx.now()).await?;
        if store::count_of_group(tx, *group).await? > most_held() {
            return Err(RoleError::TooManyHeld.into());
        }
        tx.emit(&RoleAssignedToGroup { role_id: role.id, group_id: *group, name: role.name.clone() });
    }
    Ok(())
}

/// To somebody whose row is held.
async fn give(cx: &Context, tx: &Tx, role: &Role, user: UserId) -> Result<(), Failure> {
    // Deleted since it was looked up.
    if !store::hold(tx, role.id).await? {
        return Err(RoleError::Unknown { name: role.name.clone() }.into());
    }
    store::give(tx, role.id, user, cx.now()).await?;
    if store::count_held(tx, user).await? > most_held() {
        return Err(RoleError::TooManyHeld.into());
    }
    tx.emit(&RoleAssigned { role_id: role.id, user_id: user, name: role.name.clone() });
    Ok(())
}

async fn take(tx: &Tx, role: &Role, user: UserId) -> Result<(), Failure> {
    if store::take(tx, role.id, user).await? {
        tx.emit(&RoleUnassigned { role_id: role.id, user_id: user, name: role.name.clone() });
    }
    Ok(())
}

fn most_held() -> i64 {
    i64::try_from(MOST_HELD).unwrap_or(i64::MAX)
}

fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|id| other.contains(id))
}

fn once<T: PartialEq + Copy>(ids: Vec<T>) -> Vec<T> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}
