//! Forgetting what has ended, in small bites.

use std::time::Duration;

use kernel::Timestamp;
use store::{Db, Origin, StoreError, params, sql};

use crate::clients;

/// A refresh token that comes after its grant has ended is still told from one that never was, for so long.
const KEPT_AFTER_THE_END: Duration = Duration::from_hours(7 * 24);

sql! {
    system PURGE_REQUESTS = "
        delete from oauth_requests where (tenant_id, hash) in
          (select tenant_id, hash from oauth_requests where expires_at < $1 limit 500)";
    system PURGE_REPLAYS = "
        delete from oauth_replays where (tenant_id, hash) in
          (select tenant_id, hash from oauth_replays where expires_at < $1 limit 500)";
    // A code that was used stays for a while, so that its second use is seen.
    system PURGE_CODES = "
        delete from oauth_codes where (tenant_id, hash) in
          (select tenant_id, hash from oauth_codes where expires_at < $1 limit 500)";
    system PURGE_ACCESS_TOKENS = "
        delete from oauth_access_tokens where (tenant_id, hash) in
          (select tenant_id, hash from oauth_access_tokens where expires_at < $1 limit 500)";
    system PURGE_REVOKED = "
        delete from oauth_revoked_tokens where (tenant_id, hash) in
          (select tenant_id, hash from oauth_revoked_tokens where expires_at < $1 limit 500)";
    system PURGE_DEVICES = "
        delete from oauth_devices where (tenant_id, hash) in
          (select tenant_id, hash from oauth_devices where expires_at < $1 limit 500)";
    system PURGE_GRANTS = "
        delete from oauth_grants where (tenant_id, id) in
          (select tenant_id, id from oauth_grants where expires_at < $1 limit 100)";
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
