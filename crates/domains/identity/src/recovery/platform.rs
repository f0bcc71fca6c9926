//! `/v1/auth/password/forgot` and `/v1/auth/password/reset`.

use edge::{Body, Endpoint, Public, Reply, Transport, accepted};
use kernel::{Patch, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Forgetful, Forgotten, RecoveryError, ResetProof, actions};
use crate::{
    challenges::ChallengeId,
    flows::{FlowId, SignInResult, reply_platform},
    passwordless::contact,
    users::input,
};

/// Who has forgotten their password.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Forgot {
    /// Either email or phone. A mailbox gets a link, a phone a code.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// One of the application's `redirect_uris`, where the link leads with `token` in its query; without it, the application's
    /// own page for it, or the hosted one.
    redirect_url: Option<String>,
    /// The language of the message (BCP 47).
    locale: Patch<String>,
    /// A solved captcha, where the application asks for one.
    pub(crate) captcha_token: Option<Secret>,
}

impl Forgot {
    pub(crate) fn read(self) -> Result<Forgetful, kernel::Refusal> {
        Ok(Forgetful {
            contact: contact(self.email, self.phone)?,
            landing: self.redirect_url,
            locale: input::locale("locale", self.locale)?.apply(None),
            captcha: self.captcha_token,
        })
    }
}

/// A message is on its way. The same whether or not there is an account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PasswordResetSent")]
pub(crate) struct ForgottenView {
    /// `sent`.
    state: &'static str,
    /// Redeems a code together with it.
    challenge_id: ChallengeId,
    expires_at: Timestamp,
}

impl From<Forgotten> for ForgottenView {
    fn from(forgotten: Forgotten) -> Self {
        Self { state: "sent", challenge_id: forgotten.challenge_id, expires_at: forgotten.expires_at }
    }
}

/// A new password, and what lets one set it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reset {
    /// Of the link.
    token: Option<Secret>,
    /// With `code`, of a text message.
    challenge_id: Option<ChallengeId>,
    code: Option<Secret>,
    /// A sign-in that waits for another password.
    flow_id: Option<FlowId>,
    new_password: Option<Secret>,
    device_token: Option<Secret>,
    /// Where to put the tokens.
    pub(crate) transport: Transport,
}

/// What [`Reset`] says, read strictly.
pub(crate) struct ResetAttempt {
    pub(crate) proof: ResetProof,
    pub(crate) password: Secret,
    pub(crate) device_token: Option<Secret>,
}

impl Reset {
    pub(crate) fn read(self) -> Result<ResetAttempt, kernel::Refusal> {
        let proof = match (self.token, self.challenge_id, self.code, self.flow_id) {
            (Some(token), None, None, None) => ResetProof::Token(token),
            (None, Some(id), Some(code), None) => ResetProof::Code(id, code),
            (None, None, None, Some(flow)) => ResetProof::Flow(flow),
            _ => return Err(RecoveryError::ProofRequired.into()),
        };
        let password = self
            .new_password
            .ok_or_else(|| kernel::Refusal::validation("new_password", "required", "This field is required."))?;
        Ok(ResetAttempt { proof, password, device_token: self.device_token })
    }
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [forgot(), reset()]
}

/// Ask for a new password
///
/// A link by mail, or a code by text message. The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/v1/auth/password/forgot", id = "auth.password.forgot", errors = RecoveryError, limit = SignIn)]
async fn forgot(cx: Public, body: Body<Forgot>) -> Reply<ForgottenView> {
    accepted(ForgottenView::from(actions::forgot(&cx, body.0.read()?).await?))
}

/// Set a new password
///
/// With what the message holds, once. All sessions end. A second factor is asked for as at any sign-in.
#[endpoint(POST "/v1/auth/password/reset", id = "auth.password.reset", errors = RecoveryError, limit = SignIn)]
async fn reset(cx: Public, body: Body<Reset>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let ResetAttempt { proof, password, device_token } = body.0.read()?;
    let outcome = actions::reset(&cx, proof, &password, device_token).await?;
    reply_platform(&cx, outcome, transport)
}
