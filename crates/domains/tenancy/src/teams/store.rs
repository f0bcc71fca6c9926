//! Rows of teams, members and claims. No decisions. Teams stand above tenants, so every statement is the system's.

use kernel::{TenantId, Timestamp};
use store::{Query, StoreError, Tx, params, sql};
use uuid::Uuid;

use super::{Membership, Role, TeamId};

sql! {
    system INSERT_TEAM = "insert into teams (id, name, version, created_at, updated_at) values ($1, $2, 1, $3, $3)";
    system INSERT_MEMBER = "
        insert into team_members (team_id, user_id, role, created_at)
        values ($1, $2, $3, $4)
        on conflict do nothing";
    system MEMBERSHIPS = "
        select m.team_id, t.name, m.role, m.created_at
        from team_members m
        join teams t on t.id = m.team_id
        where m.user_id = $1
        order by m.created_at, m.team_id";
    system ROLE_IN = "
        select m.role
        from tenants t
        join team_members m on m.team_id = t.team_id
        where t.id = $1 and m.user_id = $2";
    system INSERT_CLAIM = "insert into claims (hash, team_id, created_at, expires_at) values ($1, $2, $3, $4)";
    /// Taken and found out about by one statement: two that hold the same link can't both have it.
    system TAKE_CLAIM = "
        update claims
        set used_at = $2, used_by = $3
        where hash = $1 and used_at is null and (expires_at is null or expires_at > $2)
        returning team_id";
}

pub(super) async fn insert(tx: &Tx, team: TeamId, name: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&INSERT_TEAM, params![team, name, now]).await.map(drop)
}

/// `false`: there is a membership already.
pub(super) async fn insert_member(
    tx: &Tx,
    team: TeamId,
    user: Uuid,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&INSERT_MEMBER, params![team, user, role.as_str(), now]).await? == 1)
}

pub(super) async fn memberships(system: &impl Query, user: Uuid) -> Result<Vec<Membership>, StoreError> {
    let membership = |row: &store::Row<'_>| {
        Ok(Membership {
            team_id: row.get(0)?,
            team_name: row.get(1)?,
            role: row.named(2, "a role", Role::from_name)?,
            joined_at: row.get(3)?,
        })
    };
    system.all(&MEMBERSHIPS, params![user], membership).await
}

/// The role of an account in the team that runs a tenant.
pub(super) async fn role_in(system: &impl Query, tenant: TenantId, user: Uuid) -> Result<Option<Role>, StoreError> {
    system.one(&ROLE_IN, params![tenant, user], |row| row.named(0, "a role", Role::from_name)).await
}

pub(super) async fn insert_claim(
    tx: &Tx,
    hash: &[u8; 32],
    team: TeamId,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&INSERT_CLAIM, params![hash, team, now, expires_at]).await.map(drop)
}

pub(super) async fn take_claim(
    tx: &Tx,
    hash: &[u8; 32],
    user: Uuid,
    now: Timestamp,
) -> Result<Option<TeamId>, StoreError> {
    tx.one(&TAKE_CLAIM, params![hash, now, user], |row| row.get(0)).await
}
