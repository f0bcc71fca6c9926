//! Access tokens that are handles: each names its row, which says what it stands for.

use edge::Context;
use kernel::{Id, Secret, Timestamp};
use store::{Query, Statement, StoreError, Tx, params, sql};
use vault::RowToken;

use super::live::{Holder, holder_at, holder_columns, is_client_active, is_live};
use crate::{clients::ClientId, grants::GrantId};

/// The prefix says what it is, to people and to secret scanners.
pub(crate) const PREFIX: &str = "pc_at_";

sql! {
    INSERT = "
        insert into oauth_access_tokens (tenant_id, id, digest, client_id, grant_id, claims, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    // With everybody who stands behind it, in one read.
    FIND_LIVE = concat!("
        select t.digest, t.claims, t.grant_id is not null, ", holder_columns!(), "
        from oauth_access_tokens t
        left join oauth_grants g on g.tenant_id = t.tenant_id and g.id = t.grant_id
        where t.tenant_id = $1 and t.id = $2 and t.revoked_at is null and t.expires_at > $3 and ", is_client_active!("t"), "
          and (t.grant_id is null or (", is_live!(), "))");
    FIND = "select digest from oauth_access_tokens where tenant_id = $1 and id = $2";
    REVOKE = "
        update oauth_access_tokens set revoked_at = $4
        where tenant_id = $1 and id = $2 and client_id = $3 and revoked_at is null";
}

/// What [`find_live`] reads by.
pub(super) const ASKED: &[&Statement] = &[&FIND_LIVE];

kernel::resource! { Handle, prefix: "at", noun: "access token" }

/// The id of a token that counts until then. It sorts by that time, so that the tokens of an application that have ended are its first.
pub(super) fn id_until(cx: &Context, end: Timestamp) -> Id<Handle> {
    Id::generate_at(end, &*cx.env().entropy)
}

/// Before those of tokens that count at this time.
pub(super) fn first_id_until(end: Timestamp) -> Id<Handle> {
    Id::first_at(end)
}

/// A handle and what it stands for.
pub(crate) struct Handle {
    pub(crate) id: Id<Self>,
    pub(crate) digest: [u8; 32],
    pub(crate) client: ClientId,
    pub(crate) grant: Option<GrantId>,
    /// JSON.
    pub(crate) claims: String,
    pub(crate) expires_at: Timestamp,
}

/// A new one of this id.
pub(crate) fn new_token(cx: &Context, id: Id<Handle>) -> Secret {
    RowToken::generate(&*cx.env().entropy, PREFIX, id.as_bytes())
}

pub(crate) fn insert(tx: &Tx, handle: &Handle) {
    let Handle { id, digest, client, grant, claims, expires_at } = handle;
    let values = params![*id, *digest, *client, *grant, claims.clone(), *expires_at];
    tx.execute_last(&INSERT, values.into());
}

/// What it stands for, and the person behind it, where it and everybody else behind it lives. `digest` is the whole token's.
pub(crate) async fn find_live(
    db: &impl Query,
    token: &str,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(String, Option<Holder>)>, StoreError> {
    let Some(id) = id_in(token) else { return Ok(None) };
    let values = params![id, now];
    let found = db.one(&FIND_LIVE, values, |row| {
        let has_grant: bool = row.get(2)?;
        Ok((row.get::<[u8; 32]>(0)?, row.get(1)?, has_grant.then(|| holder_at(row, 3)).transpose()?))
    });
    let genuine = found.await?.filter(|(kept, ..)| vault::constant_time_eq(kept, digest));
    Ok(genuine.map(|(_, claims, holder)| (claims, holder)))
}

/// `false` where there is none of this client's that still counts.
pub(crate) async fn revoke(tx: &Tx, token: &str, client: ClientId, now: Timestamp) -> Result<bool, StoreError> {
    let Some(id) = id_in(token) else { return Ok(false) };
    let kept: Option<[u8; 32]> = tx.one(&FIND, params![id], |row| row.get(0)).await?;
    let digest = vault::digest(token.as_bytes());
    if !kept.is_some_and(|kept| vault::constant_time_eq(&kept, &digest)) {
        return Ok(false);
    }
    Ok(tx.execute(&REVOKE, params![id, client, now]).await? == 1)
}

fn id_in(token: &str) -> Option<Id<Handle>> {
    Id::from_slice(&RowToken::row(token, PREFIX)?)
}
