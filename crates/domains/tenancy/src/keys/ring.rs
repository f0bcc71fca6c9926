//! The keys of all tenants, ready to use: opened once and kept in a bounded cache.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use jose::{Algorithm, JoseError, JwkSet, OwnHeader, SigningKey, Unproven, Verified, VerifyingKey};
use kernel::{TenantId, Timestamp};
use store::Db;
use vault::Vault;

use super::{
    KeyError, TOPIC,
    schedule::signer,
    store::{self as rows, KeyRow},
    succession::{extend, place},
};
use crate::{
    freshness::{Change, Changes, FRESH_FOR, FreshCache},
    published::Published,
};

const TENANTS: usize = 12_288;
/// How often a `kid` that nobody knows may make a node ask the store again, for each tenant.
const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(1);

/// Signs, verifies and publishes for every tenant. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Inner>);

struct Inner {
    db: Db,
    vault: Vault,
    tenants: FreshCache<TenantId, Arc<TenantKeys>>,
    changes: Changes,
}

/// One tenant's published keys.
struct TenantKeys {
    keys: Vec<Arc<Held>>,
    published: Arc<Published>,
}

struct Held {
    row: KeyRow,
    header: OwnHeader,
    verifying: Arc<VerifyingKey>,
    /// Opened when it first signs: the key of tomorrow and those of yesterday stay sealed.
    signing: OnceLock<Arc<SigningKey>>,
}

impl KeyRing {
    pub fn new(db: Db, vault: Vault) -> Self {
        Self(Arc::new(Inner { tenants: FreshCache::new(TENANTS), changes: Changes::of(&db), db, vault }))
    }

