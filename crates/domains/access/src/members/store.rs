//! Rows of members. No decisions.

use identity::{holdings::Rank, users::UserId};
use kernel::{Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::model::{Member, Person};
use crate::organizations::OrganizationId;

macro_rules! select_members {
    ($where:literal) => {
        concat!(
            "select m.user_id, m.version, m.rank, u.name, u.picture, e.address, m.created_at, m.updated_at
             from organization_members m
             join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
             left join user_emails e on e.tenant_id = m.tenant_id and e.user_id = m.user_id and e.is_primary
             where m.tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_members!(" and m.organization_id = $2 and m.user_id = $3");
    /// Of a page of members, or of one: as many as one has, times as many as a page holds.
    ROLES = "select m.user_id, r.name
             from member_roles m
             join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
             where m.tenant_id = $1 and m.organization_id = $2 and m.user_id >= $3 and m.user_id <= $4
             order by m.user_id, r.name limit 4100";
    UPDATE = "update organization_members set version = version + 1, rank = $5, updated_at = $6
              where tenant_id = $1 and organization_id = $2 and user_id = $3 and version = $4";
    DELETE = "delete from organization_members
              where tenant_id = $1 and organization_id = $2 and user_id = $3 and version = $4";
    TAKE_ALL = "delete from member_roles where tenant_id = $1 and organization_id = $2 and user_id = $3";
    OTHER_OWNERS = "select count(*) from organization_members
                    where tenant_id = $1 and organization_id = $2 and user_id <> $3 and rank = 'owner'";
}

listing! {
    MEMBERS = {
        select: select_members!(""),
        filters: { organization_id: "m.organization_id = ?", rank: "m.rank = ?", },
        order: "m.user_id",
        keyset: "m.user_id > ?",
    };
}

pub(super) async fn find(
    db: &impl Query,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<Member>, StoreError> {
    let Some(mut found) = db.one(&FIND, params![organization, user], member).await? else { return Ok(None) };
    found.roles = roles(db, organization, user, user).await?.into_iter().map(|(_, name)| name).collect();
    Ok(Some(found))
}

pub(super) async fn page(
    db: &impl Query,
    organization: OrganizationId,
    rank: Option<Rank>,
    request: &PageRequest<UserId>,
) -> Result<Page<Member, UserId>, StoreError> {
    let mut query = MEMBERS
        .query()
        .limit(request.fetch())
        .filter("organization_id", organization)
        .filter_some("rank", rank.map(Rank::as_str));
    if let Some(user) = request.after {
        query = query.after(params![user]);
    }
    let mut rows = db.list(query, member).await?;
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        let roles = roles(db, organization, first.user_id, last.user_id).await?;
        for row in &mut rows {
            let own = roles.iter().filter(|(user, _)| *user == row.user_id);
            row.roles = own.map(|(_, name)| name.clone()).collect();
        }
    }
    Ok(request.page(rows, |member| member.user_id))
}

async fn roles(
    db: &impl Query,
    organization: OrganizationId,
    first: UserId,
    last: UserId,
) -> Result<Vec<(UserId, String)>, StoreError> {
    db.all(&ROLES, params![organization, first, last], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// `false` where somebody else was faster.
pub(super) async fn update(
    tx: &Tx,
    organization: OrganizationId,
    before: &Member,
    rank: Rank,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let values = params![organization, before.user_id, before.version, rank.as_str(), now];
    Ok(tx.execute(&UPDATE, values).await? == 1)
}

/// Their roles there go with it. `false` where somebody else was faster.
pub(super) async fn delete(tx: &Tx, organization: OrganizationId, before: &Member) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![organization, before.user_id, before.version]).await? == 1)
}

pub(super) async fn take_all(tx: &Tx, organization: OrganizationId, user: UserId) -> Result<(), StoreError> {
    tx.execute(&TAKE_ALL, params![organization, user]).await.map(drop)
}

pub(super) async fn other_owners(tx: &Tx, organization: OrganizationId, user: UserId) -> Result<i64, StoreError> {
    Ok(tx.one(&OTHER_OWNERS, params![organization, user], |row| row.get(0)).await?.unwrap_or_default())
}

fn member(row: &Row<'_>) -> Result<Member, StoreError> {
    Ok(Member {
        user_id: row.get(0)?,
        version: row.get(1)?,
        rank: row.named(2, "a rank", Rank::from_name)?,
        roles: Vec::new(),
        person: Person { name: row.get(3)?, picture: row.get(4)?, primary_email: row.get(5)? },
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}
