//! Authorization codes: opaque, short-lived, taken once (RFC 6749, section 4.1.2).

use edge::{Context, Failure};
use kernel::{Secret, Timestamp};
use store::{Query, StoreError, Tx, params, sql};
use vault::OpaqueToken;

use crate::grants::GrantId;

const PREFIX: &str = "pc_ac_";

sql! {
    INSERT = "
        insert into oauth_codes (tenant_id, hash, grant_id, redirect_uri, challenge, jkt, nonce, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "
        select grant_id, redirect_uri, challenge, jkt, nonce, expires_at, used_at from oauth_codes where tenant_id = $1 and hash = $2";
    TAKE = "update oauth_codes set used_at = $3 where tenant_id = $1 and hash = $2 and used_at is null";
}

/// What a code is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) grant_id: GrantId,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) jkt: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// A new one, in the request's transaction. Only its digest is kept.
pub(crate) async fn issue(cx: &Context, code: &Code) -> Result<Secret, Failure> {
    let secret = OpaqueToken::generate(&*cx.env().entropy, PREFIX);
    let hash = vault::digest(secret.reveal().as_bytes());
    let values = params![
        &hash[..],
        code.grant_id,
        &code.redirect_uri,
        code.challenge.as_deref(),
        code.jkt.as_deref(),
        code.nonce.as_deref(),
        cx.now(),
        code.expires_at
    ];
    cx.tx().await?.execute(&INSERT, values).await?;
    Ok(secret)
}

pub(crate) async fn find(db: &impl Query, code: &str) -> Result<Option<Code>, StoreError> {
    let hash = vault::digest(code.as_bytes());
    db.one(&FIND, params![&hash[..]], |row| {
        Ok(Code {
            grant_id: row.get(0)?,
            redirect_uri: row.get(1)?,
            challenge: row.get(2)?,
            jkt: row.get(3)?,
            nonce: row.get(4)?,
            expires_at: row.get(5)?,
            used_at: row.get(6)?,
        })
    })
    .await
}

/// `false` where it was taken before.
pub(crate) async fn take(tx: &Tx, code: &str, now: Timestamp) -> Result<bool, StoreError> {
    let hash = vault::digest(code.as_bytes());
    Ok(tx.execute(&TAKE, params![&hash[..], now]).await? == 1)
}
