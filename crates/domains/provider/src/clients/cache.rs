//! Clients of all tenants, ready to use: a token request reads no row to know who asks.

use std::sync::Arc;

use kernel::TenantId;
use oauth::ClientMetadata;
use quick_cache::sync::Cache;
use store::{Db, StoreError, Tx};
use tenancy::freshness::{Change, Changes, FRESH_FOR, FreshCache};

use super::{
    ClientId,
    keys::KeptKeys,
    model::Client,
    secrets::ClientSecret,
    store as rows,
};

const TOPIC: &str = "client";
/// One more displaces the one least asked for; 2 KiB each or so.
const CLIENTS: usize = 4_096;
const DOCUMENTS: usize = 4_096;
pub(super) const KEY_SETS: usize = 1_024;
/// What is longer is no address that was registered, and takes no room.
const LONGEST_ADDRESS: usize = 2_048;

/// The clients of every tenant. Put among the application's parts; cheap to clone.
#[derive(Clone)]
pub struct Clients(Arc<Inner>);

struct Inner {
    db: Db,
    by_id: FreshCache<(TenantId, ClientId), Option<Arc<Known>>>,
    by_document: FreshCache<(TenantId, String), Option<ClientId>>,
    pub(super) keys: Cache<(TenantId, ClientId), Arc<KeptKeys>>,
    changes: Changes,
}

/// A client with what it proves itself by.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) client: Arc<Client>,
    pub(super) secrets: Vec<ClientSecret>,
}

impl Clients {
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            by_id: FreshCache::new(CLIENTS),
            by_document: FreshCache::new(DOCUMENTS),
            keys: Cache::new(KEY_SETS),
            changes: Changes::of(&db),
            db,
        }))
    }

    /// The client, in whatever state it is.
    pub(crate) async fn find(&self, tenant: TenantId, id: ClientId) -> Result<Option<Arc<Known>>, StoreError> {
        self.take_changes();
        let db = &self.0.db;
        let read = |old: Option<Option<Arc<Known>>>| async move {
            let read = db.read(tenant);
            let Some(client) = rows::find(&read, id).await? else { return Ok(None) };
            // Whatever changes of a client or its secrets, the version tells.
            if let Some(old) = old.flatten().filter(|old| *old.client == client) {
                return Ok(Some(old));
            }
            let secrets = rows::secrets(&read, id).await?;
            Ok(Some(Arc::new(Known { client: Arc::new(client), secrets })))
        };
        self.0.by_id.get(&(tenant, id), db.env().now(), FRESH_FOR, read).await
    }

    /// The client that is known by its metadata document.
    pub(super) async fn find_by_document(&self, tenant: TenantId, url: &str) -> Result<Option<Arc<Known>>, StoreError> {
        if url.len() > LONGEST_ADDRESS {
            return Ok(None);
        }
        self.take_changes();
        let db = &self.0.db;
        let key = (tenant, url.to_owned());
        let read = |_| async move { rows::find_id_by_document(&db.read(tenant), url).await };
        match self.0.by_document.get(&key, db.env().now(), FRESH_FOR, read).await? {
            Some(id) => self.find(tenant, id).await,
            None => Ok(None),
        }
    }

    pub(super) fn kept_keys(&self, tenant: TenantId, client: ClientId) -> Arc<KeptKeys> {
        match self.0.keys.get_or_insert_with(&(tenant, client), || Ok::<_, std::convert::Infallible>(Arc::default())) {
            Ok(kept) => kept,
        }
    }

    fn take_changes(&self) {
        self.0.changes.take(|change| match change {
            Change::One(change) if change.topic == TOPIC => {
                match change.key.parse() {
                    Ok(id) => self.0.by_id.remove(&(change.tenant, id)),
                    Err(_) => self.0.by_id.clear(),
                }
                self.0.by_document.clear();
            }
            Change::One(_) => {}
            Change::All => {
                self.0.by_id.clear();
                self.0.by_document.clear();
            }
        });
    }
}

/// Once committed, every node reads the client again.
pub(super) fn changed(tx: &Tx, id: ClientId) {
    tx.invalidate(TOPIC, id.to_string());
}

/// Where a client's keys are.
pub(super) fn has_remote_keys(metadata: &ClientMetadata) -> bool {
    metadata.jwks.is_none() && metadata.jwks_uri.is_some()
}
