//! Who holds this secret: asked on every request that carries one.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kernel::{
    Id, Refusal, TenantId, Timestamp,
    ports::{ApiKeyAuthenticator, ApiKeyCaller, PortFuture},
    tenant::{CONSOLE, TenantFacts},
};
use parking_lot::Mutex;
use store::{Db, Origin, StoreError};
use vault::ApiKeySecret;

use super::{ApiKey, store as rows};

/// How exact `last_used_at` is.
const USE_INTERVAL: Duration = Duration::from_mins(1);
/// Uses that wait to be written; beyond that they are not noted, since the next request of the same key brings the chance again.
const MAX_PENDING: usize = 10_000;
/// Written in one transaction.
const BATCH: usize = 500;

/// Asks the store each time, so that a revoked key is dead on every node with the commit. When a key was last used is gathered here
/// and written by [`ApiKeys::write_uses`], away from the requests: a read must not cost a commit.
#[derive(Clone)]
pub struct ApiKeys {
    db: Db,
    uses: Arc<Mutex<Uses>>,
}

/// When keys were last used.
type Uses = HashMap<(TenantId, Id<ApiKey>), Timestamp>;

impl ApiKeys {
    pub fn new(db: Db) -> Self {
        Self { db, uses: Arc::default() }
    }

    /// Write when keys were last used; returns how many. To be called every few seconds, and once more before the server ends.
    pub async fn write_uses(&self) -> Result<usize, StoreError> {
        let uses: Vec<_> = std::mem::take(&mut *self.uses.lock()).into_iter().collect();
        for batch in uses.chunks(BATCH) {
            let tx = self.db.begin_system(Origin::system(CONSOLE)).await?;
            for ((tenant, id), at) in batch {
                rows::note_use(&tx, *tenant, *id, *at).await?;
            }
            tx.commit().await?;
        }
        Ok(uses.len())
    }

    /// The last use of each key waits, and none while the stored one is young.
    fn note(&self, tenant: TenantId, id: Id<ApiKey>, last_used_at: Option<Timestamp>, now: Timestamp) {
        if last_used_at.is_some_and(|last| now.since(last) < USE_INTERVAL) {
            return;
        }
        let mut uses = self.uses.lock();
        if uses.len() < MAX_PENDING || uses.contains_key(&(tenant, id)) {
            uses.insert((tenant, id), now);
        }
    }
}

impl ApiKeyAuthenticator for ApiKeys {
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        secret: &'a str,
        now: Timestamp,
    ) -> PortFuture<'a, Option<ApiKeyCaller>> {
        PortFuture::coming(async move {
            // The checksum tells typing errors and noise from keys without a look into the store.
            if !ApiKeySecret::well_formed(secret) {
                return Ok(None);
            }
            let hash = vault::digest(secret.as_bytes());
            let holder = rows::authenticate(&self.db.read(tenant.id), &hash, now).await.map_err(Refusal::from)?;
            Ok(holder.map(|holder| {
                self.note(tenant.id, holder.id, holder.last_used_at, now);
                ApiKeyCaller { key_id: holder.id.uuid(), scopes: holder.scopes.into() }
            }))
        })
    }
}
