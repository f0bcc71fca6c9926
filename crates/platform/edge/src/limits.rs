//! Rate limits: named, per network or per person, told ahead in the IETF's headers.
//!
//! The generic cell rate algorithm (ITU-T I.371) keeps one number a key: the time at which its bucket will be full again. Counters
//! are local to a node and bounded: under a flood of addresses the least used are forgotten, never the memory limit.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::{ErrorCode, Refusal, TenantId, Timestamp, tenant::TenantFacts};
use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::{app::App, context::Caller, network::counted_as};

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const TRACKED_KEYS: usize = 65_536;

/// The families of limits; defaults stand here, a tenant may override each by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Proving who one is: 30 a minute for each network.
    SignIn,
    /// Beginning to authorize an application or a device: 600 a minute for each network.
    Authorize,
    /// Asking for tokens: 60 a minute for each network.
    Token,
    /// Asking for tokens: 600 an hour for each person.
    TokenUser,
    /// A person on their own account: 600 an hour.
    SelfService,
    /// Administration: 6000 an hour for each key or person.
    Admin,
    /// An OAuth client that has proven itself: 6000 a minute for each. What did not prove itself counts by its network.
    Client,
    /// Having messages sent: 300 an hour for each network, to whichever addresses.
    Message,
}

impl Limit {
    pub const ALL: [Self; 8] = [
        Self::SignIn,
        Self::Authorize,
        Self::Token,
        Self::TokenUser,
        Self::SelfService,
        Self::Admin,
        Self::Client,
        Self::Message,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::TokenUser => "token-user",
            Self::SelfService => "self-service",
            Self::Admin => "admin",
            Self::Client => "client",
            Self::Message => "message",
        }
    }

    /// Requests and seconds.
    pub const fn default_policy(self) -> (u32, u32) {
        match self {
            Self::SignIn => (30, 60),
            // A page that renews its tokens in the background asks often, and a whole office behind one address asks together.
            Self::Authorize => (600, 60),
            Self::Token => (60, 60),
            Self::TokenUser | Self::SelfService => (600, 3_600),
            Self::Admin => (6_000, 3_600),
            Self::Client => (6_000, 60),
            Self::Message => (300, 3_600),
        }
    }

    /// Is it counted before anyone has proven who they are?
    pub(crate) const fn is_per_network(self) -> bool {
        matches!(self, Self::SignIn | Self::Authorize | Self::Token)
    }
}

/// The counters of this node.
pub(crate) struct Limits(Cache<(Limit, TenantId, u128), Arc<AtomicI64>>);

impl Limits {
    pub(crate) fn new() -> Self {
        Self(Cache::new(TRACKED_KEYS))
    }

    /// Count one request; refused ones don't count.
    fn count(&self, limit: Limit, tenant: &TenantFacts, subject: u128, now: Timestamp) -> Standing {
        let (requests, seconds) = policy(limit, tenant);
        let full_at =
            self.0.get_or_insert_with::<_, ()>(&(limit, tenant.id, subject), || Ok(Arc::default())).unwrap_or_default();
        let window = i64::from(seconds) * 1_000_000;
        // At least a microsecond: a policy of more requests than the clock has ticks would otherwise never refuse.
        let cost = (window / i64::from(requests.max(1))).max(1);
        let now = now.as_micros();
        let mut is_allowed = false;
        let before = full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let next = full_at.max(now) + cost;
            is_allowed = next - now <= window;
            is_allowed.then_some(next)
        });
        let full_at = match before {
            Ok(before) => before.max(now) + cost,
            Err(before) => before,
        };
        let debt = (full_at - now).max(0);
        Standing { limit, requests, seconds, remaining: (window - debt).max(0) / cost.max(1), debt, cost, is_allowed }
    }
}

fn policy(limit: Limit, tenant: &TenantFacts) -> (u32, u32) {
    tenant
        .limits
        .iter()
        .find(|own| own.name == limit.name())
        .map_or_else(|| limit.default_policy(), |own| (own.requests, own.seconds))
}

/// Where a caller stands after a request.
pub(crate) struct Standing {
    limit: Limit,
    requests: u32,
    seconds: u32,
    remaining: i64,
    debt: i64,
    cost: i64,
    is_allowed: bool,
}

impl Standing {
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let name = self.limit.name();
        let reset = self.debt.div_euclid(1_000_000) + 1;
        headers.insert(RATELIMIT_POLICY, item(name, [("q", self.requests.into()), ("w", self.seconds.into())]));
        headers.insert(RATELIMIT, item(name, [("r", self.remaining), ("t", reset)]));
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.is_allowed {
            return Ok(());
        }
        let window = i64::from(self.seconds) * 1_000_000;
        let wait = Duration::from_micros(u64::try_from(self.debt + self.cost - window).unwrap_or(0));
        Err(too_many().with_retry_after(wait))
    }
}

