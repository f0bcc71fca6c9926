//! Rows of solved sums. No decisions.

use kernel::Timestamp;
use store::{Db, Origin, StoreError, Tx, params, sql};

sql! {
    // One statement: of two requests with the same solution, one changes a row.
    SPEND = "insert into spent_captchas (tenant_id, digest, expires_at) values ($1, $2, $3)
             on conflict (tenant_id, digest) do nothing";
    system PURGE = "delete from spent_captchas where (tenant_id, digest) in
                      (select tenant_id, digest from spent_captchas where expires_at < $1 limit 500)";
}

/// `false` where it was spent before.
pub(super) async fn spend(tx: &Tx, digest: [u8; 32], expires_at: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&SPEND, params![digest, expires_at]).await? == 1)
}

pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now]).await?;
    tx.commit().await?;
    Ok(gone)
}
