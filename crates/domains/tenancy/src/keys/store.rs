//! Rows of signing keys. No decisions.

use jose::{Algorithm, Jwk};
use kernel::{TenantId, Timestamp};
use store::{Query, Row, StoreError, Tx, params, sql};

use super::schedule::Term;

sql! {
    PUBLISHED = "
        select kid, algorithm, public_jwk, private_key, activates_at, retires_at, expires_at
        from signing_keys
        where tenant_id = $1 and expires_at > $2
        order by activates_at, kid";
    LATEST = "
        select kid, retires_at
        from signing_keys
        where tenant_id = $1 and algorithm = $2
        order by activates_at desc
        limit 1";
    INSERT = "
        insert into signing_keys (tenant_id, kid, algorithm, public_jwk, private_key, succeeds, created_at, activates_at, retires_at,
                                  expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict do nothing";
    system DUE = "
        select k.tenant_id, k.algorithm
        from signing_keys k
        where k.retires_at <= $1
          and not exists (select 1 from signing_keys n
                          where n.tenant_id = k.tenant_id and n.algorithm = k.algorithm and n.succeeds = k.kid)
        order by k.retires_at
        limit $2";
    system FIND_EXPIRED = "
        select 1
        from signing_keys k
        where k.expires_at <= $1
          and exists (select 1 from signing_keys n
                      where n.tenant_id = k.tenant_id and n.algorithm = k.algorithm and n.succeeds = k.kid)
        limit 1";
    system DELETE_EXPIRED = "
        delete from signing_keys
        where expires_at <= $1
          and exists (select 1 from signing_keys n
                      where n.tenant_id = signing_keys.tenant_id and n.algorithm = signing_keys.algorithm
                        and n.succeeds = signing_keys.kid)";
}

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyRow {
    pub(super) kid: String,
    pub(super) algorithm: Algorithm,
    pub(super) public: Jwk,
    /// Sealed.
    pub(super) private_key: Vec<u8>,
    pub(super) term: Term,
}

/// The keys that are published, those of the future among them.
pub(super) async fn published(db: &impl Query, now: Timestamp) -> Result<Vec<KeyRow>, StoreError> {
    db.all(&PUBLISHED, params![now], key).await
}

/// The last key of an algorithm and when it retires.
pub(super) async fn latest(db: &impl Query, algorithm: Algorithm) -> Result<Option<(String, Timestamp)>, StoreError> {
    db.one(&LATEST, params![algorithm.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// `false` where another key follows on the same one already.
pub(super) async fn insert(
    tx: &Tx,
    tenant: TenantId,
    key: &KeyRow,
    succeeds: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let jwk = serde_json::to_string(&key.public).map_err(|error| StoreError::Internal(error.to_string()))?;
    let Term { activates_at, retires_at, expires_at } = key.term;
    let fields = params![
        &key.kid,
        key.algorithm.as_str(),
        jwk,
        &key.private_key,
        succeeds,
        now,
        activates_at,
        retires_at,
        expires_at
    ];
    Ok(tx.execute_as(tenant, &INSERT, fields).await? == 1)
}

/// Keys without a successor that retire before `until`, the most urgent first.
pub(super) async fn due(
    system: &impl Query,
    until: Timestamp,
    most: u32,
) -> Result<Vec<(TenantId, Algorithm)>, StoreError> {
    system.all(&DUE, params![until, most], |row| Ok((row.get(0)?, algorithm(row, 1)?))).await
}

pub(super) async fn has_expired(system: &impl Query, now: Timestamp) -> Result<bool, StoreError> {
    Ok(system.one(&FIND_EXPIRED, params![now], |_| Ok(())).await?.is_some())
}

/// In a system transaction: keys that nothing alive was signed with. The last of a line stays, to be followed on.
pub(super) async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(&DELETE_EXPIRED, params![now]).await
}

fn key(row: &Row<'_>) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        kid: row.get(0)?,
        algorithm: algorithm(row, 1)?,
        public: row.named(2, "a JWK", |text| serde_json::from_str(text).ok())?,
        private_key: row.get(3)?,
        term: Term { activates_at: row.get(4)?, retires_at: row.get(5)?, expires_at: row.get(6)? },
    })
}

fn algorithm(row: &Row<'_>, column: usize) -> Result<Algorithm, StoreError> {
    row.named(column, "a signature algorithm", |name| name.parse().ok())
}
