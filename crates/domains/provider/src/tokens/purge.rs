//! Forgetting what has ended, in small bites.

use std::time::Duration;

use kernel::Timestamp;
use store::{Db, Origin, StoreError, params, sql};

use super::opaque;
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
    // The first ones of each tenant that has any, since ids begin with the end: in that order, which is why the join is a cross join.
    // Those that were given by an older version begin with their beginning.
    system PURGE_ACCESS_TOKENS = "
        with recursive holders (tenant_id) as (
            select tenant_id from (select tenant_id from oauth_access_tokens order by tenant_id limit 1) as first_holder
            union all
            select (select t.tenant_id from oauth_access_tokens t where t.tenant_id > h.tenant_id order by t.tenant_id limit 1)
            from holders h where h.tenant_id is not null)
        delete from oauth_access_tokens
        where (tenant_id, id) in (
            select t.tenant_id, t.id
            from holders h cross join oauth_access_tokens t
            where t.tenant_id = h.tenant_id and t.id < $2 and t.expires_at < $1 limit 500)";
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
        + tx.execute(&PURGE_ACCESS_TOKENS, params![over, opaque::first_id_until(over)]).await?
        + tx.execute(&PURGE_REVOKED, params![over]).await?
        + tx.execute(&PURGE_DEVICES, params![now - Duration::from_hours(1)]).await?
        + tx.execute(&PURGE_ENDS, params![now - MAX_CODE_AGE]).await?
        + tx.execute(&PURGE_GRANTS, params![now]).await?
        + clients::purge_documents(&tx, now).await?;
    tx.commit().await?;
    Ok(gone)
}
