//! Rows of teams, members and claims. No decisions. Teams stand above tenants, so every statement is the system's.

use kernel::{TenantId, Timestamp};
use store::{Query, StoreError, Tx, params, sql};
use uuid::Uuid;

use super::{Invitation, Membership, Role, TeamId};

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
    system ROLE_IN_TEAM = "select role from team_members where team_id = $1 and user_id = $2";
    /// Whoever has written the row is alone with the team's members until the commit.
    system LOCK_TEAM = "update teams set version = version + 1, updated_at = $2 where id = $1";
    system SAVE_ROLE = "update team_members set role = $3 where team_id = $1 and user_id = $2";
    system DELETE_MEMBER = "delete from team_members where team_id = $1 and user_id = $2";
    system STANDING = "
        select (select count(*) from team_members where team_id = $1 and user_id <> $2),
               (select count(*) from team_members where team_id = $1 and user_id <> $2 and role = 'owner'),
               (select count(*) from tenants where team_id = $1)";
    system DELETE_CLAIMS = "delete from claims where team_id = $1";
    system DELETE_TEAM = "delete from teams where id = $1";
    system PUT_INVITATION = "
        insert into team_invitations (team_id, address_mac, challenge_id, role, invited_by, expires_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (team_id, address_mac) do update
        set challenge_id = $3, role = $4, invited_by = $5, expires_at = $6";
    system TAKE_INVITATION = "
        delete from team_invitations
        where team_id = $1 and challenge_id = $2 and expires_at > $3
        returning role";
    system DELETE_EXPIRED_INVITATIONS = "delete from team_invitations where team_id = $1 and expires_at <= $2";
    system DELETE_INVITATIONS_BY = "delete from team_invitations where team_id = $1 and invited_by = $2";
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

pub(super) async fn role_in_team(system: &impl Query, team: TeamId, user: Uuid) -> Result<Option<Role>, StoreError> {
    system.one(&ROLE_IN_TEAM, params![team, user], |row| row.named(0, "a role", Role::from_name)).await
}

pub(super) async fn lock(tx: &Tx, team: TeamId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&LOCK_TEAM, params![team, now]).await.map(drop)
}

pub(super) async fn save_role(tx: &Tx, team: TeamId, user: Uuid, role: Role) -> Result<(), StoreError> {
    tx.execute(&SAVE_ROLE, params![team, user, role.as_str()]).await.map(drop)
}

pub(super) async fn delete_member(tx: &Tx, team: TeamId, user: Uuid) -> Result<(), StoreError> {
    tx.execute(&DELETE_MEMBER, params![team, user]).await.map(drop)
}

/// What stands beside a member in their team.
pub(super) struct Standing {
    pub(super) other_members: i64,
    pub(super) other_owners: i64,
    /// Deleted ones too, as long as they can be brought back.
    pub(super) applications: i64,
}

pub(super) async fn standing(system: &impl Query, team: TeamId, user: Uuid) -> Result<Standing, StoreError> {
    let standing = |row: &store::Row<'_>| {
        Ok(Standing { other_members: row.get(0)?, other_owners: row.get(1)?, applications: row.get(2)? })
    };
    let found = system.one(&STANDING, params![team, user], standing).await?;
    found.ok_or_else(|| StoreError::Internal("counting answered nothing".to_owned()))
}

/// Once nobody is in it.
pub(super) async fn delete_team(tx: &Tx, team: TeamId) -> Result<(), StoreError> {
    tx.execute(&DELETE_CLAIMS, params![team]).await?;
    tx.execute(&DELETE_TEAM, params![team]).await.map(drop)
}

pub(super) async fn put_invitation(tx: &Tx, invitation: &Invitation) -> Result<(), StoreError> {
    let Invitation { team_id, address, challenge, role, invited_by, expires_at } = invitation;
    let values = params![*team_id, address, *challenge, role.as_str(), *invited_by, *expires_at];
    tx.execute(&PUT_INVITATION, values).await.map(drop)
}

/// Of however many that redeem one, one has it.
pub(super) async fn take_invitation(
    tx: &Tx,
    team: TeamId,
    challenge: Uuid,
    now: Timestamp,
) -> Result<Option<Role>, StoreError> {
    tx.one(&TAKE_INVITATION, params![team, challenge, now], |row| row.named(0, "a role", Role::from_name)).await
}

pub(super) async fn delete_expired_invitations(tx: &Tx, team: TeamId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&DELETE_EXPIRED_INVITATIONS, params![team, now]).await.map(drop)
}

pub(super) async fn delete_invitations_by(tx: &Tx, team: TeamId, user: Uuid) -> Result<(), StoreError> {
    tx.execute(&DELETE_INVITATIONS_BY, params![team, user]).await.map(drop)
}
