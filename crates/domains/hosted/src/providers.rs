//! Signing in at a provider: the way there, and the way back.
//!
//! The page is a client of `/v1/auth/social` like any other: it has a verifier of its own (RFC 7636) and exchanges the code that
//! comes back. The verifier is derived from the browser's cookie, so that no other browser can exchange the code.

use edge::{Browser, Endpoint, Html, Named, Query, Reply};
use kernel::{ErrorCode, Refusal, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{return_to::ReturnTo, sign_in::DoorQuery, step};

/// With what the browser comes back.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BackQuery {
    pub(crate) code: Option<Secret>,
    /// Where to go in the end.
    state: Option<String>,
    pub(crate) error: Option<String>,
    /// For programs: people read the page's own words.
    error_description: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 2] {
    [go_to_provider(), come_back()]
}

/// Go to a provider
#[endpoint(GET "/sign-in/social/{provider}", id = "pages.social")]
async fn go_to_provider(cx: Browser, provider: Named, query: Query<DoorQuery>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, query.0.return_to)?;
    if !is_slug(&provider.0) {
        return Err(Refusal::not_found().into());
    }
    let back = format!("{}/sign-in/social", cx.tenant().issuer);
    let challenge = federation::code_challenge(&verifier(&cx));
    let mut pairs = vec![("redirect_uri", back.as_str()), ("code_challenge", challenge.as_str())];
    pairs.extend(to.as_deref().map(|to| ("state", to)));
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    cx.go(&format!("/v1/auth/social/{}/authorize?{query}", provider.0))
}

/// Come back from a provider
#[endpoint(GET "/sign-in/social", id = "pages.social.back", limit = SignIn)]
async fn come_back(cx: Browser, query: Query<BackQuery>) -> Reply<Html> {
    let BackQuery { code, state, error, .. } = query.0;
    let to = ReturnTo::checked(&cx, state)?;
    let Some(code) = code else {
        // Who changed their mind is back at the door.
        let changed_mind = error.as_deref() == Some("access_denied");
        return if changed_mind { cx.go(&to.via("/sign-in")) } else { Err(refused(error.as_deref()).into()) };
    };
    let outcome = federation::exchange(&cx, &code, &Secret::new(verifier(&cx)), None).await?;
    step::go_on(&cx, outcome, &to)
}

/// What could stand in a path.
fn is_slug(provider: &str) -> bool {
    provider.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'_'))
}

pub(crate) fn verifier(cx: &Browser) -> String {
    let mac = cx.vault().mac("hosted pkce", &[cx.tenant_id().as_bytes(), cx.id().reveal().as_bytes()]);
    kernel::encoding::base62(&mac)
}

pub(crate) fn refused(error: Option<&str>) -> Refusal {
    let reason = match error {
        Some("identity_taken") => "identity_taken",
        Some("account_link_required") => "account_link_required",
        Some("sign_up_closed") => "sign_up_closed",
        _ => "provider_failed",
    };
    Refusal::new(ErrorCode::BadRequest, reason, "The provider did not sign you in.")
}
