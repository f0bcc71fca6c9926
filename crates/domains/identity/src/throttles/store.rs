//! Rows of counts. No decisions.

use kernel::Timestamp;
use store::{Db, Origin, Query, StoreError, Tx, params, sql};

use super::{Keys, Scope};

sql! {
    // One failure more in each scope, after those that were forgiven meanwhile. The rows come in the order of their keys, so that
    // two at once never wait for each other.
    FAIL = "insert into throttles (tenant_id, key, forgiven_after, failures, last_failed_at, expires_at)
            values ($1, $2, $3, 1, $10, $11), ($1, $4, $5, 1, $10, $11), ($1, $6, $7, 1, $10, $11), ($1, $8, $9, 1, $10, $11)
            on conflict (tenant_id, key) do update
            set failures = 1 + case
                    when throttles.failures > (excluded.last_failed_at - throttles.last_failed_at) / throttles.forgiven_after
                    then throttles.failures - (excluded.last_failed_at - throttles.last_failed_at) / throttles.forgiven_after
                    else 0 end,
                last_failed_at = excluded.last_failed_at,
                expires_at = excluded.expires_at
            returning key, failures";
    CLEAR = "delete from throttles where tenant_id = $1 and key = $2";
    system PURGE = "delete from throttles where (tenant_id, key) in
                      (select tenant_id, key from throttles where expires_at < $1 limit 500)";
}

/// How often it failed now, in each scope.
pub(super) async fn fail(tx: &Tx, keys: &Keys, now: Timestamp) -> Result<Vec<(Scope, u32)>, StoreError> {
    const KEPT: std::time::Duration = std::time::Duration::from_hours(24);
    let mut rows = Scope::ALL.map(|scope| (*keys.get(scope), scope));
    rows.sort_unstable_by_key(|(key, _)| *key);
    let [one, two, three, four] = rows.map(|(key, scope)| (key, micros(scope)));
    let values = params![one.0, one.1, two.0, two.1, three.0, three.1, four.0, four.1, now, now + KEPT];
    let counted: Vec<([u8; 32], u32)> = tx.all(&FAIL, values, |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(counted.into_iter().filter_map(|(key, failures)| Some((keys.scope_of(&key)?, failures))).collect())
}

pub(super) async fn clear(tx: &Tx, key: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(&CLEAR, params![*key]).await.map(drop)
}

pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn micros(scope: Scope) -> i64 {
    i64::try_from(scope.forgiven_after().as_micros()).unwrap_or(i64::MAX)
}
