//! Which tenant is addressed: asked on every request, answered from bounded caches.

use std::sync::Arc;

use kernel::{
    Refusal, TenantId, Timestamp,
    ports::{PortFuture, TenantDirectory},
    tenant::{CONSOLE, LimitOverride, TenantFacts},
};
use store::{Db, StoreError};

use super::{
    HOSTS, Profile, PublicOrigin, PublicUrlError, TOPIC, TenantRecord, TenantState, profile_of, store as rows,
};
use crate::freshness::{Change, Changes, FRESH_FOR, FreshCache};

/// Above the ten thousand tenants that one deployment is to carry, with some that don't exist.
const TENANTS: usize = 12_288;
const HOST_NAMES: usize = 12_288;
const ORIGINS: usize = 4_096;
/// The longest name that the domain name system has (RFC 1035, section 2.3.4), and with a scheme and a port the longest origin:
/// what is longer is refused before it takes room in a cache.
const LONGEST_HOST: usize = 253;
const LONGEST_ORIGIN: usize = LONGEST_HOST + "https://:65535".len();
/// No host is empty, so this key is free for the tenant of the bare base host.
const BASE_HOST: &str = "";

/// The directory of tenants. What does not exist is remembered too, so that asking for it costs no read each time.
#[derive(Clone)]
pub struct Tenants(Arc<Inner>);

struct Inner {
    db: Db,
    origin: PublicOrigin,
    by_id: FreshCache<TenantId, Option<Arc<TenantFacts>>>,
    by_host: FreshCache<String, Option<TenantId>>,
    origins: FreshCache<String, bool>,
    changes: Changes,
}

impl Tenants {
    /// `public_url` is the deployment's origin; slugs stand before its host, before `base_hosts` and before `localhost`.
    pub fn new(db: Db, public_url: &str, base_hosts: &[String]) -> Result<Self, PublicUrlError> {
        let origin = PublicOrigin::new(public_url, base_hosts)?;
        Ok(Self(Arc::new(Inner {
            origin,
            by_id: FreshCache::new(TENANTS),
            by_host: FreshCache::new(HOST_NAMES),
            origins: FreshCache::new(ORIGINS),
            changes: Changes::of(&db),
            db,
        })))
    }
}

impl Inner {
    fn take_changes(&self) {
        self.changes.take(|change| match change {
            Change::One(change) if change.topic == TOPIC => {
                self.by_id.remove(&change.tenant);
                self.origins.clear();
                if change.key == HOSTS {
                    self.by_host.clear();
                }
            }
            Change::One(_) => {}
            Change::All => {
                self.by_id.clear();
                self.by_host.clear();
                self.origins.clear();
            }
        });
    }

    async fn tenant(&self, id: TenantId, now: Timestamp) -> Result<Option<Arc<TenantFacts>>, StoreError> {
        let read = |old: Option<Option<Arc<TenantFacts>>>| async move {
            let found = rows::find(&self.db.read(id)).await?;
            // One that is deleted is not there, for anybody.
            let Some(tenant) = found.filter(|tenant| tenant.state != TenantState::Deleted) else { return Ok(None) };
            // An unchanged tenant keeps its facts, and with them the documents that were made of them.
            let unchanged = old.flatten().filter(|facts| profile_of(facts).version == tenant.version);
            Ok(Some(unchanged.unwrap_or_else(|| Arc::new(facts(&self.origin, tenant)))))
        };
        self.by_id.get(&id, now, FRESH_FOR, read).await
    }

    async fn at_host(&self, host: &str, now: Timestamp) -> Result<Option<Arc<TenantFacts>>, StoreError> {
        if host.len() > LONGEST_HOST {
            return Ok(None);
        }
        let read = |_| async move {
            let system = self.db.system_read();
            if host == BASE_HOST {
                return rows::find_primary(&system).await;
            }
            match self.origin.slug_of(host) {
                Some(slug) => rows::find_by_slug(&system, slug).await,
                None => rows::find_by_host(&system, host).await,
            }
        };
        match self.by_host.get(host, now, FRESH_FOR, read).await? {
            Some(id) => self.tenant(id, now).await,
            None => Ok(None),
        }
    }

    async fn knows_origin(&self, origin: &str, now: Timestamp) -> Result<bool, StoreError> {
        if origin.len() > LONGEST_ORIGIN {
            return Ok(false);
        }
        let read = |_| async move { rows::knows_origin(&self.db.system_read(), origin).await };
        self.origins.get(origin, now, FRESH_FOR, read).await
    }
}

impl TenantDirectory for Tenants {
    fn by_id(&self, id: TenantId, now: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>> {
        self.0.take_changes();
        match self.0.by_id.fresh(&id, now, FRESH_FOR) {
            Some(tenant) => PortFuture::known(tenant),
            None => PortFuture::coming(async move { self.0.tenant(id, now).await.map_err(Refusal::from) }),
        }
    }

    fn by_host<'a>(&'a self, host: &'a str, now: Timestamp) -> PortFuture<'a, Option<Arc<TenantFacts>>> {
        self.0.take_changes();
        let known = self.0.by_host.fresh(host, now, FRESH_FOR);
        match known.and_then(|id| id.map_or(Some(None), |id| self.0.by_id.fresh(&id, now, FRESH_FOR))) {
            Some(tenant) => PortFuture::known(tenant),
            None => PortFuture::coming(async move { self.0.at_host(host, now).await.map_err(Refusal::from) }),
        }
    }

    fn primary(&self, now: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>> {
        self.by_host(BASE_HOST, now)
    }

    fn knows_origin<'a>(&'a self, origin: &'a str, now: Timestamp) -> PortFuture<'a, bool> {
        self.0.take_changes();
        PortFuture::coming(async move { self.0.knows_origin(origin, now).await.map_err(Refusal::from) })
    }
}

fn facts(origin: &PublicOrigin, tenant: TenantRecord) -> TenantFacts {
    let issuer = origin.issuer(&tenant);
    let TenantRecord { id, slug, name, environment, state, settings, version, .. } = tenant;
    let mut allowed_origins = settings.allowed_origins.clone();
    if id == CONSOLE {
        // The console's issuer is no origin; its pages are the deployment's own.
        allowed_origins.push(origin.as_str().to_owned());
    }
    let limits = settings.rate_limits.iter().map(|limit| LimitOverride {
        name: limit.name.clone(),
        requests: limit.requests,
        seconds: limit.seconds,
    });
    TenantFacts {
        id,
        slug: slug.to_string(),
        issuer,
        suspended: state == TenantState::Suspended,
        allowed_origins,
        limits: limits.collect(),
        settings: Arc::new(Profile::new(name, environment, version, settings)),
    }
}
