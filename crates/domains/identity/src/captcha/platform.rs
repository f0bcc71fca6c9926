//! `/v1/auth/captcha`, and the step of a flow that waits for a captcha.

use edge::{At, Body, Context, Endpoint, Public, Reply, Transport, created};
use kernel::{Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaptchaError, actions};
use crate::flows::{Flow, SignInResult, reply_platform};

/// A sum to be solved.
#[derive(Serialize, JsonSchema)]
pub(super) struct CaptchaChallenge {
    /// Find a number so that the SHA-256 of `{challenge}:{number}` begins with `difficulty_bits` zero bits. That text is the
    /// `captcha_token`.
    challenge: String,
    difficulty_bits: u8,
    expires_at: Timestamp,
}

/// A solved captcha.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CaptchaSolution {
    /// What the provider's widget gave, or `{challenge}:{number}` of the built-in one.
    captcha_token: Secret,
    /// Where to put the tokens, should nothing more be asked for.
    #[serde(default)]
    transport: Transport,
}

impl CaptchaChallenge {
    pub(super) fn new(cx: &Context) -> Result<Self, CaptchaError> {
        let (challenge, difficulty_bits, expires_at) = actions::challenge(cx)?;
        Ok(Self { challenge, difficulty_bits, expires_at })
    }
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [create_captcha(), solve_captcha()]
}

/// Get a captcha to solve
///
/// The built-in one: a proof of work, which the browser does without asking anybody else. Each is good for one request.
#[endpoint(
    POST "/v1/auth/captcha",
    id = "auth.captcha.create",
    errors = CaptchaError,
    limit = SignIn,
    silent = "Nothing is written: the challenge is signed, not stored."
)]
async fn create_captcha(cx: Public) -> Reply<CaptchaChallenge> {
    created(CaptchaChallenge::new(&cx)?)
}

/// Solve the captcha of a pending sign-in
///
/// Where its state is `captcha_required`. Answers what the sign-in waits for next, or the session.
#[endpoint(POST "/v1/auth/flows/{flow_id}/captcha", id = "auth.flows.captcha", errors = CaptchaError, limit = SignIn)]
async fn solve_captcha(cx: Public, id: At<Flow>, body: Body<CaptchaSolution>) -> Reply<SignInResult> {
    let outcome = actions::solve(&cx, *id, &body.0.captcha_token).await?;
    reply_platform(&cx, outcome, body.0.transport)
}
