//! `/v1/auth/verifications`.

use edge::{Body, Context, Endpoint, Failure, MaybeSignedIn, Reply, Transport, accepted, ok};
use kernel::{Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    VerificationError,
    actions::{self, Received, Request, Sent, Whose},
};
use crate::{
    challenges::ChallengeId,
    flows::{FlowId, SignInResult, platform_result},
    passwordless::contact,
};

/// A message that proves an address.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct VerificationRequest {
    /// Either email or phone. A signed-in person, and a sign-in that waits for it, may leave both out for their own email address.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// A sign-in that waits for it.
    flow_id: Option<FlowId>,
    method: VerificationMethod,
    /// One of the application's `redirect_uris`, where the link leads with `token` in its query; without it, the hosted page.
    redirect_url: Option<String>,
}

/// How an address is proven. Phones always get a code.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum VerificationMethod {
    #[default]
    Link,
    Code,
}

/// A message is on its way.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "VerificationSent")]
pub(super) struct SentView {
    /// `sent`.
    state: &'static str,
    /// Redeems a code together with it.
    challenge_id: ChallengeId,
    expires_at: Timestamp,
}

impl From<Sent> for SentView {
    fn from(sent: Sent) -> Self {
        Self { state: "sent", challenge_id: sent.challenge_id, expires_at: sent.expires_at }
    }
}

/// What the message held: `token`, or `challenge_id` and `code`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct VerificationProof {
    token: Option<Secret>,
    challenge_id: Option<ChallengeId>,
    code: Option<Secret>,
    /// The sign-in that waits for it.
    flow_id: Option<FlowId>,
    /// Where to put the tokens, where a sign-in is complete with this.
    transport: Transport,
}

/// An address is proven.
#[derive(Serialize, JsonSchema)]
struct Verified {
    /// `verified`.
    state: &'static str,
    /// What became of the sign-in that waited for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignInResult>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [create_verification(), confirm_verification()]
}

/// Send a verification
///
/// To a mailbox or a phone. Without credentials the answer is the same, and one message goes out, whether or not anybody has the
/// address.
#[endpoint(POST "/v1/auth/verifications", id = "auth.verifications.create", errors = VerificationError, limit = SignIn)]
async fn create_verification(cx: MaybeSignedIn, body: Body<VerificationRequest>) -> Reply<SentView> {
    let VerificationRequest { email, phone, flow_id, method, redirect_url } = body.0;
    accepted(send(&cx, email, phone, flow_id, method, redirect_url).await?)
}

/// Confirm a verification
///
/// With the token of the link, or the code. Where a sign-in waited for it, the answer holds what became of it.
#[endpoint(POST "/v1/auth/verifications/confirm", id = "auth.verifications.confirm", errors = VerificationError, limit = SignIn)]
async fn confirm_verification(cx: edge::Public, body: Body<VerificationProof>) -> Reply<Verified> {
    let VerificationProof { token, challenge_id, code, flow_id, transport } = body.0;
    let outcome = actions::confirm(&cx, received(token, challenge_id, code)?, flow_id).await?;
    match outcome {
        None => ok(Verified { state: "verified", sign_in: None }),
        Some(outcome) => {
            platform_result(&cx, outcome, transport, |sign_in| Verified { state: "verified", sign_in: Some(sign_in) })
        }
    }
}

/// Whose address it is follows from what comes along: a flow, a session, or neither.
pub(super) async fn send(
    cx: &Context,
    email: Option<String>,
    phone: Option<String>,
    flow_id: Option<FlowId>,
    method: VerificationMethod,
    landing: Option<String>,
) -> Result<SentView, Failure> {
    let is_named = email.is_some() || phone.is_some();
    let whose = match flow_id {
        Some(id) => Whose::Flow(id),
        None if cx.session().is_some() => Whose::Caller,
        None => Whose::Anyone,
    };
    let contact = if is_named || matches!(whose, Whose::Anyone) { Some(contact(email, phone)?) } else { None };
    let request = Request { whose, contact, by_code: method == VerificationMethod::Code, landing };
    Ok(SentView::from(actions::send(cx, request).await?))
}

pub(super) fn received(
    token: Option<Secret>,
    challenge_id: Option<ChallengeId>,
    code: Option<Secret>,
) -> Result<Received, VerificationError> {
    match (token, challenge_id, code) {
        (Some(token), None, None) => Ok(Received::Token(token)),
        (None, Some(id), Some(code)) => Ok(Received::Code(id, code)),
        _ => Err(VerificationError::ProofRequired),
    }
}
