//! Authorization codes: opaque, short-lived, taken once (RFC 6749, section 4.1.2).

use edge::{Context, Failure};
use kernel::{Secret, Timestamp};
use store::{StoreError, Tx, params, sql};
use vault::OpaqueToken;

use crate::grants::GrantId;

pub(crate) const PREFIX: &str = "pc_ac_";

sql! {
    INSERT = "
        insert into oauth_codes (tenant_id, hash, grant_id, redirect_uri, is_redirect_uri_named, challenge, jkt, nonce, created_at,
                                 expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    TAKE = "update oauth_codes set used_at = $3 where tenant_id = $1 and hash = $2 and used_at is null";
}

/// What a code is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) grant_id: GrantId,
    pub(crate) redirect_uri: String,
    /// Did the request name it, or is it the client's only one?
    pub(crate) is_redirect_uri_named: bool,
    pub(crate) challenge: Option<String>,
    pub(crate) jkt: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: Timestamp,
}

/// A new one, which is worth nothing before it is kept.
pub(crate) fn generate(cx: &Context) -> Secret {
    OpaqueToken::generate(&*cx.env().entropy, PREFIX)
}

/// Keep it, in the request's transaction: only its digest.
pub(crate) async fn insert(cx: &Context, secret: &Secret, code: &Code) -> Result<(), Failure> {
    let hash = vault::digest(secret.reveal().as_bytes());
    let values = params![
        &hash[..],
        code.grant_id,
        &code.redirect_uri,
        code.is_redirect_uri_named,
        code.challenge.as_deref(),
        code.jkt.as_deref(),
        code.nonce.as_deref(),
        cx.now(),
        code.expires_at
    ];
    cx.tx().await?.execute(&INSERT, values).await?;
    Ok(())
}

/// `false` where it was taken before.
pub(crate) async fn take(tx: &Tx, code: &str, now: Timestamp) -> Result<bool, StoreError> {
    let hash = vault::digest(code.as_bytes());
    Ok(tx.execute(&TAKE, params![&hash[..], now]).await? == 1)
}
