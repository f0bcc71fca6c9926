//! The keys that a client, or an issuer that is trusted, signs with: registered, or published at a `jwks_uri` and fetched from there.

use std::{ops::Deref, sync::Arc, time::Duration};

use deliver::{Call, Outbound, OutboundError};
use edge::Context;
use jose::JwkSet;
use kernel::Timestamp;
use oauth::OAuthError;
use parking_lot::Mutex;

use super::{cache::Clients, model::Client};

const MAX_DOCUMENT: usize = 64 * 1_024;
const MAX_DEPTH: usize = 8;
/// Keys beyond these are not looked at.
const MAX_KEYS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(5);
const FRESH: Duration = Duration::from_mins(10);
const LONGEST_FRESH: Duration = Duration::from_hours(1);
/// A key that is not known is a reason to look again; requests of strangers are none to ask all the time.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What is kept of one `jwks_uri`.
#[derive(Debug, Default)]
pub(super) struct KeptKeys(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    url: String,
    set: Option<Arc<JwkSet>>,
    fresh_until: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

enum Look {
    Kept(Arc<JwkSet>),
    Ask,
    /// It was asked a moment ago, and had nothing to say.
    Nothing,
}

impl KeptKeys {
    fn look(&self, url: &str, kid: Option<&str>, now: Timestamp) -> Look {
        let mut state = self.0.lock();
        if state.url != url {
            *state = State { url: url.to_owned(), ..State::default() };
        }
        let is_early = state.asked_at.is_some_and(|at| now < at + LOOK_AGAIN_AFTER);
        let is_fresh = state.fresh_until.is_some_and(|end| now < end);
        match &state.set {
            Some(set) if is_early || is_fresh && kid.is_none_or(|kid| set.find(kid).is_some()) => {
                Look::Kept(Arc::clone(set))
            }
            // One asks; until it has an answer the others go on with what there is.
            Some(_) => {
                state.asked_at = Some(now);
                Look::Ask
            }
            None if is_early => Look::Nothing,
            None => Look::Ask,
        }
    }

    fn keep(&self, url: &str, set: &Arc<JwkSet>, fresh_for: Duration, now: Timestamp) {
        let mut state = self.0.lock();
        if state.url == url {
            state.asked_at = Some(now);
            state.set = Some(Arc::clone(set));
            state.fresh_until = Some(now + fresh_for);
        }
    }

    /// There was no answer: what was kept stands for a while, so that a short outage of the page is none of who signs.
    fn miss(&self, url: &str, now: Timestamp) -> Option<Arc<JwkSet>> {
        let mut state = self.0.lock();
        if state.url != url {
            return None;
        }
        state.asked_at = Some(now);
        if state.fresh_until.is_none_or(|end| now >= end + LONGEST_FRESH) {
            state.set = None;
        }
        state.set.clone()
    }
}

/// Somebody's keys.
pub(crate) enum KnownKeys<'a> {
    Registered(&'a JwkSet),
    Fetched(Arc<JwkSet>),
}

impl Deref for KnownKeys<'_> {
    type Target = JwkSet;

    fn deref(&self) -> &JwkSet {
        match self {
            Self::Registered(set) => set,
            Self::Fetched(set) => set,
        }
    }
}

/// The keys of this client, read again where `kid` is none of those that are kept. Before a transaction is open.
pub(crate) async fn keys_of<'a>(
    cx: &Context,
    client: &'a Client,
    kid: Option<&str>,
) -> Result<KnownKeys<'a>, OAuthError> {
    if let Some(set) = &client.metadata.jwks {
        return Ok(KnownKeys::Registered(set));
    }
    let nothing = || OAuthError::invalid_client("the keys of the client can not be had");
    let url = client.metadata.jwks_uri.as_deref().ok_or_else(nothing)?;
    let kept = cx.part::<Clients>().kept_keys(cx.tenant_id(), client.id);
    published(cx, &kept, url, kid).await.map(KnownKeys::Fetched).ok_or_else(nothing)
}

/// The keys of an issuer that the settings trust, in the same way.
pub(crate) async fn keys_of_issuer<'a>(
    cx: &Context,
    registered: Option<&'a JwkSet>,
    url: Option<&str>,
    kid: Option<&str>,
) -> Option<KnownKeys<'a>> {
    if let Some(set) = registered {
        return Some(KnownKeys::Registered(set));
    }
    let kept = cx.part::<Clients>().kept_keys_at(cx.tenant_id(), url?);
    published(cx, &kept, url?, kid).await.map(KnownKeys::Fetched)
}

/// What is at this address, or was a moment ago.
async fn published(cx: &Context, kept: &KeptKeys, url: &str, kid: Option<&str>) -> Option<Arc<JwkSet>> {
    match kept.look(url, kid, cx.now()) {
        Look::Kept(set) => Some(set),
        Look::Nothing => None,
        Look::Ask => match fetch(cx, url).await {
            Ok((set, fresh_for)) => {
                let set = Arc::new(set);
                kept.keep(url, &set, fresh_for, cx.now());
                Some(set)
            }
            Err(error) => {
                tracing::info!(tenant = %cx.tenant_id(), url, %error, "published keys can't be fetched");
                kept.miss(url, cx.now())
            }
        },
    }
}

async fn fetch(cx: &Context, url: &str) -> Result<(JwkSet, Duration), OutboundError> {
    let call = Call::get(url)
        .at_most(MAX_DOCUMENT)
        .within(PATIENCE)
        .header("accept", "application/jwk-set+json, application/json");
    let answer = cx.part::<Outbound>().send(call).await?.success()?;
    let document = jose::parse_strict(&answer.body, MAX_DEPTH).map_err(|_| OutboundError::Answer)?;
    let mut set: JwkSet = serde_json::from_value(document).map_err(|_| OutboundError::Answer)?;
    set.keys.truncate(MAX_KEYS);
    Ok((set, answer.max_age().unwrap_or(FRESH).min(LONGEST_FRESH)))
}

#[cfg(test)]
mod tests {
    use jose::Jwk;

    use super::*;

    #[test]
    fn an_unknown_key_is_asked_for_once_a_second() {
        let at = |millis: i64| Timestamp::from_micros(millis * 1_000);
        let set = Arc::new(JwkSet { keys: vec![Jwk { kid: Some("a".into()), ..Jwk::default() }] });
        let kept = KeptKeys::default();
        let look = |url, kid, now| match kept.look(url, kid, at(now)) {
            Look::Kept(_) => "kept",
            Look::Ask => "ask",
            Look::Nothing => "nothing",
        };
        assert_eq!(look("u", Some("a"), 0), "ask");
        assert!(kept.miss("u", at(0)).is_none());
        assert_eq!(look("u", Some("a"), 900), "nothing");
        assert_eq!(look("u", Some("a"), 1_000), "ask");
        kept.keep("u", &set, FRESH, at(1_000));
        assert_eq!(look("u", Some("a"), 300_000), "kept");
        assert_eq!(look("u", None, 300_000), "kept");
        assert_eq!(look("u", Some("b"), 300_000), "ask");
        assert_eq!(look("u", Some("b"), 300_500), "kept");
        assert_eq!(look("u", Some("b"), 301_000), "ask");
        assert_eq!(look("u", Some("a"), 700_000), "ask", "it is old");
        assert!(kept.miss("u", at(700_000)).is_some() && kept.miss("u", at(5_000_000)).is_none());
        assert_eq!(look("other", Some("a"), 700_000), "ask", "it is elsewhere now");
    }
}
