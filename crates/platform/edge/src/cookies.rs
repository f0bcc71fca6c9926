//! Session tokens in cookies, for browsers: HttpOnly, SameSite, `__Host-` where the origin is HTTPS, and a CSRF proof.
//!
//! The names carry the tenant, since several applications may answer at one host. The CSRF proof is a MAC over the session
//! (OWASP, signed double submit): a script of the page reads it from its own cookie and sends it back in `X-CSRF-Token`.

use std::time::Duration;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{COOKIE, ORIGIN, SET_COOKIE},
};
use kernel::{ErrorCode, Refusal, Secret, TenantId, tenant::TenantFacts};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;
use vault::Vault;

use crate::context::Context;

/// How a client wants to hold its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// In the body: for native apps, servers and scripts.
    #[default]
    Bearer,
    /// In HttpOnly cookies: for browsers. The body then holds no token.
    Cookie,
}

/// The cookies of one session.
pub struct SessionCookies<'a> {
    pub access_token: &'a Secret,
    pub access_lifetime: Duration,
    pub refresh_token: &'a Secret,
    pub refresh_lifetime: Duration,
    pub session_id: Uuid,
}

impl SessionCookies<'_> {
    pub fn set(&self, cx: &Context) -> Vec<(HeaderName, HeaderValue)> {
        let proof = csrf_proof(cx.vault(), cx.tenant_id(), self.session_id);
        [
            cookie(cx, Kind::Access, self.access_token.reveal(), self.access_lifetime),
            cookie(cx, Kind::Refresh, self.refresh_token.reveal(), self.refresh_lifetime),
            cookie(cx, Kind::Csrf, &proof, self.refresh_lifetime),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    pub fn clear(cx: &Context) -> Vec<(HeaderName, HeaderValue)> {
        [Kind::Access, Kind::Refresh, Kind::Csrf]
            .into_iter()
            .filter_map(|kind| cookie(cx, kind, "", Duration::ZERO))
            .collect()
    }

    /// The refresh token of a browser that holds it in a cookie.
    pub fn refresh_token(cx: &Context) -> Option<Secret> {
        find(cx.headers(), Kind::Refresh, cx.tenant_id()).map(Secret::new)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Access,
    Refresh,
    Csrf,
}

impl Kind {
    fn name(self, tenant: TenantId) -> String {
        let what = match self {
            Self::Access => "at",
            Self::Refresh => "rt",
            Self::Csrf => "csrf",
        };
        format!("pc_{what}_{}", tenant.uuid().simple())
    }
}

fn cookie(cx: &Context, kind: Kind, value: &str, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
    let name = kind.name(cx.tenant_id());
    let is_https = cx.tenant().issuer.starts_with("https://");
    let (prefix, secure) = if is_https { ("__Host-", "; Secure") } else { ("", "") };
    let http_only = if matches!(kind, Kind::Csrf) { "" } else { "; HttpOnly" };
    let text =
        format!("{prefix}{name}={value}; Path=/; Max-Age={}; SameSite=Lax{http_only}{secure}", lifetime.as_secs());
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some((SET_COOKIE, value))
}

fn find(headers: &HeaderMap, kind: Kind, tenant: TenantId) -> Option<String> {
    let name = kind.name(tenant);
    headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split("; ")).find_map(
        |pair| {
            let (key, value) = pair.split_once('=')?;
            (key.strip_prefix("__Host-").unwrap_or(key) == name && !value.is_empty()).then(|| value.to_owned())
        },
    )
}

pub(crate) fn access_token(headers: &HeaderMap, tenant: TenantId) -> Option<String> {
    find(headers, Kind::Access, tenant)
}

fn csrf_proof(vault: &Vault, tenant: TenantId, session: Uuid) -> String {
    kernel::encoding::base62(&vault.mac("csrf", &[tenant.as_bytes(), session.as_bytes()]))
}

/// A browser sends cookies by itself; only a page of ours can read the proof and send it too.
pub(crate) fn require_csrf_proof(
    vault: &Vault,
    headers: &HeaderMap,
    tenant: &TenantFacts,
    session: Uuid,
) -> Result<(), Refusal> {
    let refused = |message| Refusal::new(ErrorCode::Forbidden, "csrf_failed", message);
    if let Some(origin) = headers.get(ORIGIN) {
        let is_own = origin
            .to_str()
            .is_ok_and(|origin| origin == tenant.issuer || tenant.allowed_origins.iter().any(|known| known == origin));
        if !is_own {
            return Err(refused("The Origin of this request is not registered."));
        }
    }
    let presented = headers.get("x-csrf-token").map(HeaderValue::as_bytes).unwrap_or_default();
    if vault::constant_time_eq(presented, csrf_proof(vault, tenant.id, session).as_bytes()) {
        Ok(())
    } else {
        Err(refused("Send the value of the csrf cookie in X-CSRF-Token."))
    }
}

impl Context {
    /// For an endpoint that takes its credential from a cookie and not from a guard, as refreshing does.
    pub fn require_csrf_proof(&self, session: Uuid) -> Result<(), Refusal> {
        require_csrf_proof(self.vault(), self.headers(), self.tenant(), session)
    }
}
