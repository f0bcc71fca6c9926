//! JWT access tokens that were revoked before their time, by the digest of their `jti`, until they would have ended anyway.

use kernel::Timestamp;
use store::{StoreError, Tx, params, sql};

sql! {
    INSERT = "
        insert into oauth_revoked_tokens (tenant_id, hash, expires_at)
        values ($1, $2, $3)
        on conflict do nothing";
}

/// What a `jti` is known by here.
pub(crate) fn digest(jti: &str) -> [u8; 32] {
    vault::digest(jti.as_bytes())
}

/// `false` where it was revoked before.
pub(crate) async fn revoke(tx: &Tx, jti: &str, until: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&INSERT, params![&digest(jti)[..], until]).await? == 1)
}
