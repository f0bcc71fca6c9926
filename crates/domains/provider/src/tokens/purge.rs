//! Forgetting what has ended, in small bites.

use std::time::Duration;

use kernel::Timestamp;
use store::{Db, Origin, StoreError, params, sql};

use crate::clients;

/// A refresh token that comes after its grant has ended is still told from one that never was, for so long.
const KEPT_AFTER_THE_END: Duration = Duration::from_hours(7 * 24);

/// A bite of the rows of a table that ended before `$1`.
macro_rules! purge {
    ($table:literal, by $key:literal, $most:literal) => {
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
            " where expires_at < $1 limit ",
            $most,
            ")"
        )
    };
}

sql! {
    system PURGE_REQUESTS = purge!("oauth_requests", by "hash", 500);
    system PURGE_REPLAYS = purge!("oauth_replays", by "hash", 500);
    // A code that was used stays for a while, so that its second use is seen.
    system PURGE_CODES = purge!("oauth_codes", by "hash", 500);
    system PURGE_ACCESS_TOKENS = purge!("oauth_access_tokens", by "hash", 500);
    system PURGE_REVOKED = purge!("oauth_revoked_tokens", by "hash", 500);
    system PURGE_DEVICES = purge!("oauth_devices", by "hash", 500);
    // Codes and tokens go with each.
    system PURGE_GRANTS = purge!("oauth_grants", by "id", 100);
}

/// How many rows are gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let (over, long_over) = (now - Duration::from_mins(1), now - KEPT_AFTER_THE_END);
    let gone = tx.execute(&PURGE_REQUESTS, params![over]).await?
        + tx.execute(&PURGE_REPLAYS, params![over]).await?
        + tx.execute(&PURGE_CODES, params![now - Duration::from_hours(1)]).await?
        + tx.execute(&PURGE_ACCESS_TOKENS, params![over]).await?
        + tx.execute(&PURGE_REVOKED, params![over]).await?
        + tx.execute(&PURGE_DEVICES, params![now - Duration::from_hours(1)]).await?
        + tx.execute(&PURGE_GRANTS, params![long_over]).await?
        + clients::purge_documents(&tx, now).await?;
    tx.commit().await?;
    Ok(gone)
}
