//! Rows of roles and of who holds them. No decisions.

use identity::users::UserId;
use kernel::{Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{Role, RoleId, model::RoleKind};
use crate::groups::GroupId;

macro_rules! select_roles {
    ($where:literal) => {
        concat!(
            "select r.id, r.version, r.kind, r.name, r.description, r.permissions, r.created_at, r.updated_at
             from roles r
             where r.tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_roles!(" and r.id = $2");
    /// All of a kind: as many as an application may have.
    OF_KIND = select_roles!(" and r.kind = $2 limit 501");
    HELD_BY = select_roles!(" and r.id in (select role_id from role_holders where tenant_id = $1 and user_id = $2) order by r.name limit 51");
    COUNT = "select count(*) from roles where tenant_id = $1";
    INSERT = "insert into roles (tenant_id, id, version, kind, name, description, permissions, created_at, updated_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE = "update roles set version = $4, description = $5, permissions = $6, updated_at = $7
              where tenant_id = $1 and id = $2 and version = $3";
    /// Whoever gives the role waits here for who deletes it, and the other way round.
    HOLD = "update roles set version = version where tenant_id = $1 and id = $2";
    DELETE = "delete from roles where tenant_id = $1 and id = $2 and version = $3";
    /// By themselves, through a group, and within organizations.
    COUNT_HOLDERS = "select (select count(*) from role_holders where tenant_id = $1 and role_id = $2),
                            (select count(*) from group_roles where tenant_id = $1 and role_id = $2),
                            (select count(*) from member_roles where tenant_id = $1 and role_id = $2)";
    GIVE = "insert into role_holders (tenant_id, user_id, role_id, created_at) values ($1, $2, $3, $4) on conflict do nothing";
    TAKE = "delete from role_holders where tenant_id = $1 and user_id = $2 and role_id = $3";
    COUNT_HELD = "select count(*) from role_holders where tenant_id = $1 and user_id = $2";
    USERS = "select user_id from role_holders where tenant_id = $1 and role_id = $2 order by user_id limit 1001";
    GIVE_GROUP = "insert into group_roles (tenant_id, group_id, role_id, created_at) values ($1, $2, $3, $4) on conflict do nothing";
    TAKE_GROUP = "delete from group_roles where tenant_id = $1 and group_id = $2 and role_id = $3";
    COUNT_OF_GROUP = "select count(*) from group_roles where tenant_id = $1 and group_id = $2";
    GROUPS = "select group_id from group_roles where tenant_id = $1 and role_id = $2 order by group_id limit 1001";
}

listing! {
    ROLES = {
        select: select_roles!(""),
        filters: { kind: "r.kind = ?", },
        order: "r.name",
        keyset: "r.name > ?",
    };
}

/// Where a page of roles ended: by name.
pub(super) type RoleKey = String;

/// How many hold a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holders {
    pub(super) users: i64,
    pub(super) groups: i64,
    pub(super) members: i64,
}

pub(crate) async fn find(db: &impl Query, id: RoleId) -> Result<Option<Role>, StoreError> {
    db.one(&FIND, params![id], role).await
}

pub(crate) async fn of_kind(db: &impl Query, kind: RoleKind) -> Result<Vec<Role>, StoreError> {
    db.all(&OF_KIND, params![kind.as_str()], role).await
}

/// What the user holds by themselves in the whole application.
pub(super) async fn held_by(db: &impl Query, user: UserId) -> Result<Vec<Role>, StoreError> {
    db.all(&HELD_BY, params![user], role).await
}

pub(super) async fn page(
    db: &impl Query,
    kind: Option<RoleKind>,
    request: &PageRequest<RoleKey>,
) -> Result<Page<Role, RoleKey>, StoreError> {
    let mut query = ROLES.query().limit(request.fetch()).filter_some("kind", kind.map(RoleKind::as_str));
    if let Some(name) = &request.after {
        query = query.after(params![name]);
    }
    let rows = db.list(query, role).await?;
    Ok(request.page(rows, |role| role.name.clone()))
}

pub(super) async fn count(db: &impl Query) -> Result<i64, StoreError> {
    Ok(db.one(&COUNT, params![], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn insert(tx: &Tx, role: &Role) -> Result<(), StoreError> {
    let Role { id, version, kind, name, description, permissions, created_at, updated_at } = role;
    let values = params![*id, *version, kind.as_str(), name, description, permissions, *created_at, *updated_at];
    tx.execute(&INSERT, values).await.map(drop)
}

/// `false` where somebody else was faster.
pub(super) async fn update(tx: &Tx, before: i64, role: &Role) -> Result<bool, StoreError> {
    let values = params![role.id, before, role.version, &role.description, &role.permissions, role.updated_at];
    Ok(tx.execute(&UPDATE, values).await? == 1)
}

/// The row is held until the transaction ends; `false` where there is none.
pub(crate) async fn hold(tx: &Tx, id: RoleId) -> Result<bool, StoreError> {
    Ok(tx.execute(&HOLD, params![id]).await? == 1)
}

/// It is taken from all who hold it.
pub(super) async fn delete(tx: &Tx, role: &Role) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![role.id, role.version]).await? == 1)
}

pub(super) async fn count_holders(db: &impl Query, id: RoleId) -> Result<Holders, StoreError> {
    let found = db
        .one(&COUNT_HOLDERS, params![id], |row| {
            Ok(Holders { users: row.get(0)?, groups: row.get(1)?, members: row.get(2)? })
        })
        .await?;
    Ok(found.unwrap_or(Holders { users: 0, groups: 0, members: 0 }))
}

/// `false` where the user holds it already.
pub(super) async fn give(tx: &Tx, role: RoleId, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&GIVE, params![user, role, now]).await? == 1)
}

pub(super) async fn take(tx: &Tx, role: RoleId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(&TAKE, params![user, role]).await? == 1)
}

pub(super) async fn count_held(tx: &Tx, user: UserId) -> Result<i64, StoreError> {
    Ok(tx.one(&COUNT_HELD, params![user], |row| row.get(0)).await?.unwrap_or_default())
}

/// Who holds it by themselves, and one more than a request may name.
pub(super) async fn users(db: &impl Query, role: RoleId) -> Result<Vec<UserId>, StoreError> {
    db.all(&USERS, params![role], |row| row.get(0)).await
}

pub(super) async fn give_group(tx: &Tx, role: RoleId, group: GroupId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&GIVE_GROUP, params![group, role, now]).await? == 1)
}

pub(super) async fn take_group(tx: &Tx, role: RoleId, group: GroupId) -> Result<bool, StoreError> {
    Ok(tx.execute(&TAKE_GROUP, params![group, role]).await? == 1)
}

pub(super) async fn count_of_group(tx: &Tx, group: GroupId) -> Result<i64, StoreError> {
    Ok(tx.one(&COUNT_OF_GROUP, params![group], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn groups(db: &impl Query, role: RoleId) -> Result<Vec<GroupId>, StoreError> {
    db.all(&GROUPS, params![role], |row| row.get(0)).await
}

fn role(row: &Row<'_>) -> Result<Role, StoreError> {
    Ok(Role {
        id: row.get(0)?,
        version: row.get(1)?,
        kind: row.named(2, "a kind of role", RoleKind::from_name)?,
        name: row.get(3)?,
        description: row.get(4)?,
        permissions: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}
