//! Rows of API keys. No decisions.

use kernel::{Actor, ActorKind, Id, Page, PageRequest, TenantId, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::ApiKey;

macro_rules! select_keys {
    ($where:literal) => {
        concat!(
            "select id, version, name, scopes, prefix, previous_expires_at, expires_at, last_used_at, created_by_kind, created_by,
                    created_at, updated_at
             from api_keys
             where tenant_id = $1 and revoked_at is null",
            $where
        )
    };
}

sql! {
    FIND = select_keys!(" and id = $2");
    /// By either digest, each through its own index.
    AUTHENTICATE = "
        select id, scopes, last_used_at
        from api_keys
        where tenant_id = $1 and hash = $2 and revoked_at is null and (expires_at is null or expires_at > $3)
        union all
        select id, scopes, last_used_at
        from api_keys
        where tenant_id = $1 and previous_hash = $2 and previous_expires_at > $3
          and revoked_at is null and (expires_at is null or expires_at > $3)";
    INSERT = "
        insert into api_keys (tenant_id, id, version, name, scopes, hash, prefix, expires_at, created_by_kind, created_by, created_at,
                              updated_at)
        values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    ROTATE = "
        update api_keys
        set previous_hash = case when cast($6 as bigint) is null then null else hash end, previous_expires_at = $6,
            hash = $4, prefix = $5, version = version + 1, updated_at = $7
        where tenant_id = $1 and id = $2 and version = $3 and revoked_at is null";
    REVOKE = "
        update api_keys
        set revoked_at = $4, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3 and revoked_at is null";
    /// Not a change of the key: its version stays.
    USED = "
        update api_keys
        set last_used_at = $3
        where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)";
}

listing! {
    API_KEYS = {
        select: select_keys!(""),
        filters: {},
        order: "created_at desc, id desc",
        keyset: "(created_at, id) < (?, ?)",
    };
}

/// Where a page of keys ended: newest first.
pub(super) type ApiKeyKey = (i64, Id<ApiKey>);

/// A digest, with what people recognise its secret by.
pub(super) struct SecretDigest {
    pub(super) hash: [u8; 32],
    pub(super) prefix: String,
}

/// Who holds a secret.
pub(super) struct Holder {
    pub(super) id: Id<ApiKey>,
    pub(super) scopes: String,
    pub(super) last_used_at: Option<Timestamp>,
}

pub(super) async fn find(db: &impl Query, id: Id<ApiKey>) -> Result<Option<ApiKey>, StoreError> {
    db.one(&FIND, params![id], key).await
}

pub(super) async fn page(
    db: &impl Query,
    request: &PageRequest<ApiKeyKey>,
) -> Result<Page<ApiKey, ApiKeyKey>, StoreError> {
    let mut query = API_KEYS.query().limit(request.fetch());
    if let Some((created_at, id)) = request.after {
        query = query.after(params![created_at, id]);
    }
    let rows = db.list(query, key).await?;
    Ok(request.page(rows, |key| (key.created_at.as_micros(), key.id)))
}

/// The live key with this secret, or with this secret before its last rotation.
pub(super) async fn authenticate(
    db: &impl Query,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Holder>, StoreError> {
    let holder = |row: &Row<'_>| Ok(Holder { id: row.get(0)?, scopes: row.get(1)?, last_used_at: row.get(2)? });
    db.one(&AUTHENTICATE, params![hash, now], holder).await
}

pub(super) async fn insert(tx: &Tx, tenant: TenantId, key: &ApiKey, digest: &SecretDigest) -> Result<(), StoreError> {
    let fields = params![
        key.id,
        &key.name,
        &key.scopes,
        &digest.hash,
        &digest.prefix,
        key.expires_at,
        key.created_by.kind.as_str(),
        key.created_by.id,
        key.created_at
    ];
    tx.execute_as(tenant, &INSERT, fields).await.map(drop)
}

/// `false` where someone else was faster.
pub(super) async fn rotate(
    tx: &Tx,
    key: &ApiKey,
    digest: &SecretDigest,
    previous_expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let fields = params![key.id, key.version, &digest.hash, &digest.prefix, previous_expires_at, now];
    Ok(tx.execute(&ROTATE, fields).await? == 1)
}

/// `false` where someone else was faster.
pub(super) async fn revoke(tx: &Tx, key: &ApiKey, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&REVOKE, params![key.id, key.version, now]).await? == 1)
}

/// In a system transaction.
pub(super) async fn note_use(tx: &Tx, tenant: TenantId, id: Id<ApiKey>, at: Timestamp) -> Result<(), StoreError> {
    tx.execute_as(tenant, &USED, params![id, at]).await.map(drop)
}

fn key(row: &Row<'_>) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.get(0)?,
        version: row.get(1)?,
        name: row.get(2)?,
        scopes: row.get(3)?,
        prefix: row.get(4)?,
        previous_expires_at: row.get(5)?,
        expires_at: row.get(6)?,
        last_used_at: row.get(7)?,
        created_by: Actor { kind: row.named(8, "an actor kind", ActorKind::from_name)?, id: row.get(9)? },
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}
