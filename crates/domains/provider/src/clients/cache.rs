//! Clients of all tenants, ready to use: a token request reads no row to know who asks.

use std::sync::Arc;

use kernel::{TenantId, Timestamp};
use quick_cache::sync::Cache;
use store::{Db, StoreError, Tx};
use tenancy::freshness::{Change, Changes, FRESH_FOR, FreshCache};

use super::{ClientId, keys::KeptKeys, model::Client, secrets::ClientSecret, store as rows};

const TOPIC: &str = "client";
/// One more displaces the one least asked for; 2 KiB each or so.
const CLIENTS: usize = 4_096;
const DOCUMENTS: usize = 4_096;
const ORIGINS: usize = 4_096;
const KEY_SETS: usize = 1_024;
const ISSUER_KEY_SETS: usize = 256;
/// What is longer is no address that was registered, and takes no room.
const LONGEST_ADDRESS: usize = 2_048;
/// No spelling of an id is longer.
const LONGEST_ID: usize = 64;
/// Scheme, the longest name of RFC 1035, section 2.3.4, and a port.
const LONGEST_ORIGIN: usize = 253 + "https://:65535".len();

/// The clients of every tenant. Put among the application's parts; cheap to clone.
#[derive(Clone)]
pub struct Clients(Arc<Inner>);

struct Inner {
    db: Db,
    by_id: FreshCache<(TenantId, ClientId), Option<Arc<Known>>>,
    by_document: FreshCache<(TenantId, String), Option<ClientId>>,
    keys: Cache<(TenantId, ClientId), Arc<KeptKeys>>,
    /// Of issuers that tenants trust, by their address.
    issuer_keys: Cache<(TenantId, String), Arc<KeptKeys>>,
    /// Addresses where there was no document, and when that was.
    missed: Cache<(TenantId, String), Timestamp>,
    allowed_origins: FreshCache<(TenantId, String), bool>,
    known_origins: FreshCache<String, bool>,
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
            issuer_keys: Cache::new(ISSUER_KEY_SETS),
            missed: Cache::new(DOCUMENTS),
            allowed_origins: FreshCache::new(ORIGINS),
            known_origins: FreshCache::new(ORIGINS),
            changes: Changes::of(&db),
            db,
        }))
    }

    /// The client, in whatever state it is.
    pub(crate) async fn find(
        &self,
        tenant: TenantId,
        id: ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, StoreError> {
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
        self.0.by_id.get(&(tenant, id), now, FRESH_FOR, read).await
    }

    /// The client that is known by its metadata document.
    pub(super) async fn find_by_document(
        &self,
        tenant: TenantId,
        url: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, StoreError> {
        if url.len() > LONGEST_ADDRESS {
            return Ok(None);
        }
        self.take_changes();
        let db = &self.0.db;
        let key = (tenant, url.to_owned());
        let read = |_| async move { rows::find_id_by_document(&db.read(tenant), url).await };
        match self.0.by_document.get(&key, now, FRESH_FOR, read).await? {
            Some(id) => self.find(tenant, id, now).await,
            None => Ok(None),
        }
    }

    /// The client that a `client_id` means, in whatever state and as it is known here: nothing is fetched.
    pub(crate) async fn named(
        &self,
        tenant: TenantId,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, StoreError> {
        if oauth::is_client_url(client_id) {
            return self.find_by_document(tenant, client_id, now).await;
        }
        let id: Option<ClientId> = Some(client_id).filter(|id| id.len() <= LONGEST_ID).and_then(|id| id.parse().ok());
        let Some(id) = id else { return Ok(None) };
        // A client of a document has no other name than its address: by another it would go round what its document says now.
        Ok(self.find(tenant, id, now).await?.filter(|known| known.client.document_url.is_none()))
    }

    pub(super) fn kept_keys(&self, tenant: TenantId, client: ClientId) -> Arc<KeptKeys> {
        match self.0.keys.get_or_insert_with(&(tenant, client), || Ok::<_, std::convert::Infallible>(Arc::default())) {
            Ok(kept) => kept,
        }
    }

    pub(super) fn kept_keys_at(&self, tenant: TenantId, url: &str) -> Arc<KeptKeys> {
        let key = (tenant, url.to_owned());
        match self.0.issuer_keys.get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Arc::default())) {
            Ok(kept) => kept,
        }
    }

    /// When there was no document at this address.
    pub(super) fn missed_at(&self, tenant: TenantId, url: &str) -> Option<Timestamp> {
        self.0.missed.get(&(tenant, url.to_owned()))
    }

    pub(super) fn miss(&self, tenant: TenantId, url: &str, now: Timestamp) {
        self.0.missed.insert((tenant, url.to_owned()), now);
    }

    /// May pages of this origin read what the endpoints answer that clients call from a browser? One of the tenant's clients says so,
    /// and is not disabled.
    pub async fn allows_origin(&self, tenant: TenantId, origin: &str) -> Result<bool, StoreError> {
        if origin.len() > LONGEST_ORIGIN {
            return Ok(false);
        }
        self.take_changes();
        let db = &self.0.db;
        let key = (tenant, origin.to_owned());
        let read = |_| async move { rows::allows_origin(&db.read(tenant), origin).await };
        self.0.allowed_origins.get(&key, self.0.db.env().now(), FRESH_FOR, read).await
    }

    /// Does a client of any tenant name this origin? For preflights, which name no tenant.
    pub async fn knows_origin(&self, origin: &str) -> Result<bool, StoreError> {
        if origin.len() > LONGEST_ORIGIN {
            return Ok(false);
        }
        self.take_changes();
        let db = &self.0.db;
        let read = |_| async move { rows::knows_origin(&db.system_read(), origin).await };
        self.0.known_origins.get(origin, self.0.db.env().now(), FRESH_FOR, read).await
    }

    fn take_changes(&self) {
        self.0.changes.take(|change| match change {
            Change::One(change) if change.topic == TOPIC => {
                match change.key.parse() {
                    Ok(id) => self.0.by_id.remove(&(change.tenant, id)),
                    Err(_) => self.0.by_id.clear(),
                }
                self.forget_names();
            }
            Change::One(_) => {}
            Change::All => {
                self.0.by_id.clear();
                self.forget_names();
            }
        });
    }

    fn forget_names(&self) {
        self.0.by_document.clear();
        self.0.allowed_origins.clear();
        self.0.known_origins.clear();
    }
}

/// Once committed, every node reads the client again.
pub(super) fn changed(tx: &Tx, id: ClientId) {
    tx.invalidate(TOPIC, id.to_string());
}