/// `"name";a=1;b=2` (RFC 9651, section 3.3.3). Put together by hand, because almost every reply has two of them.
fn item(name: &'static str, parameters: [(&str, i64); 2]) -> HeaderValue {
    let mut text = String::with_capacity(64);
    text.push('"');
    text.push_str(name);
    text.push('"');
    for (key, value) in parameters {
        text.push(';');
        text.push_str(key);
        text.push('=');
        text.push_str(itoa::Buffer::new().format(value));
    }
    // Taken over as it is, without a copy.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

pub(crate) fn too_many() -> Refusal {
    Refusal::new(ErrorCode::RateLimited, "rate_limited", "Too many requests: wait as long as Retry-After says.")
}

/// The limits that hold before anyone has proven who they are.
pub(crate) fn count_network(
    app: &App,
    tenant: &TenantFacts,
    limit: Option<Limit>,
    ip: Option<IpAddr>,
    now: Timestamp,
) -> Option<Standing> {
    let limit = limit.filter(|limit| limit.is_per_network())?;
    Some(app.limits().count(limit, tenant, counted_as(ip?), now))
}

/// The limits of a proven caller.
pub(crate) fn count_caller(
    app: &App,
    tenant: &TenantFacts,
    limit: Option<Limit>,
    caller: &Caller,
    now: Timestamp,
) -> Option<Standing> {
    let (default, subject) = match caller {
        Caller::Anonymous => return None,
        Caller::ApiKey(key) => (Limit::Admin, key.key_id),
        Caller::Client(client) => (Limit::Admin, client.client_id),
        Caller::Account(session) => (Limit::Admin, session.user_id),
        Caller::User(session) => (Limit::SelfService, session.user_id),
    };
    let limit = limit.filter(|limit| !limit.is_per_network()).unwrap_or(default);
    Some(app.limits().count(limit, tenant, subject.as_u128(), now))
}

/// One network's share of a limit that is not the endpoint's own.
pub(crate) fn count_sender(
    app: &App,
    tenant: &TenantFacts,
    limit: Limit,
    ip: Option<IpAddr>,
    now: Timestamp,
) -> Option<Standing> {
    Some(app.limits().count(limit, tenant, counted_as(ip?), now))
}

/// One caller's share of a limit, counted once it is known who they are.
pub(crate) fn count_subject(app: &App, tenant: &TenantFacts, limit: Limit, subject: Uuid, now: Timestamp) -> Standing {
    app.limits().count(limit, tenant, subject.as_u128(), now)
}

#[cfg(test)]
mod tests {
    use kernel::tenant::LimitOverride;
    use proptest::{collection, prelude::*};

    use super::*;

    /// A tenant with its own figures for signing in.
    fn tenant(requests: u32, seconds: u32) -> TenantFacts {
        TenantFacts {
            id: TenantId::from_u128(7),
            slug: "acme".into(),
            issuer: "https://acme.example.com".into(),
            suspended: false,
            allowed_origins: Vec::new(),
            limits: vec![LimitOverride { name: Limit::SignIn.name().into(), requests, seconds }],
            settings: Arc::new(()),
        }
    }

    const START: i64 = 1_800_000_000_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(START + micros)
    }

    /// How many of `tries` requests at one moment are let through.
    fn burst(limits: &Limits, tenant: &TenantFacts, micros: i64, tries: u32) -> u32 {
        (0..tries).map(|_| u32::from(limits.count(Limit::SignIn, tenant, 1, at(micros)).is_allowed)).sum()
    }

    fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
        headers.get(name).unwrap().to_str().unwrap()
    }

    #[test]
    fn the_headers_count_down_and_the_refusal_says_how_long() {
        let (limits, tenant) = (Limits::new(), tenant(2, 60));
        let mut told = Vec::new();
        for _ in 0..3 {
            let standing = limits.count(Limit::SignIn, &tenant, 1, at(0));
            let mut headers = HeaderMap::new();
            standing.tell(&mut headers);
            assert_eq!(header(&headers, &RATELIMIT_POLICY), "\"sign-in\";q=2;w=60");
            told.push((
                header(&headers, &RATELIMIT).to_owned(),
                standing.check().err().and_then(|refusal| refusal.retry_after),
            ));
        }
        let wait = Some(Duration::from_secs(30));
        assert_eq!(told[0], ("\"sign-in\";r=1;t=31".to_owned(), None));
        assert_eq!(told[1], ("\"sign-in\";r=0;t=61".to_owned(), None));
        assert_eq!(told[2], ("\"sign-in\";r=0;t=61".to_owned(), wait));
    }

    #[test]
    fn limits_subjects_and_tenants_have_counters_of_their_own() {
        let (limits, acme) = (Limits::new(), tenant(1, 60));
        let mut other = tenant(1, 60);
        other.id = TenantId::from_u128(8);
        let is_allowed = |limit, tenant: &TenantFacts, subject| limits.count(limit, tenant, subject, at(0)).is_allowed;
        assert!(is_allowed(Limit::SignIn, &acme, 1));
        assert!(!is_allowed(Limit::SignIn, &acme, 1));
        assert!(
            is_allowed(Limit::SignIn, &acme, 2)
                && is_allowed(Limit::SignIn, &other, 1)
                && is_allowed(Limit::Token, &acme, 1)
        );
    }

    #[test]
    fn a_race_of_many_threads_gets_no_more() {
        let (limits, tenant) = (Limits::new(), tenant(50, 60));
        let allowed: u32 = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| burst(&limits, &tenant, 0, 40))).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).sum()
        });
        assert_eq!(allowed, 50);
    }

    proptest! {
        /// At once, exactly as many as the policy says; after a quiet window, all of them again.
        #[test]
        fn a_full_bucket_holds_the_quota(requests in 1_u32..300, seconds in 1_u32..7_200) {
            let (limits, tenant) = (Limits::new(), tenant(requests, seconds));
            prop_assert_eq!(burst(&limits, &tenant, 0, requests + 5), requests);
            prop_assert_eq!(burst(&limits, &tenant, i64::from(seconds) * 1_000_000, requests + 5), requests);
        }

        /// However requests are spread, no stretch of time gets more than a full bucket and what flows in meanwhile.
        #[test]
        fn no_stretch_of_time_gets_more(requests in 1_u32..20, seconds in 1_u32..100, gaps in collection::vec(0_i64..20_000_000, 1..80)) {
            let (limits, tenant) = (Limits::new(), tenant(requests, seconds));
            let window = i64::from(seconds) * 1_000_000;
            let cost = window / i64::from(requests);
            let mut now = 0;
            let mut allowed = Vec::new();
            for gap in gaps {
                now += gap;
                if limits.count(Limit::SignIn, &tenant, 1, at(now)).is_allowed {
                    allowed.push(now);
                }
            }
            for (first, from) in allowed.iter().enumerate() {
                for (last, to) in allowed.iter().enumerate().skip(first) {
                    let count = i64::try_from(last - first).unwrap() + 1;
                    prop_assert!(count <= i64::from(requests) + (to - from) / cost + 1, "{} between {} and {}", count, from, to);
                }
            }
        }

        /// Whoever waits as long as they were told is let through, and not before; a refusal costs nothing.
        #[test]
        fn the_wait_is_honest(requests in 1_u32..100, seconds in 1_u32..3_600, knocks in 0_u32..20) {
            let (limits, tenant) = (Limits::new(), tenant(requests, seconds));
            burst(&limits, &tenant, 0, requests);
            for _ in 0..knocks {
                prop_assert!(limits.count(Limit::SignIn, &tenant, 1, at(0)).check().is_err());
            }
            let refusal = limits.count(Limit::SignIn, &tenant, 1, at(0)).check().unwrap_err();
            let wait = i64::try_from(refusal.retry_after.unwrap().as_micros()).unwrap();
            prop_assert!(!limits.count(Limit::SignIn, &tenant, 1, at(wait - 1)).is_allowed);
            prop_assert!(limits.count(Limit::SignIn, &tenant, 1, at(wait)).is_allowed);
        }

        /// A clock that jumps back neither panics nor hands out a second quota.
        #[test]
        fn a_clock_that_goes_back_gives_nothing(back in 0_i64..10_000_000_000) {
            let (limits, tenant) = (Limits::new(), tenant(10, 60));
            prop_assert_eq!(burst(&limits, &tenant, 0, 20), 10);
            prop_assert_eq!(burst(&limits, &tenant, -back, 20), 0);
        }

        #[test]
        fn absurd_policies_do_no_harm(requests in any::<u32>(), seconds in any::<u32>(), micros in any::<i32>()) {
            let (limits, tenant) = (Limits::new(), tenant(requests, seconds));
            let standing = limits.count(Limit::SignIn, &tenant, 1, at(i64::from(micros)));
            standing.tell(&mut HeaderMap::new());
            let _ = standing.check();
        }
    }
}
