//! Session tokens in cookies, for browsers: HttpOnly, SameSite, `__Host-` where the origin is HTTPS, and a CSRF proof.
//!
//! The names carry the tenant, since several applications may answer at one host. The CSRF proof is a MAC over the session
//! (OWASP, signed double submit): a script of the page reads it from its own cookie and sends it back in `X-CSRF-Token`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{COOKIE, ORIGIN, SET_COOKIE},
};
use kernel::{ErrorCode, Refusal, Secret, TenantId, tenant::TenantFacts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vault::Vault;

use crate::context::Context;

/// Browsers take a cookie of such a name from this very host alone (RFC 6265bis, section 4.1.3.2).
const HOST_PREFIX: &str = "__Host-";

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

/// When a browser sends a session's cookies along (RFC 6265bis, section 5.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SameSite {
    /// From the site itself, and when a link leads to it.
    #[default]
    Lax,
    /// From the site itself alone.
    Strict,
    /// From everywhere, for applications inside another site's frame; by https alone.
    None,
}

impl SameSite {
    const fn attribute(self, is_https: bool) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::None if is_https => "None",
            // Without `Secure` browsers drop a cookie with `None`.
            Self::Lax | Self::None => "Lax",
        }
    }
}

/// The cookies of one session.
pub struct SessionCookies<'a> {
    pub access_token: &'a Secret,
    pub access_lifetime: Duration,
    pub refresh_token: &'a Secret,
    pub refresh_lifetime: Duration,
    pub session_id: Uuid,
    pub same_site: SameSite,
}

impl SessionCookies<'_> {
    pub fn set(&self, cx: &Context) -> Vec<(HeaderName, HeaderValue)> {
        let proof = csrf_proof(cx.vault(), cx.tenant_id(), self.session_id);
        [
            cookie_at(cx, Kind::Access, self.access_token.reveal(), self.access_lifetime, self.same_site),
            cookie_at(cx, Kind::Refresh, self.refresh_token.reveal(), self.refresh_lifetime, self.same_site),
            cookie_at(cx, Kind::Csrf, &proof, self.refresh_lifetime, self.same_site),
            BrowserStateCookie::set(cx, &browser_state(cx, self.session_id), self.refresh_lifetime),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Another access token for the session that the browser holds already: whoever asks with one gets no refresh token for it.
    pub fn renew(
        cx: &Context,
        access_token: &Secret,
        lifetime: Duration,
        same_site: SameSite,
    ) -> Option<(HeaderName, HeaderValue)> {
        cookie_at(cx, Kind::Access, access_token.reveal(), lifetime, same_site)
    }

    /// Does the session of this request come from a cookie, where no script sees its tokens?
    pub fn carry(cx: &Context) -> bool {
        !cx.headers().contains_key(http::header::AUTHORIZATION)
    }

    pub fn clear(cx: &Context) -> Vec<(HeaderName, HeaderValue)> {
        [Kind::Access, Kind::Refresh, Kind::Csrf, Kind::BrowserState]
            .into_iter()
            .filter_map(|kind| cookie(cx, kind, "", Duration::ZERO))
            .collect()
    }

    /// The refresh token of a browser that holds it in a cookie.
    pub fn refresh_token(cx: &Context) -> Option<Secret> {
        find(cx.headers(), Kind::Refresh, cx.tenant_id()).map(Secret::new)
    }
}

/// What the frame at `check_session_iframe` knows a session by (OpenID Connect Session Management 1.0, section 4.2). Scripts read it,
/// so it is a MAC, from which nobody gets to the session, and it comes and goes with the session's other cookies. Sent from
/// everywhere, since the frame is within pages of others.
pub struct BrowserStateCookie;

impl BrowserStateCookie {
    /// As scripts find it.
    pub fn name(cx: &Context) -> String {
        let prefix = if is_https(cx) { HOST_PREFIX } else { "" };
        format!("{prefix}{}", Kind::BrowserState.name(cx.tenant_id()))
    }

    /// Of the session that the browser is in; the empty text for none.
    pub fn state(cx: &Context) -> String {
        cx.session().map(|caller| browser_state(cx, caller.session_id)).unwrap_or_default()
    }

    /// The cookie for a browser that has another one than this state or none; `lifetime` is what is left of the session.
    pub fn settled(cx: &Context, state: &str, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        let known = find(cx.headers(), Kind::BrowserState, cx.tenant_id()).unwrap_or_default();
        let lifetime = if state.is_empty() { Duration::ZERO } else { lifetime };
        (known != state).then(|| Self::set(cx, state, lifetime)).flatten()
    }

    fn set(cx: &Context, state: &str, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        cookie_at(cx, Kind::BrowserState, state, lifetime, SameSite::None)
    }
}

fn browser_state(cx: &Context, session: Uuid) -> String {
    kernel::encoding::base62(&cx.vault().mac("browser state", &[cx.tenant_id().as_bytes(), session.as_bytes()]))
}

/// What ties a step to the browser that began it: a magic link, a social sign-in. It proves nothing about a person.
pub struct BrowserCookie;

impl BrowserCookie {
    pub fn read(cx: &Context) -> Option<Secret> {
        find(cx.headers(), Kind::Browser, cx.tenant_id()).map(Secret::new)
    }

    pub fn set(cx: &Context, value: &Secret, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::Browser, value.reveal(), lifetime)
    }
}

