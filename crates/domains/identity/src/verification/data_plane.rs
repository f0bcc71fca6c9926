//! `/api/v1`: proving an address, and changing to another.

use edge::{Body, Context, Endpoint, Failure, MaybeSignedIn, Public, Reply, SignedInWith, accepted, ok};
use kernel::{Secret, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    VerificationError, actions, change,
    platform::{SentView, VerificationMethod, received, send},
};
use crate::{
    challenges::ChallengeId,
    flows::{FlowId, LoginResult, data_plane_result},
    identifiers::EmailAddress,
    me::MeWrite,
};

/// A change that waits for its mailbox.
pub(super) struct PendingChange;

kernel::resource! { PendingChange, prefix: "pec", noun: "pending_change" }

/// A message that proves an address.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct VerificationBegin {
    /// Either email or phone. A signed-in person, and a sign-in that waits for it, may leave both out.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// A sign-in that waits for it: `details.flow_id` of its refusal.
    flow_id: Option<FlowId>,
    method: VerificationMethod,
    /// For links: one of the application's `redirect_uris`; without it, the hosted page.
    redirect_uri: Option<String>,
}

/// What the message held: `token`, or `challenge_id` and `code`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct VerificationComplete {
    token: Option<Secret>,
    challenge_id: Option<ChallengeId>,
    code: Option<Secret>,
    /// The sign-in that waits for it.
    flow_id: Option<FlowId>,
}

/// An address is proven.
#[derive(Serialize, JsonSchema)]
struct AddressVerified {
    /// What became of the sign-in that waited for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<LoginResult>,
}

/// An email address is proven.
#[derive(Serialize, JsonSchema)]
struct EmailVerified {
    email_verified: bool,
    /// What became of the sign-in that waited for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<LoginResult>,
}

/// Another email address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EmailChange {
    email: String,
    /// One of the application's `redirect_uris`, where the link leads with `token` in its query; without it, the hosted page.
    #[serde(default)]
    redirect_uri: Option<String>,
}

/// A change that waits.
#[derive(Serialize, JsonSchema)]
struct EmailChangePending {
    pending_change_id: TypedId<PendingChange>,
    expires_at: Timestamp,
}

/// What the link held.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EmailChangeProof {
    token: Secret,
}

/// The address is another one now.
#[derive(Serialize, JsonSchema)]
struct EmailChanged {
    email: Option<String>,
    email_verified: bool,
}

pub(super) fn endpoints() -> [Endpoint; 5] {
    [begin_verification(), complete_verification(), verify_email(), change_email(), confirm_email()]
}

/// Send a verification
///
/// To a mailbox or a phone. Without credentials the answer is the same, and one message goes out, whether or not anybody has the
/// address. A sign-in that waits always gets a code.
#[endpoint(POST "/api/v1/auth/verification/begin", id = "auth.verification.begin", errors = VerificationError, limit = SignIn)]
async fn begin_verification(cx: MaybeSignedIn, body: Body<VerificationBegin>) -> Reply<SentView> {
    let VerificationBegin { email, phone, flow_id, method, redirect_uri } = body.0;
    accepted(send(&cx, email, phone, flow_id, method, redirect_uri).await?)
}

/// Confirm a verification
///
/// Of a mailbox or a phone, with the token of the link or the code. Where a sign-in waited for it, the answer holds what became of it.
#[endpoint(POST "/api/v1/auth/verification/complete", id = "auth.verification.complete", errors = VerificationError, limit = SignIn)]
async fn complete_verification(cx: Public, body: Body<VerificationComplete>) -> Reply<AddressVerified> {
    ok(AddressVerified { login: confirm(&cx, body.0).await? })
}

/// Confirm an email address
///
/// With the token of the link, or the code. Where a sign-in waited for it, the answer holds what became of it.
#[endpoint(POST "/api/v1/auth/email/verify", id = "auth.email.verify", errors = VerificationError, limit = SignIn)]
async fn verify_email(cx: Public, body: Body<VerificationComplete>) -> Reply<EmailVerified> {
    ok(EmailVerified { email_verified: true, login: confirm(&cx, body.0).await? })
}

async fn confirm(cx: &Context, proof: VerificationComplete) -> Result<Option<LoginResult>, Failure> {
    let VerificationComplete { token, challenge_id, code, flow_id } = proof;
    let outcome = actions::confirm(cx, received(token, challenge_id, code)?, flow_id).await?;
    outcome.map(|outcome| data_plane_result(cx, outcome)).transpose()
}

/// Change one's own email address
///
/// Needs a session of two factors. Nothing changes until the link in the message to the new address is used; the old address is
/// told of both.
#[endpoint(POST "/api/v1/me/email/change", id = "me.email.change", errors = VerificationError)]
async fn change_email(cx: SignedInWith<MeWrite>, body: Body<EmailChange>) -> Reply<EmailChangePending> {
    let email: EmailAddress = body.0.email.parse().map_err(|error: crate::identifiers::IdentifierError| {
        kernel::Refusal::validation("email", "invalid", error.to_string())
    })?;
    let sent = change::request_change(&cx, cx.caller(), email, body.0.redirect_uri).await?;
    let id: kernel::Id<PendingChange> = kernel::Id::from_uuid(sent.challenge_id.uuid());
    accepted(EmailChangePending { pending_change_id: id.typed(), expires_at: sent.expires_at })
}

/// Confirm a changed email address
///
/// With the token of the link that was sent to the new address.
#[endpoint(POST "/api/v1/me/email/confirm", id = "me.email.confirm", errors = VerificationError, limit = SignIn)]
async fn confirm_email(cx: Public, body: Body<EmailChangeProof>) -> Reply<EmailChanged> {
    let user = change::confirm_change(&cx, &body.0.token).await?;
    let (email, email_verified) =
        user.primary_email.map_or((None, false), |email| (Some(email.address), email.verified_at.is_some()));
    ok(EmailChanged { email, email_verified })
}
