//! What issuers publish, kept for a while: metadata and keys. Bounded, fresh, shared by all tenants.
//!
//! Sharing is safe because an entry is known by the address it was read from and holds what anybody reads there. Whether it is the
//! metadata of the issuer that a tenant configured is judged at each use.

use std::{sync::Arc, time::Duration};

use deliver::{Call, Outbound, OutboundError};
use edge::Context;
use jose::JwkSet;
use kernel::Timestamp;
use quick_cache::sync::Cache;
use serde_json::Value;

use super::{person::UpstreamPerson, tokens::UpstreamTokens};

/// Put among the application's parts.
pub struct UpstreamCache {
    metadata: Cache<String, Arc<Kept<Value>>>,
    keys: Cache<String, Arc<Kept<JwkSet>>>,
    redeemed: Cache<[u8; 32], Arc<Redeemed>>,
}

/// What a provider answered. Held while the request goes on: a code is good once, and a request that loses a race inside the
/// database runs again.
pub(crate) type Redeemed = (UpstreamPerson, UpstreamTokens);

/// A document and when it was read.
pub(crate) struct Kept<T> {
    pub(crate) document: T,
    read_at: Timestamp,
    fresh_for: Duration,
}

/// Issuers of one node that are kept; one more displaces the one least asked for.
const MOST: usize = 1_000;
const MAX_DOCUMENT: usize = 256 * 1_024;
const MAX_DEPTH: usize = 16;
/// Keys beyond these are not looked at.
const MAX_KEYS: usize = 100;
const METADATA_FRESH: Duration = Duration::from_hours(1);
const KEYS_FRESH: Duration = Duration::from_mins(10);
/// A key that is not known is a reason to look again, but tokens of strangers are no reason to ask an issuer all the time.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(30);

impl Default for UpstreamCache {
    fn default() -> Self {
        Self { metadata: Cache::new(MOST), keys: Cache::new(MOST), redeemed: Cache::new(MOST) }
    }
}

impl UpstreamCache {
    pub(crate) fn redeemed(&self, key: &[u8; 32]) -> Option<Arc<Redeemed>> {
        self.redeemed.get(key)
    }

    pub(crate) fn hold(&self, key: [u8; 32], redeemed: Redeemed) -> Arc<Redeemed> {
        let redeemed = Arc::new(redeemed);
        self.redeemed.insert(key, Arc::clone(&redeemed));
        redeemed
    }

    pub(crate) fn let_go(&self, key: &[u8; 32]) {
        self.redeemed.remove(key);
    }

    pub(crate) async fn metadata(&self, cx: &Context, url: &str) -> Result<Arc<Kept<Value>>, OutboundError> {
        if let Some(kept) = self.metadata.get(url).filter(|kept| kept.is_fresh(cx.now())) {
            return Ok(kept);
        }
        let (document, max_age) = read(cx, url).await?;
        Ok(keep(&self.metadata, cx, url, document, max_age.unwrap_or(METADATA_FRESH).min(METADATA_FRESH)))
    }

    /// The keys at this address; read again if `is_enough` misses one in what is kept.
    pub(crate) async fn keys(
        &self,
        cx: &Context,
        url: &str,
        is_enough: impl Fn(&JwkSet) -> bool + Send,
    ) -> Result<Arc<Kept<JwkSet>>, OutboundError> {
        if let Some(kept) = self.keys.get(url).filter(|kept| kept.is_fresh(cx.now()))
            && (is_enough(&kept.document) || cx.now().since(kept.read_at) < LOOK_AGAIN_AFTER)
        {
            return Ok(kept);
        }
        let (document, max_age) = read(cx, url).await?;
        let mut set: JwkSet = serde_json::from_value(document).map_err(|_| OutboundError::Answer)?;
        set.keys.truncate(MAX_KEYS);
        Ok(keep(&self.keys, cx, url, set, max_age.unwrap_or(KEYS_FRESH).min(KEYS_FRESH)))
    }
}

impl<T> Kept<T> {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.read_at) < self.fresh_for
    }
}

async fn read(cx: &Context, url: &str) -> Result<(Value, Option<Duration>), OutboundError> {
    let answer = cx.part::<Outbound>().send(Call::get(url).at_most(MAX_DOCUMENT)).await?.success()?;
    let document = jose::parse_strict(&answer.body, MAX_DEPTH).map_err(|_| OutboundError::Answer)?;
    Ok((document, answer.max_age()))
}

fn keep<T>(
    cache: &Cache<String, Arc<Kept<T>>>,
    cx: &Context,
    url: &str,
    document: T,
    fresh_for: Duration,
) -> Arc<Kept<T>> {
    let kept = Arc::new(Kept { document, read_at: cx.now(), fresh_for });
    cache.insert(url.to_owned(), Arc::clone(&kept));
    kept
}