/// What a device keeps on which a person chose not to be asked for a second factor for some days.
pub struct TrustedDeviceCookie;

impl TrustedDeviceCookie {
    pub fn read(cx: &Context) -> Option<Secret> {
        find(cx.headers(), Kind::TrustedDevice, cx.tenant_id()).map(Secret::new)
    }

    pub fn set(cx: &Context, value: &Secret, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::TrustedDevice, value.reveal(), lifetime)
    }

    pub fn clear(cx: &Context) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::TrustedDevice, "", Duration::ZERO)
    }
}

/// The handle of a sign-in that a page goes through: in a cookie, since addresses end up in histories and logs.
pub struct FlowCookie;

impl FlowCookie {
    pub fn read(cx: &Context) -> Option<Secret> {
        find(cx.headers(), Kind::Flow, cx.tenant_id()).map(Secret::new)
    }

    pub fn set(cx: &Context, value: &Secret, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::Flow, value.reveal(), lifetime)
    }

    pub fn clear(cx: &Context) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::Flow, "", Duration::ZERO)
    }
}

/// Where somebody goes in the end who leaves for their mailbox first. Checked again when it is read.
pub struct ReturnCookie;

impl ReturnCookie {
    pub fn read(cx: &Context) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(find(cx.headers(), Kind::Return, cx.tenant_id())?).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// Nowhere in particular forgets where.
    pub fn set(cx: &Context, target: Option<&str>, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        match target {
            Some(target) => cookie(cx, Kind::Return, &URL_SAFE_NO_PAD.encode(target), lifetime),
            None => cookie(cx, Kind::Return, "", Duration::ZERO),
        }
    }
}

/// The language that somebody chose on a page.
pub struct LanguageCookie;

impl LanguageCookie {
    pub fn read(cx: &Context) -> Option<String> {
        find(cx.headers(), Kind::Language, cx.tenant_id())
    }

    pub fn set(cx: &Context, tag: &'static str, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
        cookie(cx, Kind::Language, tag, lifetime)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Access,
    Refresh,
    Csrf,
    BrowserState,
    Browser,
    TrustedDevice,
    Flow,
    Return,
    Language,
}

impl Kind {
    fn name(self, tenant: TenantId) -> String {
        let what = match self {
            Self::Access => "at",
            Self::Refresh => "rt",
            Self::Csrf => "csrf",
            Self::BrowserState => "bs",
            Self::Browser => "br",
            Self::TrustedDevice => "td",
            Self::Flow => "fl",
            Self::Return => "to",
            Self::Language => "lg",
        };
        format!("pc_{what}_{}", tenant.uuid().simple())
    }
}

fn cookie(cx: &Context, kind: Kind, value: &str, lifetime: Duration) -> Option<(HeaderName, HeaderValue)> {
    cookie_at(cx, kind, value, lifetime, SameSite::Lax)
}

fn cookie_at(
    cx: &Context,
    kind: Kind,
    value: &str,
    lifetime: Duration,
    same_site: SameSite,
) -> Option<(HeaderName, HeaderValue)> {
    let name = kind.name(cx.tenant_id());
    let is_https = is_https(cx);
    let (prefix, secure) = if is_https { (HOST_PREFIX, "; Secure") } else { ("", "") };
    let http_only = if matches!(kind, Kind::Csrf | Kind::BrowserState) { "" } else { "; HttpOnly" };
    let same_site = same_site.attribute(is_https);
    let seconds = lifetime.as_secs();
    let text = format!("{prefix}{name}={value}; Path=/; Max-Age={seconds}; SameSite={same_site}{http_only}{secure}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some((SET_COOKIE, value))
}

fn is_https(cx: &Context) -> bool {
    cx.tenant().issuer.starts_with("https://")
}

fn find(headers: &HeaderMap, kind: Kind, tenant: TenantId) -> Option<String> {
    let name = kind.name(tenant);
    headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split("; ")).find_map(
        |pair| {
            let (key, value) = pair.split_once('=')?;
            (key.strip_prefix(HOST_PREFIX).unwrap_or(key) == name && !value.is_empty()).then(|| value.to_owned())
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
