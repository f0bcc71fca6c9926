//! Rotation on schedule: the next key is made and published a day before it signs. And out of turn, where one may have leaked.

use jose::Algorithm;
use kernel::{Env, TenantId, tenant::CONSOLE};
use store::{Db, Origin};
use vault::Vault;

use super::{
    KeyError,
    schedule::AHEAD,
    store as rows,
    succession::{extend, replace},
};

/// Of one call, so that a deployment whose tenants all came on one day does not hold its worker up.
const BATCH: u32 = 100;

/// Make the successors that are due and drop what has expired; returns how many keys were made. To be called every minute or so, on
/// as many nodes as there are: each key is made once.
pub async fn rotate_due(db: &Db, vault: &Vault, env: &Env) -> Result<usize, KeyError> {
    let now = env.now();
    let mut made = 0;
    for (tenant, algorithm) in rows::due(&db.system_read(), now + AHEAD, BATCH).await? {
        if extend(db, vault, tenant, algorithm, now).await? {
            made += 1;
        }
    }
    if rows::has_expired(&db.system_read(), now).await? {
        let tx = db.begin_system(Origin::system(CONSOLE)).await?;
        rows::delete_expired(&tx, now).await?;
        tx.commit().await?;
    }
    Ok(made)
}

/// Make a new key of each of these algorithms that the tenant signs with, and sign with it from now on; returns how many were made. Former keys
/// stay published as long as their tokens live. Who keeps a copy of the key set reads it again at the first token.
pub async fn rotate_now(
    db: &Db,
    vault: &Vault,
    env: &Env,
    tenant: TenantId,
    algorithms: &[Algorithm],
) -> Result<usize, KeyError> {
    let mut made = 0;
    for algorithm in algorithms {
        if replace(db, vault, tenant, *algorithm, env.now()).await? {
            made += 1;
        }
    }
    Ok(made)
}