    /// The key that signs now. Makes one where the tenant has none of this algorithm: EdDSA is there from the start, the others
    /// come when first asked for, and every one again after a sleep that was longer than its schedule.
    ///
    /// Ask before a transaction is open: making a key takes one of its own, and on SQLite it would wait for yours.
    pub async fn signer(
        &self,
        tenant: TenantId,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, KeyError> {
        let keys = self.0.keys(tenant, now, FRESH_FOR).await?;
        if let Some(held) = keys.signer(algorithm, now) {
            return self.0.open(tenant, held);
        }
        extend(&self.0.db, &self.0.vault, tenant, algorithm, now).await?;
        self.0.tenants.remove(&tenant);
        let keys = self.0.keys(tenant, now, FRESH_FOR).await?;
        let Some(held) = keys.signer(algorithm, now) else {
            tracing::error!(%tenant, %algorithm, "no signing key, though one was made");
            return Err(KeyError::Unusable);
        };
        self.0.open(tenant, held)
    }

    /// What a token says that a key of the tenant signed as one of this type; `None` where none did.
    pub async fn verify(
        &self,
        tenant: TenantId,
        token: &str,
        typ: &str,
        now: Timestamp,
    ) -> Result<Option<Verified>, KeyError> {
        if let Some(verified) = self.0.keys(tenant, now, FRESH_FOR).await?.verify_own(token, typ, now) {
            return Ok(verified.ok());
        }
        let Ok(unproven) = Unproven::read(token) else { return Ok(None) };
        let Ok(kid) = unproven.kid() else { return Ok(None) };
        // Boxed, as all that a token of the tenant's own does not need.
        let key = Box::pin(self.verifier(tenant, kid, now)).await?;
        Ok(key.and_then(|key| unproven.verify(typ, &key).ok()))
    }

    /// The key of this name, if it is the tenant's and still published. A name that is not known makes the node look again, at most
    /// once a second: another node may have made the key just now, and a stranger may be making names up.
    async fn verifier(
        &self,
        tenant: TenantId,
        kid: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<VerifyingKey>>, KeyError> {
        if let Some(key) = self.0.keys(tenant, now, FRESH_FOR).await?.verifier(kid, now) {
            return Ok(Some(key));
        }
        Ok(self.0.keys(tenant, now, UNKNOWN_KEY_PAUSE).await?.verifier(kid, now))
    }

    /// The key set as it is sent (RFC 7517, section 5), the next keys among them.
    pub async fn published(&self, tenant: TenantId, now: Timestamp) -> Result<Arc<Published>, KeyError> {
        Ok(Arc::clone(&self.0.keys(tenant, now, FRESH_FOR).await?.published))
    }
}

impl Inner {
    async fn keys(&self, tenant: TenantId, now: Timestamp, fresh_for: Duration) -> Result<Arc<TenantKeys>, KeyError> {
        self.changes.take(|change| match change {
            Change::One(change) if change.topic == TOPIC => self.tenants.remove(&change.tenant),
            Change::One(_) => {}
            Change::All => self.tenants.clear(),
        });
        let read = |old: Option<Arc<TenantKeys>>| async move {
            let rows = rows::published(&self.db.read(tenant), now).await?;
            Ok(TenantKeys::renewed(old, rows))
        };
        Ok(self.tenants.get(&tenant, now, fresh_for, read).await?)
    }

    fn open(&self, tenant: TenantId, held: &Held) -> Result<Arc<SigningKey>, KeyError> {
        if let Some(key) = held.signing.get() {
            return Ok(Arc::clone(key));
        }
        let pkcs8 = self.vault.open(&place(tenant, &held.row.kid), &held.row.private_key)?;
        let key = SigningKey::from_pkcs8(held.row.algorithm, &pkcs8)?.with_kid(held.row.kid.clone());
        Ok(Arc::clone(held.signing.get_or_init(|| Arc::new(key))))
    }
}

impl TenantKeys {
    /// The keys of these rows; those that are unchanged stay open, and so does the document if all of them are.
    fn renewed(old: Option<Arc<Self>>, rows: Vec<KeyRow>) -> Arc<Self> {
        if let Some(old) = &old
            && old.keys.iter().map(|held| &held.row).eq(&rows)
        {
            return Arc::clone(old);
        }
        let known = old.map_or_else(Vec::new, |old| old.keys.clone());
        let keys: Vec<Arc<Held>> = rows
            .into_iter()
            .filter_map(|row| match known.iter().find(|held| held.row == row) {
                Some(held) => Some(Arc::clone(held)),
                None => Held::of(row).map(Arc::new),
            })
            .collect();
        let set = JwkSet { keys: keys.iter().map(|held| held.row.public.clone()).collect() };
        let published = Published::new(&serde_json::json!({ "keys": set.keys }));
        Arc::new(Self { keys, published: Arc::new(published) })
    }

    fn signer(&self, algorithm: Algorithm, now: Timestamp) -> Option<&Arc<Held>> {
        let keys = self.keys.iter().filter(|held| held.row.algorithm == algorithm);
        signer(keys, |held| held.row.term, now)
    }

    /// By the key whose own header the token begins with, byte for byte: then there is nothing to find out about it.
    fn verify_own(&self, token: &str, typ: &str, now: Timestamp) -> Option<Result<Verified, JoseError>> {
        let mut published = self.keys.iter().filter(|held| now < held.row.term.expires_at);
        published.find_map(|held| held.header.verify(token, typ, &held.verifying))
    }

    fn verifier(&self, kid: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        let held = self.keys.iter().find(|held| held.row.kid == kid && now < held.row.term.expires_at)?;
        Some(Arc::clone(&held.verifying))
    }
}

impl Held {
    /// A key that can't be read is left out: one bad row must not stop the others.
    fn of(row: KeyRow) -> Option<Self> {
        match VerifyingKey::from_jwk(&row.public) {
            Ok(key) => {
                let header = OwnHeader::new(row.algorithm, &row.kid);
                Some(Self { row, header, verifying: Arc::new(key), signing: OnceLock::new() })
            }
            Err(error) => {
                tracing::error!(kid = row.kid, %error, "a stored signing key can't be read");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{super::schedule::Term, *};

    fn row(activates_at: i64) -> KeyRow {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        KeyRow {
            kid: key.kid().to_owned(),
            algorithm: key.algorithm(),
            public: key.public_jwk(),
            private_key: Vec::new(),
            term: Term::starting(Timestamp::from_seconds(activates_at)),
        }
    }

    #[test]
    fn unchanged_keys_stay_as_they_are() {
        let (one, two) = (row(0), row(1));
        let first = TenantKeys::renewed(None, vec![one.clone()]);
        assert!(Arc::ptr_eq(&first, &TenantKeys::renewed(Some(Arc::clone(&first)), vec![one.clone()])));
        let second = TenantKeys::renewed(Some(Arc::clone(&first)), vec![one.clone(), two]);
        assert!(Arc::ptr_eq(&first.keys[0], &second.keys[0]));
        assert_ne!(first.published.tag, second.published.tag);
    }

    #[test]
    fn only_public_halves_are_published_and_expired_keys_verify_nothing() {
        let row = row(0);
        let keys = TenantKeys::renewed(None, vec![row.clone()]);
        let document: Value = serde_json::from_slice(&keys.published.bytes).unwrap();
        let key = document["keys"][0].as_object().unwrap();
        assert_eq!((&key["kid"], &key["alg"], &key["use"]), (&row.kid.clone().into(), &"EdDSA".into(), &"sig".into()));
        assert!(["d", "p", "q", "k"].iter().all(|private| !key.contains_key(*private)));
        let end = row.term.expires_at;
        assert!(keys.verifier(&row.kid, end - Duration::from_secs(1)).is_some());
        assert!(keys.verifier(&row.kid, end).is_none());
        assert!(keys.verifier("another", Timestamp::from_seconds(0)).is_none());
    }
}
