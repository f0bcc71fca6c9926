//! The line of keys of one algorithm: each names the one it follows, and one alone may follow. However many nodes try at once, the
//! store lets one of them in.

use jose::Algorithm;
use kernel::{Id, TenantId, Timestamp};
use store::{Db, Origin, StoreError, Tx};
use vault::{Place, Vault};

use super::{
    KeyError, NewSigningKey, SigningKeyCreated, TOPIC,
    generation::generate,
    schedule::{Term, needs_successor},
    store::{self as rows, KeyRow},
};

/// What the first key of a line follows.
const NONE: &str = "";

/// Where a private key is sealed to.
pub(super) fn place(tenant: TenantId, kid: &str) -> Place<'_> {
    Place { tenant, column: "signing_keys.private_key", row: kid.as_bytes() }
}

/// The first key of a new tenant, in the system transaction that makes the tenant.
pub(crate) async fn plant(
    tx: &Tx,
    vault: &Vault,
    tenant: TenantId,
    key: &NewSigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    insert(tx, vault, tenant, key, NONE, Term::starting(now), now).await.map(drop)
}

/// Make the next key of an algorithm if one is needed. `false`: there is one already, made by whoever was faster.
pub(super) async fn extend(
    db: &Db,
    vault: &Vault,
    tenant: TenantId,
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<bool, KeyError> {
    let latest = rows::latest(&db.read(tenant), algorithm).await?;
    let (succeeds, term) = match &latest {
        Some((_, retires_at)) if !needs_successor(*retires_at, now) => return Ok(false),
        Some((kid, retires_at)) => (kid.as_str(), Term::following(*retires_at, now)),
        None => (NONE, Term::starting(now)),
    };
    make(db, vault, tenant, algorithm, succeeds, term, now).await
}

/// Make a key that signs from now on, behind the last one of its algorithm. `false` where the tenant has none of it.
pub(super) async fn replace(
    db: &Db,
    vault: &Vault,
    tenant: TenantId,
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<bool, KeyError> {
    match rows::latest(&db.read(tenant), algorithm).await? {
        Some((kid, _)) => make(db, vault, tenant, algorithm, &kid, Term::starting(now), now).await,
        None => Ok(false),
    }
}

async fn make(
    db: &Db,
    vault: &Vault,
    tenant: TenantId,
    algorithm: Algorithm,
    succeeds: &str,
    term: Term,
    now: Timestamp,
) -> Result<bool, KeyError> {
    // Before the transaction opens: finding an RSA key takes long.
    let key = generate(algorithm).await?;
    let tx = db.begin_system(Origin::system(tenant)).await?;
    let is_first = insert(&tx, vault, tenant, &key, succeeds, term, now).await?;
    tx.commit().await?;
    Ok(is_first)
}

async fn insert(
    tx: &Tx,
    vault: &Vault,
    tenant: TenantId,
    NewSigningKey(key): &NewSigningKey,
    succeeds: &str,
    term: Term,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = KeyRow {
        kid: key.kid().to_owned(),
        algorithm: key.algorithm(),
        public: key.public_jwk(),
        private_key: vault.seal(&place(tenant, key.kid()), &key.to_pkcs8()),
        term,
    };
    if !rows::insert(tx, tenant, &row, succeeds, now).await? {
        return Ok(false);
    }
    tx.emit_as(
        tenant,
        &SigningKeyCreated {
            application_id: Id::from_uuid(tenant.uuid()),
            kid: row.kid,
            algorithm: row.algorithm.to_string(),
            activates_at: term.activates_at,
            retires_at: term.retires_at,
        },
    );
    tx.invalidate_as(tenant, TOPIC, key.kid());
    Ok(true)
}
