//! `/api/v1`: the same answers with the data plane's names.

use edge::{Context, Failure, Reply, ok, refuse};
use kernel::{Refusal, TypedId};
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::settings_of;

use super::{Completed, Flow, FlowError, Outcome, State, actions::Pending, due};
use crate::{
    captcha::CaptchaError,
    factors::{DataPlaneFactorView, FactorKind},
    identifiers::Contact,
    sessions::{DataPlaneSessionView, Opened},
    users::User,
};

/// What became of a sign-in; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LoginResult {
    /// Signed in.
    Success(Box<LoginSuccess>),
    /// A second factor is asked for: `POST /api/v1/auth/mfa/begin`.
    MfaRequired(LoginPending),
    /// A second factor must be enrolled first: `POST /api/v1/auth/mfa/enrolments`.
    MfaEnrolmentRequired(LoginPending),
    /// The application wants some answers first.
    ProfileRequired(LoginPending),
}

/// A session and its tokens.
#[derive(Serialize, JsonSchema)]
pub struct LoginSuccess {
    session: DataPlaneSessionView,
    /// A JWT: verify it with `/.well-known/jwks.json`.
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    /// Good for one use.
    refresh_token: String,
    /// Send it with later sign-ins: this device is not asked for a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

/// A sign-in that waits.
#[derive(Serialize, JsonSchema)]
pub struct LoginPending {
    /// Whoever holds it may go on: keep it as you would a password.
    flow_id: TypedId<Flow>,
    /// The second factors to choose from.
    available_factors: Vec<DataPlaneFactorView>,
    /// The kinds of second factors that may be enrolled.
    enrollable: Vec<FactorKind>,
}

impl LoginSuccess {
    fn of(cx: &Context, opened: Opened, device_token: Option<String>) -> Self {
        Self {
            session: DataPlaneSessionView::of(cx, opened.session),
            access_token: opened.access_token.reveal().to_owned(),
            token_type: "Bearer",
            expires_in: opened.access_lifetime.as_secs(),
            refresh_token: opened.refresh_token.reveal().to_owned(),
            device_token,
        }
    }
}

impl LoginResult {
    /// What the contract has as an error names the flow in its details: it goes on as any other.
    fn pending(cx: &Context, pending: Pending) -> Result<Self, Failure> {
        let Pending { flow, state, user, factors, enrollable } = pending;
        let flow_id = flow.id.typed();
        let refused = |error: Refusal| Err(refuse(error.with_flow(flow_id.to_string())));
        let waiting = LoginPending {
            flow_id,
            available_factors: factors.into_iter().map(DataPlaneFactorView::from).collect(),
            enrollable,
        };
        Ok(match state {
            State::SecondFactor => Self::MfaRequired(waiting),
            State::Enrolment => Self::MfaEnrolmentRequired(waiting),
            State::Profile => Self::ProfileRequired(waiting),
            State::Verification => return refused(unverified(cx, &user).into()),
            State::PasswordReset => return refused(FlowError::PasswordMustBeReset.into()),
            State::Captcha => return refused(CaptchaError::Required.into()),
            State::Refused => return Err(FlowError::RiskRefused.into()),
            State::Complete => return Err(FlowError::NotFound.into()),
        })
    }
}

/// Which address a sign-in waits for.
fn unverified(cx: &Context, user: &User) -> FlowError {
    match due(&settings_of(cx.tenant()).sign_in, user) {
        Some(Contact::Phone(_)) => FlowError::PhoneUnverified,
        Some(Contact::Email(_)) | None => FlowError::EmailUnverified,
    }
}

/// The same answer for every door of `/api/v1`.
pub fn reply_data_plane(cx: &Context, outcome: Outcome) -> Reply<LoginResult> {
    ok(data_plane_result(cx, outcome)?)
}

/// The same, for another view.
pub fn data_plane_result(cx: &Context, outcome: Outcome) -> Result<LoginResult, Failure> {
    match outcome {
        Outcome::Complete(completed) => {
            let Completed { opened, device, .. } = *completed;
            let device_token = device.map(|(token, _)| token.reveal().to_owned());
            Ok(LoginResult::Success(Box::new(LoginSuccess::of(cx, opened, device_token))))
        }
        Outcome::Pending(pending) => LoginResult::pending(cx, *pending),
    }
}
