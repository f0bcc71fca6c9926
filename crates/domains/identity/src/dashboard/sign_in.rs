//! Signing in to the dashboard: the first step, and the second by the same call.

use edge::{Body, Endpoint, Failure, Open, Reply, Transport};
use kernel::{Id, Refusal, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    auth::{self, Attempt, AuthError, Identifier, required},
    factors::{self, Factor, Proof},
    flows::{FlowId, SignInResult, reply_platform},
};

/// Who signs in to the dashboard: `email` and `password` first, `flow_id` with a second factor where the answer asks for one.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountSignIn {
    email: Option<String>,
    password: Option<Secret>,
    /// What a device keeps that was trusted before: it stands in for the second factor.
    device_token: Option<Secret>,
    /// A solved captcha, where one is asked for.
    captcha_token: Option<Secret>,
    /// The sign-in that waits for a second factor.
    flow_id: Option<FlowId>,
    /// Which factor the code is of.
    factor_id: Option<Id<Factor>>,
    /// What the app shows, or the message said.
    code: Option<Secret>,
    /// One of the recovery codes, in the place of a factor.
    recovery_code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.get` answered.
    credential: Option<Value>,
    /// Do not ask on this device for some days. The answer holds `device_token`, or sets a cookie.
    trust_device: bool,
    /// Where to put the tokens.
    transport: Transport,
}

/// What is proven with one call.
enum Step {
    First(Attempt),
    Second { flow: FlowId, proof: Proof, trust_device: bool },
}

impl AccountSignIn {
    fn read(self) -> Result<Step, Failure> {
        let Some(flow) = self.flow_id else {
            if self.factor_id.is_some()
                || self.code.is_some()
                || self.recovery_code.is_some()
                || self.credential.is_some()
                || self.trust_device
            {
                return Err(Refusal::validation("flow_id", "required", "A second factor goes with its flow_id.").into());
            }
            return Ok(Step::First(Attempt {
                identifier: Identifier::one_of(self.email, None, None)?,
                password: required(self.password)?,
                device_token: self.device_token,
                captcha: self.captcha_token,
            }));
        };
        if self.email.is_some() || self.password.is_some() || self.device_token.is_some() {
            let refusal = Refusal::validation("flow_id", "conflict", "Send flow_id, or email and password.");
            return Err(refusal.into());
        }
        let proof = factors::proof(self.factor_id, self.code, self.recovery_code, self.credential)?;
        Ok(Step::Second { flow, proof, trust_device: self.trust_device })
    }
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [sign_in()]
}

/// Sign in to the dashboard
///
/// With a password. The tokens speak for the account in every application of its teams. Where the account has a second factor the
/// answer is `mfa_required`: the same call, with the `flow_id` and the factor's `code`, a `recovery_code` or a passkey's `credential`,
/// goes on. What needs sending or signing first begins with `POST /v1/dashboard/sign-in/challenge`.
#[endpoint(POST "/v1/dashboard/sign-in", id = "dashboard.sign_in", errors = AuthError, limit = SignIn)]
async fn sign_in(cx: Open, body: Body<AccountSignIn>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let outcome = match body.0.read()? {
        Step::First(attempt) => auth::sign_in(&cx, attempt).await?,
        Step::Second { flow, proof, trust_device } => factors::complete(&cx, flow, proof, trust_device).await?,
    };
    reply_platform(&cx, outcome, transport)
}
