//! `/v1/auth/mfa`: second factors of whoever is signed in, or of a sign-in that waits for one.

use edge::{
    At, Body, CanOn, Context, Endpoint, Failure, Listed, MaybeSignedIn, Nothing, OptionalBody, Paging, Query, Reply,
    SignedIn, Transport, created, listed, no_content, ok,
};
use kernel::{Id, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    FactorError,
    enroller::Enroller,
    enrolment::{self, Activated, FirstProof},
    listing,
    model::Factor,
    of_user, recovery_set, removal,
    verification::{self, Challenged, Proof, Waiting},
    views::{EnrolmentView, FactorCreate, FactorView, RecoveryCodesView, shown_once},
};
use crate::{
    flows::{FlowId, SignInResult, platform_result, reply_platform},
    users::{User, UsersWrite},
};

/// Whose factors to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct FactorListQuery {
    /// The handle of a pending sign-in: those that count in it. Without one, the session's own person's.
    flow_id: Option<FlowId>,
}

/// The first proof of a new factor.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct FactorActivation {
    /// The handle of the pending sign-in that asked for the enrolment.
    flow_id: Option<FlowId>,
    /// What the app shows, or the message said.
    code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.create` answered.
    credential: Option<Value>,
    /// Where to put the tokens, if the sign-in completes.
    transport: Transport,
}

/// An active factor.
#[derive(Serialize, JsonSchema)]
struct FactorActivated {
    factor: FactorView,
    /// With the first factor, shown this once: each stands in for a factor one time.
    recovery_codes: Option<Vec<String>>,
    /// What became of the sign-in that waited for the factor.
    sign_in: Option<SignInResult>,
}

/// The second step to begin.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct MfaChallenge {
    /// The handle of a pending sign-in. Without one a step-up of the session begins.
    flow_id: Option<FlowId>,
    /// Which factor to use; without one the factors to choose from are told.
    factor_id: Option<Id<Factor>>,
    /// The assurance level that a step-up wants: 2 or 3.
    aal: Option<u8>,
}

/// A second step that has begun.
#[derive(Serialize, JsonSchema)]
pub(super) struct MfaChallenged {
    flow_id: FlowId,
    /// The factors that count.
    factors: Vec<FactorView>,
    /// The chosen one: a code is on its way to it, if it takes any.
    factor: Option<FactorView>,
    /// Of a passkey: what to hand to `navigator.credentials.get`.
    webauthn: Option<Value>,
}

/// A second factor, proven in one of three ways.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MfaVerification {
    flow_id: FlowId,
    /// Which factor the code is of.
    #[serde(default)]
    factor_id: Option<Id<Factor>>,
    /// What the app shows, or the message said.
    #[serde(default)]
    code: Option<Secret>,
    /// One of the recovery codes, in the place of a factor.
    #[serde(default)]
    recovery_code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.get` answered.
    #[serde(default)]
    credential: Option<Value>,
    /// Do not ask on this device for some days. The answer holds `device_token`, or sets a cookie.
    #[serde(default)]
    trust_device: bool,
    /// Where to put the tokens.
    #[serde(default)]
    transport: Transport,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        list_factors(),
        create_factor(),
        activate_factor(),
        delete_factor(),
        begin_challenge(),
        verify_factor(),
        replace_recovery_codes(),
        reset_user_factors(),
    ]
}

/// List second factors
///
/// One's own, or, with `flow_id`, those that count in a pending sign-in.
#[endpoint(GET "/v1/auth/mfa/factors", id = "auth.mfa.factors.list", errors = FactorError)]
async fn list_factors(
    cx: MaybeSignedIn,
    query: Query<FactorListQuery>,
    page: Paging<Id<Factor>>,
) -> Reply<Listed<FactorView>> {
    let (held, view): (_, fn(_) -> FactorView) = match (query.0.flow_id, cx.session()) {
        (Some(id), _) => (Waiting::of(&cx, id).await?.held(), FactorView::from),
        (None, Some(caller)) => (of_user(&cx, Id::from_uuid(caller.user_id)).await?, FactorView::own),
        (None, None) => return Err(FactorError::FlowRequired.into()),
    };
    listed(&cx, listing::page(held, &page.0).map(view))
}

/// Enrol a second factor
///
/// An authenticator app gets its key here, once, as text, URI and QR code; a phone or mailbox gets a code. Then activate it. Who
/// has a factor already proves one lately first (`step_up_required`). A sign-in that answered `mfa_enrolment_required` sends its
/// `flow_id`.
#[endpoint(POST "/v1/auth/mfa/factors", id = "auth.mfa.factors.create", errors = FactorError, limit = SignIn)]
async fn create_factor(cx: MaybeSignedIn, body: Body<FactorCreate>) -> Reply<EnrolmentView> {
    let enroller = Enroller::of(&cx, body.0.flow_id).await?;
    created(enrolment::begin(&cx, &enroller, body.0.new_factor()).await?)
}

/// Activate a second factor
///
/// With a first code. The first factor brings recovery codes, shown this once. A sign-in that waited for the factor goes on:
/// `sign_in` says how.
#[endpoint(POST "/v1/auth/mfa/factors/{factor_id}/activate", id = "auth.mfa.factors.activate", errors = FactorError, limit = SignIn)]
async fn activate_factor(cx: MaybeSignedIn, id: At<Factor>, body: Body<FactorActivation>) -> Reply<FactorActivated> {
    let FactorActivation { flow_id, code, credential, transport } = body.0;
    let enroller = Enroller::of(&cx, flow_id).await?;
    let proof = first_proof(code, credential)?;
    let Activated { factor, recovery_codes, sign_in } = enrolment::activate(&cx, enroller, *id, proof).await?;
    let recovery_codes = recovery_codes.as_deref().map(shown_once);
    let activated = |sign_in| FactorActivated { factor: FactorView::own(factor), recovery_codes, sign_in };
    match sign_in {
        None => ok(activated(None)),
        Some(outcome) => platform_result(&cx, outcome, transport, |sign_in| activated(Some(sign_in))),
    }
}

