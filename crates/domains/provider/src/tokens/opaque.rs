//! Rows of access tokens that are handles. No decisions.

use identity::users::UserId;
use kernel::Timestamp;
use store::{Query, StoreError, Tx, params, sql};

use super::live::{Holder, holder_at, is_live};
use crate::{clients::ClientId, grants::GrantId};

/// The prefix says what it is, to people and to secret scanners.
pub(crate) const PREFIX: &str = "pc_at_";

sql! {
    INSERT = "
        insert into oauth_access_tokens (tenant_id, hash, client_id, user_id, grant_id, claims, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    // With everybody who stands behind it, in one read.
    FIND_LIVE = concat!("
        select t.claims, t.grant_id is not null, g.user_id, g.session_id, g.is_offline, g.claims
        from oauth_access_tokens t
        join clients c on c.tenant_id = t.tenant_id and c.id = t.client_id
        left join oauth_grants g on g.tenant_id = t.tenant_id and g.id = t.grant_id
        left join clients o on o.tenant_id = t.tenant_id and o.id = g.client_id
        left join users u on u.tenant_id = t.tenant_id and u.id = g.user_id
        left join sessions s on s.tenant_id = t.tenant_id and s.id = g.session_id
        where t.tenant_id = $1 and t.hash = $2 and t.revoked_at is null and t.expires_at > $3 and c.state = 'active'
          and (t.grant_id is null or (", is_live!("o"), "))");
    REVOKE = "
        update oauth_access_tokens set revoked_at = $4
        where tenant_id = $1 and hash = $2 and client_id = $3 and revoked_at is null";
}

/// A handle and what it stands for.
pub(crate) struct Opaque {
    pub(crate) hash: [u8; 32],
    pub(crate) client: ClientId,
    pub(crate) user: Option<UserId>,
    pub(crate) grant: Option<GrantId>,
    /// JSON.
    pub(crate) claims: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(tx: &Tx, token: &Opaque, now: Timestamp) -> Result<(), StoreError> {
    let Opaque { hash, client, user, grant, claims, expires_at } = token;
    tx.execute(&INSERT, params![&hash[..], *client, *user, *grant, claims, now, *expires_at]).await.map(drop)
}

/// What it stands for, and the person behind it, where it and everybody else behind it lives.
pub(crate) async fn find_live(
    db: &impl Query,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(String, Option<Holder>)>, StoreError> {
    db.one(&FIND_LIVE, params![&hash[..], now], |row| {
        let has_grant: bool = row.get(1)?;
        Ok((row.get(0)?, has_grant.then(|| holder_at(row, 2)).transpose()?))
    })
    .await
}

/// `false` where there is none of this client's that still counts.
pub(crate) async fn revoke(tx: &Tx, hash: &[u8; 32], client: ClientId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&REVOKE, params![&hash[..], client, now]).await? == 1)
}
