//! `/v1/auth/social`: the browser's way to a provider and back, and the client's last step.

use edge::{Body, Endpoint, Form, MaybeSignedIn, Named, Public, Query, Redirect, Reply, Transport, redirect};
use identity::flows::{SignInResult, reply_platform};
use kernel::Secret;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    authorize::{self, Callback, Start},
    callback::{self, ProviderAnswer},
    error::SocialError,
    hand_off,
};

/// What to begin a sign-in at a provider with.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SocialAuthorizeQuery {
    /// Where the browser is sent back to, with `code` and `state` or with `error`: one of the application's redirect URIs, byte for
    /// byte.
    redirect_uri: Option<String>,
    /// The client's own, brought back as it came; at most 1024 bytes.
    state: Option<String>,
    /// The S256 challenge of the client's own verifier (RFC 7636): only who knows the verifier can exchange the code.
    code_challenge: Option<String>,
    /// Passed on, so that the provider can offer the right account.
    login_hint: Option<String>,
    /// Which callback the provider is told: `platform` for `/v1/auth/social/{provider}/callback`, `data_plane` for
    /// `/auth/callback/{provider}`.
    callback: SocialCallback,
    /// Of a link that a signed-in person began with `POST /v1/users/{user_id}/identities`; replaces all the others.
    ticket: Option<Secret>,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SocialCallback {
    #[default]
    Platform,
    DataPlane,
}

/// What a provider sends the browser back with. Providers add what they like; the rest is not looked at.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SocialCallbackQuery {
    /// As it was sent along (RFC 6749, section 4.1.2).
    state: Option<Secret>,
    /// The authorization code.
    code: Option<Secret>,
    /// The provider's own identifier (RFC 9207).
    iss: Option<String>,
    /// Why the provider sends nobody (RFC 6749, section 4.1.2.1).
    error: Option<String>,
    /// A name, as Apple sends it once.
    user: Option<String>,
}

/// The same as a form; `id_token` and the like are not looked at, because the browser could have made them up.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SocialCallbackForm {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    user: Option<String>,
}

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
    /// Where to put the tokens.
    #[serde(default)]
    transport: Transport,
}

impl From<SocialCallbackQuery> for ProviderAnswer {
    fn from(query: SocialCallbackQuery) -> Self {
        let SocialCallbackQuery { state, code, iss, error, user } = query;
        Self { state, code, issuer: iss, error, user }
    }
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [authorize_at_provider(), finish_at_callback(), finish_by_form(), exchange_hand_off()]
}

/// Sign in at a provider
///
/// For a browser to be sent to: it goes on to the provider, and comes back to `redirect_uri` with a `code` that is good for one
/// minute and one use. A cookie ties the way there to the way back.
#[endpoint(GET "/v1/auth/social/{provider}/authorize", id = "auth.social.authorize", errors = SocialError, limit = SignIn,
           silent = "nothing is known of anybody yet")]
async fn authorize_at_provider(cx: Public, provider: Named, query: Query<SocialAuthorizeQuery>) -> Reply<Redirect> {
    let SocialAuthorizeQuery { redirect_uri, state, code_challenge, login_hint, callback, ticket } = query.0;
    let callback = match callback {
        SocialCallback::Platform => Callback::Platform,
        SocialCallback::DataPlane => Callback::DataPlane,
    };
    let start = Start { slug: provider.0, redirect_uri, state, code_challenge, ticket, login_hint, callback };
    authorize::authorize(&cx, start).await
}

/// Come back from a provider
///
/// Where the provider sends the browser. What it answers is checked behind the person's back; then the browser goes on to the
/// application with `code` and `state`, or with `error`, `error_description` and `state`. An answer to no sign-in of this browser
/// is refused here and goes nowhere.
#[endpoint(GET "/v1/auth/social/{provider}/callback", id = "auth.social.callback", errors = SocialError, limit = SignIn)]
async fn finish_at_callback(cx: Public, provider: Named, query: Query<SocialCallbackQuery>) -> Reply<Redirect> {
    let location = callback::finish(&cx, &provider.0, query.0.into()).await?;
    redirect(&location)
}

/// Come back from a provider by form
///
/// For providers that answer by posting a form. Such a request comes from the provider's page and carries no cookie of ours, so the
/// browser is sent to the same address once more, by GET and with its cookie.
#[endpoint(POST "/v1/auth/social/{provider}/callback", id = "auth.social.form_post_callback", errors = SocialError, limit = SignIn,
           silent = "the browser is only sent on")]
async fn finish_by_form(cx: Public, provider: Named, form: Form<SocialCallbackForm>) -> Reply<Redirect> {
    let SocialCallbackForm { state, code, iss, error, user } = &form.0;
    let pairs = [("state", state), ("code", code), ("iss", iss), ("error", error), ("user", user)];
    redirect(&callback::by_query(&cx, &provider.0, &pairs.map(|(name, value)| (name, value.as_deref())))?)
}

/// Exchange a code for a session
///
/// The code of the redirect, once, within a minute, by the client that began. Answers what every sign-in answers: a session with its
/// tokens, or a flow that asks for more. Somebody new begins here: with the session of a guest, the guest becomes this person and keeps
/// their id.
#[endpoint(POST "/v1/auth/handoff", id = "auth.handoff", errors = SocialError, limit = SignIn)]
async fn exchange_hand_off(cx: MaybeSignedIn, body: Body<HandOffExchange>) -> Reply<SignInResult> {
    let HandOffExchange { code, code_verifier, device_token, transport } = body.0;
    let outcome = hand_off::exchange(&cx, &code, &code_verifier, device_token).await?;
    reply_platform(&cx, outcome, transport)
}
