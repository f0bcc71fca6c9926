//! `/api/v1/auth/webauthn`: the same sign-in with the data plane's names.

use edge::{Body, Endpoint, Public, Reply, ok};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    PasskeyError, authenticating,
    input::AssertionInput,
    options::{AuthenticationView, LIFETIME},
};
use crate::flows::{LoginResult, reply_data_plane};

/// A passkey that signed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WebauthnComplete {
    /// What `navigator.credentials.get` gave, by its `toJSON`.
    credential: AssertionInput,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [begin(), complete()]
}

/// Begin to sign in with a passkey
///
/// Request options for the browser, good for five minutes and once, the same for everyone.
#[endpoint(POST "/api/v1/auth/webauthn/begin", id = "auth.webauthn.begin", errors = PasskeyError, limit = SignIn,
    silent = "a challenge that nobody has answered yet")]
async fn begin(cx: Public) -> Reply<AuthenticationView> {
    let options = authenticating::begin(&cx).await?;
    ok(AuthenticationView { options, expires_at: cx.now() + LIFETIME })
}

/// Sign in with a passkey
///
/// The same outcomes as with a password.
#[endpoint(POST "/api/v1/auth/webauthn/complete", id = "auth.webauthn.complete", errors = PasskeyError, limit = SignIn)]
async fn complete(cx: Public, body: Body<WebauthnComplete>) -> Reply<LoginResult> {
    let outcome = authenticating::complete(&cx, &body.0.credential.read()?, None).await?;
    reply_data_plane(&cx, outcome)
}
