//! The data plane's callback, and the same last step with its names.

use edge::{Body, Endpoint, MaybeSignedIn, Named, Public, Query, Redirect, Reply, redirect};
use identity::flows::{LoginResult, reply_data_plane};
use kernel::Secret;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{callback, error::SocialError, hand_off, platform::SocialCallbackQuery};

/// The code that came with the redirect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HandOffExchange {
    code: Secret,
    /// Whose S256 challenge the sign-in began with.
    code_verifier: Secret,
    /// What a device keeps that was trusted before: it stands in for the second factor.
    #[serde(default)]
    device_token: Option<Secret>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [finish_at_callback(), exchange_hand_off()]
}

/// Come back from a provider
///
/// Where the provider sends the browser, if the sign-in began with `callback=data_plane`. The browser goes on to the application.
#[endpoint(GET "/auth/callback/{provider}", id = "federation.callback", errors = SocialError, limit = SignIn)]
async fn finish_at_callback(cx: Public, provider: Named, query: Query<SocialCallbackQuery>) -> Reply<Redirect> {
    let location = callback::finish(&cx, &provider.0, query.0.into()).await?;
    redirect(&location)
}

/// Exchange a code for a session
///
/// The code of the redirect, once, within a minute, by the client that began. Somebody new begins here: with the session of a guest, the
/// guest becomes this person and keeps their id.
#[endpoint(POST "/api/v1/auth/handoff", id = "auth.handoff", errors = SocialError, limit = SignIn)]
async fn exchange_hand_off(cx: MaybeSignedIn, body: Body<HandOffExchange>) -> Reply<LoginResult> {
    let HandOffExchange { code, code_verifier, device_token } = body.0;
    let outcome = hand_off::exchange(&cx, &code, &code_verifier, device_token).await?;
    reply_data_plane(&cx, outcome)
}
