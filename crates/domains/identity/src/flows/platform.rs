//! `/v1`: what every door answers, and the flow itself.

use edge::{At, Context, Endpoint, Public, Reply, Transport, TrustedDeviceCookie, ok};
use kernel::Timestamp;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Completed, Flow, FlowError, FlowId, Outcome, State, actions, actions::Pending};
use crate::{
    factors::{FactorFacts, FactorKind, FactorView},
    sessions::{TokensView, with_tokens},
    users::{User, UserView},
};

/// What became of a sign-in; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignInResult {
    /// Signed in.
    Complete(Box<SignInComplete>),
    /// A second factor is asked for: `POST /v1/auth/mfa/challenge`, then `POST /v1/auth/mfa/verify`.
    MfaRequired(SignInPending),
    /// A second factor must be enrolled first: `POST /v1/auth/mfa/factors`.
    MfaEnrolmentRequired(SignInPending),
    /// The email address must be proven first: `POST /v1/auth/verifications`.
    VerificationRequired(SignInPending),
    /// Another password must be set first: `POST /v1/auth/password/reset`.
    PasswordResetRequired(SignInPending),
    /// A captcha must be solved first: `POST /v1/auth/flows/{flow_id}/captcha`.
    CaptchaRequired(SignInPending),
    /// The application wants some answers first: `POST /v1/profile/progress`.
    ProfileRequired(SignInPending),
}

/// A session, its tokens and its user.
#[derive(Serialize, JsonSchema)]
pub struct SignInComplete {
    user: UserView,
    #[serde(flatten)]
    tokens: TokensView,
    /// Send it with later sign-ins: this device is not asked for a second factor. In cookie mode it is in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

/// A sign-in that waits.
#[derive(Serialize, JsonSchema)]
pub struct SignInPending {
    flow: FlowView,
}

/// A sign-in that is not finished.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Flow")]
struct FlowView {
    /// Whoever holds it may go on: keep it as you would a password.
    id: FlowId,
    expires_at: Timestamp,
    /// The second factors to choose from.
    factors: Vec<FactorView>,
    /// The kinds of second factors that may be enrolled.
    enrollable: Vec<FactorKind>,
}

impl FlowView {
    fn new(flow: &Flow, factors: Vec<FactorFacts>, enrollable: Vec<FactorKind>) -> Self {
        Self {
            id: flow.id,
            expires_at: flow.expires_at,
            factors: factors.into_iter().map(FactorView::from).collect(),
            enrollable,
        }
    }
}

impl SignInResult {
    fn complete(user: User, tokens: TokensView, device_token: Option<String>) -> Self {
        Self::Complete(Box::new(SignInComplete { user: UserView::from(user).for_the_person(), tokens, device_token }))
    }

    fn pending(pending: Pending) -> Result<Self, FlowError> {
        let Pending { flow, state, factors, enrollable, .. } = pending;
        let waiting = SignInPending { flow: FlowView::new(&flow, factors, enrollable) };
        Ok(match state {
            State::Captcha => Self::CaptchaRequired(waiting),
            State::SecondFactor => Self::MfaRequired(waiting),
            State::Enrolment => Self::MfaEnrolmentRequired(waiting),
            State::Verification => Self::VerificationRequired(waiting),
            State::PasswordReset => Self::PasswordResetRequired(waiting),
            State::Profile => Self::ProfileRequired(waiting),
            State::Refused => return Err(FlowError::RiskRefused),
            // The last step was taken elsewhere meanwhile.
            State::Complete => return Err(FlowError::NotFound),
        })
    }
}

/// The same answer for every door of `/v1`.
pub fn reply_platform(cx: &Context, outcome: Outcome, transport: Transport) -> Reply<SignInResult> {
    platform_result(cx, outcome, transport, |result| result)
}

/// The same, within another view.
pub fn platform_result<T>(
    cx: &Context,
    outcome: Outcome,
    transport: Transport,
    view: impl FnOnce(SignInResult) -> T,
) -> Reply<T> {
    match outcome {
        Outcome::Complete(completed) => {
            let Completed { user, opened, device, .. } = *completed;
            let (cookie, token) = match (device, transport) {
                (Some((token, lifetime)), Transport::Cookie) => (TrustedDeviceCookie::set(cx, &token, lifetime), None),
                (Some((token, _)), Transport::Bearer) => (None, Some(token.reveal().to_owned())),
                (None, _) => (None, None),
            };
            let reply = with_tokens(cx, opened, transport, |tokens| view(SignInResult::complete(user, tokens, token)))?;
            Ok(reply.headers(cookie))
        }
        Outcome::Pending(pending) => ok(view(SignInResult::pending(*pending)?)),
    }
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [get_flow()]
}

/// Get a pending sign-in
///
/// What it waits for. The handle is the credential.
#[endpoint(GET "/v1/auth/flows/{flow_id}", id = "auth.flows.get", errors = FlowError, limit = SignIn)]
async fn get_flow(cx: Public, id: At<Flow>) -> Reply<SignInResult> {
    let outcome = actions::look(&cx, *id).await?;
    reply_platform(&cx, outcome, Transport::Bearer)
}