/// Remove a second factor
///
/// Needs a second factor proven lately (`step_up_required`). Where the application requires one, the last stays.
#[endpoint(DELETE "/v1/auth/mfa/factors/{factor_id}", id = "auth.mfa.factors.delete", errors = FactorError)]
async fn delete_factor(cx: SignedIn, id: At<Factor>) -> Reply<Nothing> {
    removal::remove(&cx, cx.caller(), *id).await?;
    no_content()
}

/// Begin a second step
///
/// For a pending sign-in, or, without `flow_id`, to raise the session. With `factor_id` a code is sent, or a passkey's challenge
/// made; an app and recovery codes need neither.
#[endpoint(POST "/v1/auth/mfa/challenge", id = "auth.mfa.challenge", errors = FactorError, limit = SignIn)]
async fn begin_challenge(cx: MaybeSignedIn, body: OptionalBody<MfaChallenge>) -> Reply<MfaChallenged> {
    let MfaChallenge { flow_id, factor_id, aal } = body.0;
    let waiting = match (flow_id, cx.session()) {
        (Some(id), _) => Waiting::of(&cx, id).await?,
        (None, Some(caller)) => Waiting::step_up(&cx, caller, aal).await?,
        (None, None) => return Err(FactorError::FlowRequired.into()),
    };
    ok(challenge(&cx, waiting, factor_id).await?)
}

/// The second step of a waiting sign-in, begun with the chosen factor, if one is chosen.
pub(super) async fn challenge(
    cx: &Context,
    waiting: Waiting,
    chosen: Option<Id<Factor>>,
) -> Result<MfaChallenged, Failure> {
    let chosen = match chosen {
        Some(id) => Some(verification::begin(cx, &waiting, id).await?),
        None => None,
    };
    let (factor, webauthn) = match chosen {
        Some(Challenged { factor, passkey_options }) => (Some(FactorView::from(factor)), passkey_options),
        None => (None, None),
    };
    let flow_id = waiting.id();
    let factors = waiting.factors.into_iter().map(FactorView::from).collect();
    Ok(MfaChallenged { flow_id, factors, factor, webauthn })
}

/// Verify a second factor
///
/// Completes the second step: tokens with the raised `aal`. A code of an app is accepted once. After five wrong codes the pending
/// sign-in is dead, and an account takes only so many a day (`too_many_tries`).
#[endpoint(POST "/v1/auth/mfa/verify", id = "auth.mfa.verify", errors = FactorError, limit = SignIn)]
async fn verify_factor(cx: MaybeSignedIn, body: Body<MfaVerification>) -> Reply<SignInResult> {
    let MfaVerification { flow_id, factor_id, code, recovery_code, credential, trust_device, transport } = body.0;
    let proof = proof(factor_id, code, recovery_code, credential)?;
    let outcome = verification::complete(&cx, flow_id, proof, trust_device).await?;
    reply_platform(&cx, outcome, transport)
}

/// Get a new set of recovery codes
///
/// Ten, shown this once; the old set is void. Needs a second factor proven lately (`step_up_required`).
#[endpoint(POST "/v1/auth/mfa/recovery-codes", id = "auth.mfa.recovery_codes.create", errors = FactorError)]
async fn replace_recovery_codes(cx: SignedIn) -> Reply<RecoveryCodesView> {
    let Enroller { user, held, .. } = Enroller::signed_in(&cx, cx.caller()).await?;
    created(recovery_set::regenerate(&cx, &user, &held).await?)
}

/// Reset a user's second factors
///
/// For somebody who lost them all: factors, passkeys and trusted devices go, sessions end, the person is told, and the next
/// sign-in enrols anew.
#[endpoint(DELETE "/v1/users/{user_id}/mfa", id = "users.mfa.delete", errors = FactorError)]
async fn reset_user_factors(cx: CanOn<UsersWrite, User>) -> Reply<Nothing> {
    removal::reset(&cx, &cx.target).await?;
    no_content()
}

/// What proves a new factor: one thing.
pub(super) fn first_proof(code: Option<Secret>, credential: Option<Value>) -> Result<FirstProof, FactorError> {
    match (code, credential) {
        (Some(code), None) => Ok(FirstProof::Code(code)),
        (None, Some(credential)) => Ok(FirstProof::Credential(credential)),
        _ => Err(FactorError::ProofRequired),
    }
}

/// What proves a factor that one has: one thing.
pub(crate) fn proof(
    factor: Option<Id<Factor>>,
    code: Option<Secret>,
    recovery_code: Option<Secret>,
    credential: Option<Value>,
) -> Result<Proof, FactorError> {
    match (factor, code, recovery_code, credential) {
        (Some(factor), Some(code), None, None) => Ok(Proof::Code { factor, code }),
        (_, None, Some(code), None) => Ok(Proof::Recovery(code)),
        (_, None, None, Some(credential)) => Ok(Proof::Passkey(credential)),
        _ => Err(FactorError::ProofRequired),
    }
}
