//! What was shown once and counts once: the `jti` of proofs and assertions.

use kernel::Timestamp;
use store::{StoreError, Tx, params, sql};

sql! {
    // One that has expired may be shown again: whoever checked its times let it pass.
    REMEMBER = "
        insert into oauth_replays (tenant_id, hash, expires_at)
        values ($1, $2, $3)
        on conflict (tenant_id, hash) do update set expires_at = excluded.expires_at where oauth_replays.expires_at < $4";
}

/// `false` where it was shown before. `kind` keeps the identifiers of different things apart, `issuer` those of different parties.
pub(crate) async fn remember(
    tx: &Tx,
    kind: &str,
    issuer: &str,
    jti: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hash = vault::digest([kind, "\0", issuer, "\0", jti].concat().as_bytes());
    Ok(tx.execute(&REMEMBER, params![&hash[..], until, now]).await? == 1)
}
