//! Forgetting what has ended, in small bites.

use std::time::Duration;

use kernel::Timestamp;
use store::{Db, Origin, StoreError, params, sql};

use crate::{clients, grants::MAX_CODE_AGE};

/// A bite of the rows of a table whose end, by this column, is before `$1`.
macro_rules! purge {
    ($table:literal, by $key:literal, $end:literal, $most:literal) => {
        concat!(
            "delete from ",
            $table,
            " where (tenant_id, ",
            $key,
            ") in
               (select tenant_id, ",
            $key,
            " from ",
            $table,
            " where ",
            $end,
            " < $1 limit ",
            $most,
            ")"
        )
    };
}

sql! {
    system PURGE_REQUESTS = purge!("oauth_requests", by "hash", "expires_at", 500);
    system PURGE_REPLAYS = purge!("oauth_replays", by "hash", "expires_at", 500);
    system PURGE_ACCESS_TOKENS = purge!("oauth_access_tokens", by "id", "expires_at", 500);
    system PURGE_REVOKED = purge!("oauth_revoked_tokens", by "hash", "expires_at", 500);
    system PURGE_DEVICES = purge!("oauth_devices", by "hash", "expires_at", 500);
    system PURGE_ENDS = purge!("oauth_ends", by "user_id, client_id", "ended_at", 500);
    // Tokens go with each. A grant says itself how long it is kept.
    system PURGE_GRANTS = purge!("oauth_grants", by "id", "kept_until", 100);
}

/// How many rows are gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let over = now - Duration::from_mins(1);
    let gone = tx.execute(&PURGE_REQUESTS, params![over]).await?
        + tx.execute(&PURGE_REPLAYS, params![over]).await?
        + tx.execute(&PURGE_ACCESS_TOKENS, params![over]).await?
        + tx.execute(&PURGE_REVOKED, params![over]).await?
        + tx.execute(&PURGE_DEVICES, params![now - Duration::from_hours(1)]).await?
        + tx.execute(&PURGE_ENDS, params![now - MAX_CODE_AGE]).await?
        + tx.execute(&PURGE_GRANTS, params![now]).await?
        + clients::purge_documents(&tx, now).await?;
    tx.commit().await?;
    Ok(gone)
}
