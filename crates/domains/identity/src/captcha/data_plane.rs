//! `/api/v1/auth/captcha`: the same with the data plane's names.

use edge::{Body, Endpoint, Public, Reply, ok};
use kernel::Secret;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CaptchaError, actions, platform::CaptchaChallenge};
use crate::flows::{FlowId, LoginResult, reply_data_plane};

/// A solved captcha, and the sign-in that waits for it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CaptchaComplete {
    /// `details.flow_id` of the refusal `captcha_required`.
    flow_id: FlowId,
    /// What the provider's widget gave, or `{challenge}:{number}` of the built-in one.
    captcha_token: Secret,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [begin_captcha(), complete_captcha()]
}

/// Get a captcha to solve
///
/// The built-in one: a proof of work. Each is good for one request.
#[endpoint(
    POST "/api/v1/auth/captcha/begin",
    id = "auth.captcha.begin",
    errors = CaptchaError,
    limit = SignIn,
    silent = "Nothing is written: the challenge is signed, not stored."
)]
async fn begin_captcha(cx: Public) -> Reply<CaptchaChallenge> {
    ok(CaptchaChallenge::new(&cx)?)
}

/// Solve the captcha of a pending sign-in
///
/// The same outcomes as a sign-in with a password.
#[endpoint(POST "/api/v1/auth/captcha/complete", id = "auth.captcha.complete", errors = CaptchaError, limit = SignIn)]
async fn complete_captcha(cx: Public, body: Body<CaptchaComplete>) -> Reply<LoginResult> {
    let outcome = actions::solve(&cx, body.0.flow_id, &body.0.captcha_token).await?;
    reply_data_plane(&cx, outcome)
}
