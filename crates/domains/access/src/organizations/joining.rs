//! Somebody comes to be in an organization: its first owner, and everybody after.

use ::store::{Query, StoreError, Tx, params, sql};
use edge::{Context, Failure};
use identity::{holdings::Rank, users::UserId};
use kernel::Refusal;

use super::{OrganizationError, OrganizationId, event::MemberAdded, store::hold};
use crate::roles::{self, Role, RoleError};

/// Organizations that one person is in.
const MOST_HELD: i64 = 100;

sql! {
    INSERT = "insert into organization_members (tenant_id, organization_id, user_id, version, rank, created_at, updated_at)
              values ($1, $2, $3, 1, $4, $5, $5)
              on conflict do nothing";
    GIVE = "insert into member_roles (tenant_id, organization_id, user_id, role_id) values ($1, $2, $3, $4) on conflict do nothing";
    COUNT_OF_USER = "select count(*), coalesce(sum(case when rank = 'owner' then 1 else 0 end), 0)
                     from organization_members where tenant_id = $1 and user_id = $2";
}

/// The user, whose row is held, is in the organization from now on.
pub(crate) async fn join(
    cx: &Context,
    id: OrganizationId,
    user: UserId,
    rank: Rank,
    roles: &[Role],
) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    // Deleted since it was looked at.
    if !hold(tx, id).await? {
        return Err(Refusal::not_found().into());
    }
    if tx.execute(&INSERT, params![id, user, rank.as_str(), cx.now()]).await? == 0 {
        return Err(OrganizationError::AlreadyMember.into());
    }
    if count_of_user(tx, user).await?.0 > MOST_HELD {
        return Err(OrganizationError::TooManyHeld.into());
    }
    give(tx, id, user, roles).await?;
    let roles = roles.iter().map(|role| role.name.clone()).collect();
    tx.emit(&MemberAdded { organization_id: id, user_id: user, rank, roles });
    Ok(())
}

/// The member has these roles in the organization, too.
pub(crate) async fn give(tx: &Tx, id: OrganizationId, user: UserId, given: &[Role]) -> Result<(), Failure> {
    for role in given {
        // Deleted since it was looked up.
        if !roles::store::hold(tx, role.id).await? {
            return Err(RoleError::Unknown { name: role.name.clone() }.into());
        }
        tx.execute(&GIVE, params![id, user, role.id]).await?;
    }
    Ok(())
}

/// How many organizations the user owns.
pub(crate) async fn owned(tx: &Tx, user: UserId) -> Result<i64, StoreError> {
    Ok(count_of_user(tx, user).await?.1)
}

/// How many the user is in, and how many they own.
async fn count_of_user(tx: &Tx, user: UserId) -> Result<(i64, i64), StoreError> {
    Ok(tx.one(&COUNT_OF_USER, params![user], |row| Ok((row.get(0)?, row.get(1)?))).await?.unwrap_or_default())
}
