//! Rows of requests that wait. No decisions.

use kernel::Timestamp;
use store::{Query, StoreError, Tx, params, sql};

use super::model::{Kept, Waiting};

sql! {
    INSERT = "
        insert into oauth_requests (tenant_id, hash, client_id, kind, request, browser, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "
        select client_id, request, browser, created_at, expires_at, used_at from oauth_requests where tenant_id = $1 and hash = $2";
    SAVE = "update oauth_requests set request = $3 where tenant_id = $1 and hash = $2 and used_at is null";
    // Of two that come at once one wins.
    TAKE = "update oauth_requests set used_at = $3 where tenant_id = $1 and hash = $2 and used_at is null and expires_at > $3";
}

pub(crate) async fn insert(tx: &Tx, row: &Waiting) -> Result<(), StoreError> {
    let values = params![
        &row.hash[..],
        row.client_id,
        row.kept.name(),
        written(&row.kept)?,
        row.browser.as_ref().map(|digest| &digest[..]),
        row.created_at,
        row.expires_at
    ];
    tx.execute(&INSERT, values).await.map(drop)
}

pub(crate) async fn find(db: &impl Query, handle: &str) -> Result<Option<Waiting>, StoreError> {
    let hash = vault::digest(handle.as_bytes());
    db.one(&FIND, params![&hash[..]], |row| {
        Ok(Waiting {
            hash,
            client_id: row.get(0)?,
            kept: row.named(1, "an authorization request", |text| serde_json::from_str(text).ok())?,
            browser: row.get(2)?,
            created_at: row.get(3)?,
            expires_at: row.get(4)?,
            used_at: row.get(5)?,
        })
    })
    .await
}

pub(crate) async fn save(tx: &Tx, hash: &[u8; 32], kept: &Kept) -> Result<bool, StoreError> {
    Ok(tx.execute(&SAVE, params![&hash[..], written(kept)?]).await? == 1)
}

/// `false` where it was used before, or is too old.
pub(crate) async fn take(tx: &Tx, hash: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&TAKE, params![&hash[..], now]).await? == 1)
}

fn written(kept: &Kept) -> Result<String, StoreError> {
    serde_json::to_string(kept).map_err(|error| StoreError::Internal(format!("a request can't be written: {error}")))
}
