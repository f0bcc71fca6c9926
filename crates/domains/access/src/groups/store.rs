//! Rows of groups and of who is in them. No decisions.

use identity::users::UserId;
use kernel::{Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{Group, GroupId};

macro_rules! select_groups {
    ($where:literal) => {
        concat!(
            "select g.id, g.version, g.slug, g.name, g.description, g.scopes, g.created_at, g.updated_at
             from user_groups g
             where g.tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_groups!(" and g.id = $2");
    COUNT = "select count(*) from user_groups where tenant_id = $1";
    INSERT = "insert into user_groups (tenant_id, id, version, slug, name, description, scopes, created_at, updated_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE = "update user_groups set version = $4, name = $5, description = $6, scopes = $7, updated_at = $8
              where tenant_id = $1 and id = $2 and version = $3";
    /// Whoever adds somebody, or gives it a role, waits here for who deletes it, and the other way round.
    HOLD = "update user_groups set version = version where tenant_id = $1 and id = $2";
    DELETE = "delete from user_groups where tenant_id = $1 and id = $2 and version = $3";
    USES = "select (select count(*) from group_members where tenant_id = $1 and group_id = $2),
                   (select count(*) from group_roles where tenant_id = $1 and group_id = $2)";
    /// All that the group gives by its roles: one text a role.
    GIVES = "select r.permissions from group_roles g join roles r on r.tenant_id = g.tenant_id and r.id = g.role_id
             where g.tenant_id = $1 and g.group_id = $2 order by r.id limit 51";
    ADD = "insert into group_members (tenant_id, group_id, user_id, created_at) values ($1, $2, $3, $4) on conflict do nothing";
    HAS = "select 1 from group_members where tenant_id = $1 and group_id = $2 and user_id = $3";
    REMOVE = "delete from group_members where tenant_id = $1 and group_id = $2 and user_id = $3";
    COUNT_OF_USER = "select count(*) from group_members where tenant_id = $1 and user_id = $2";
}

listing! {
    GROUPS = {
        select: select_groups!(""),
        filters: {
            text: "(g.slug >= ? and g.slug < (? || '\u{10FFFF}'))",
            has_user: "g.id in (select group_id from group_members where tenant_id = $1 and user_id = ?)",
        },
        order: "g.slug",
        keyset: "g.slug > ?",
    };
    MEMBERS = {
        select: "select m.user_id, m.created_at from group_members m where m.tenant_id = $1",
        filters: { group_id: "m.group_id = ?", },
        order: "m.user_id",
        keyset: "m.user_id > ?",
    };
}

/// Where a page of groups ended: by slug.
pub(super) type GroupKey = String;

/// Somebody who is in a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) user_id: UserId,
    pub(super) since: Timestamp,
}

pub(super) async fn find(db: &impl Query, id: GroupId) -> Result<Option<Group>, StoreError> {
    db.one(&FIND, params![id], group).await
}

pub(super) async fn page(
    db: &impl Query,
    text: Option<&str>,
    has_user: Option<UserId>,
    request: &PageRequest<GroupKey>,
) -> Result<Page<Group, GroupKey>, StoreError> {
    let mut query = GROUPS.query().limit(request.fetch()).filter_some("text", text).filter_some("has_user", has_user);
    if let Some(slug) = &request.after {
        query = query.after(params![slug]);
    }
    let rows = db.list(query, group).await?;
    Ok(request.page(rows, |group| group.slug.clone()))
}

pub(super) async fn count(db: &impl Query) -> Result<i64, StoreError> {
    Ok(db.one(&COUNT, params![], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn insert(tx: &Tx, group: &Group) -> Result<(), StoreError> {
    let Group { id, version, slug, name, description, scopes, created_at, updated_at } = group;
    let values = params![*id, *version, slug, name, description, scopes, *created_at, *updated_at];
    tx.execute(&INSERT, values).await.map(drop)
}

/// `false` where somebody else was faster.
pub(super) async fn update(tx: &Tx, before: i64, group: &Group) -> Result<bool, StoreError> {
    let Group { id, version, name, description, scopes, updated_at, .. } = group;
    let values = params![*id, before, *version, name, description, scopes, *updated_at];
    Ok(tx.execute(&UPDATE, values).await? == 1)
}

/// The row is held until the transaction ends; `false` where there is none.
pub(crate) async fn hold(tx: &Tx, id: GroupId) -> Result<bool, StoreError> {
    Ok(tx.execute(&HOLD, params![id]).await? == 1)
}

pub(super) async fn delete(tx: &Tx, group: &Group) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![group.id, group.version]).await? == 1)
}

/// How many are in it, and how many roles it gives.
pub(super) async fn uses(db: &impl Query, id: GroupId) -> Result<(i64, i64), StoreError> {
    Ok(db.one(&USES, params![id], |row| Ok((row.get(0)?, row.get(1)?))).await?.unwrap_or_default())
}

pub(super) async fn gives(db: &impl Query, id: GroupId) -> Result<Vec<String>, StoreError> {
    db.all(&GIVES, params![id], |row| row.get(0)).await
}

pub(super) async fn members(
    db: &impl Query,
    group: GroupId,
    request: &PageRequest<UserId>,
) -> Result<Page<Member, UserId>, StoreError> {
    let mut query = MEMBERS.query().limit(request.fetch()).filter("group_id", group);
    if let Some(user) = request.after {
        query = query.after(params![user]);
    }
    let rows = db.list(query, |row| Ok(Member { user_id: row.get(0)?, since: row.get(1)? })).await?;
    Ok(request.page(rows, |member| member.user_id))
}

/// `false` where they are in it already.
pub(super) async fn add(tx: &Tx, group: GroupId, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&ADD, params![group, user, now]).await? == 1)
}

pub(super) async fn has(db: &impl Query, group: GroupId, user: UserId) -> Result<bool, StoreError> {
    Ok(db.one(&HAS, params![group, user], |_| Ok(())).await?.is_some())
}

pub(super) async fn remove(tx: &Tx, group: GroupId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(&REMOVE, params![group, user]).await? == 1)
}

pub(super) async fn count_of_user(tx: &Tx, user: UserId) -> Result<i64, StoreError> {
    Ok(tx.one(&COUNT_OF_USER, params![user], |row| row.get(0)).await?.unwrap_or_default())
}

fn group(row: &Row<'_>) -> Result<Group, StoreError> {
    Ok(Group {
        id: row.get(0)?,
        version: row.get(1)?,
        slug: row.get(2)?,
        name: row.get(3)?,
        description: row.get(4)?,
        scopes: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}
