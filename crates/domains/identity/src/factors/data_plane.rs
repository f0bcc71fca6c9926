//! `/api/v1/auth/mfa` and the step-up: the same use cases with the data plane's names.

use edge::{
    At, Body, CanOn, Context, Endpoint, Listed, MaybeSignedIn, Nothing, OptionalBody, Paging, Public, Query, Reply,
    SignedIn, created, listed, no_content, ok,
};
use kernel::{Id, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    FactorError,
    enroller::Enroller,
    enrolment::{self, Activated},
    listing,
    model::Factor,
    platform::{first_proof, proof},
    removal,
    verification::{self, Challenged, Waiting},
    views::{DataPlaneEnrolmentView, DataPlaneFactorView, FactorCreate, shown_once},
};
use crate::{
    flows::{self, FlowId, LoginResult, data_plane_result, reply_data_plane},
    users::{User, UsersWrite},
};

/// Whose factors to list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FlowFactorsQuery {
    /// The handle of the pending sign-in.
    flow_id: FlowId,
}

/// The factor to begin with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MfaBegin {
    flow_id: FlowId,
    factor_id: Id<Factor>,
}

/// A second step that has begun.
#[derive(Serialize, JsonSchema)]
struct MfaBegun {
    /// A code is on its way to it, if it takes any.
    factor: DataPlaneFactorView,
    /// Of a passkey: what to hand to `navigator.credentials.get`.
    webauthn: Option<Value>,
}

/// A second factor, proven in one of three ways.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MfaComplete {
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
    /// Do not ask on this device for some days. The answer holds `device_token`.
    #[serde(default)]
    trust_device: bool,
}

/// The first proof of a new factor.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct EnrolmentComplete {
    /// The handle of the pending sign-in that asked for the enrolment.
    flow_id: Option<FlowId>,
    /// What the app shows, or the message said.
    code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.create` answered.
    credential: Option<Value>,
}

/// An active factor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FactorActivated")]
pub(super) struct ActivatedView {
    factor: DataPlaneFactorView,
    /// With the first factor, shown this once: each stands in for a factor one time.
    recovery_codes: Option<Vec<String>>,
    /// What became of the sign-in that waited for the factor.
    login: Option<LoginResult>,
}

/// What a session should reach.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct StepUp {
    /// The assurance level that is wanted: 2, if it is left out, or 3.
    aal: Option<u8>,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [
        list_flow_factors(),
        begin_factor(),
        complete_factor(),
        begin_enrolment(),
        complete_enrolment(),
        step_up(),
        reset_user_factors(),
    ]
}

/// List the factors of a pending sign-in
///
/// Those that count in it.
#[endpoint(GET "/api/v1/auth/mfa/factors", id = "auth.mfa.factors.list", errors = FactorError)]
async fn list_flow_factors(
    cx: Public,
    query: Query<FlowFactorsQuery>,
    page: Paging<Id<Factor>>,
) -> Reply<Listed<DataPlaneFactorView>> {
    let held = Waiting::of(&cx, query.0.flow_id).await?.held();
    listed(&cx, listing::page(held, &page.0))
}

/// Begin with a factor
///
/// A code is sent to a phone or mailbox, a passkey gets its challenge; an app and recovery codes need neither.
#[endpoint(POST "/api/v1/auth/mfa/begin", id = "auth.mfa.begin", errors = FactorError, limit = SignIn)]
async fn begin_factor(cx: Public, body: Body<MfaBegin>) -> Reply<MfaBegun> {
    let waiting = Waiting::of(&cx, body.0.flow_id).await?;
    let Challenged { factor, passkey_options } = verification::begin(&cx, &waiting, body.0.factor_id).await?;
    ok(MfaBegun { factor: factor.into(), webauthn: passkey_options })
}

/// Complete with a factor
///
/// Answers tokens. A code of an app is accepted once; after five wrong codes the pending sign-in is dead.
#[endpoint(POST "/api/v1/auth/mfa/complete", id = "auth.mfa.complete", errors = FactorError, limit = SignIn)]
async fn complete_factor(cx: Public, body: Body<MfaComplete>) -> Reply<LoginResult> {
    let MfaComplete { flow_id, factor_id, code, recovery_code, credential, trust_device } = body.0;
    let proof = proof(factor_id, code, recovery_code, credential)?;
    let outcome = verification::complete(&cx, flow_id, proof, trust_device).await?;
    reply_data_plane(&cx, outcome)
}

/// Enrol a factor
///
/// By whoever is signed in, or with the `flow_id` of a sign-in that answered `mfa_enrolment_required`.
#[endpoint(POST "/api/v1/auth/mfa/enrolments", id = "auth.mfa.enrolments.create", errors = FactorError, limit = SignIn)]
async fn begin_enrolment(cx: MaybeSignedIn, body: Body<FactorCreate>) -> Reply<DataPlaneEnrolmentView> {
    let enroller = Enroller::of(&cx, body.0.flow_id).await?;
    created(enrolment::begin(&cx, &enroller, body.0.new_factor()).await?)
}

/// Complete an enrolment
///
/// With a first code. The first factor brings recovery codes, shown this once; `login` says how a sign-in goes on that waited.
#[endpoint(POST "/api/v1/auth/mfa/enrolments/{factor_id}/complete", id = "auth.mfa.enrolments.complete", errors = FactorError, limit = SignIn)]
async fn complete_enrolment(cx: MaybeSignedIn, id: At<Factor>, body: Body<EnrolmentComplete>) -> Reply<ActivatedView> {
    let EnrolmentComplete { flow_id, code, credential } = body.0;
    let enroller = Enroller::of(&cx, flow_id).await?;
    let proof = first_proof(code, credential)?;
    let activated = enrolment::activate(&cx, enroller, *id, proof).await?;
    reply_activated(&cx, activated)
}

/// Raise the session
///
/// Answers a flow to complete with a second factor; then come new tokens with the raised `aal`.
#[endpoint(POST "/api/v1/auth/step-up", id = "auth.step_up", errors = FactorError)]
async fn step_up(cx: SignedIn, body: OptionalBody<StepUp>) -> Reply<LoginResult> {
    let wanted = verification::wanted_level(body.0.aal)?;
    let outcome = flows::step_up(&cx, cx.caller(), wanted).await?;
    reply_data_plane(&cx, outcome)
}

/// Reset a user's second factors
///
/// For somebody who lost them all: factors, passkeys and trusted devices go, sessions end, the person is told, and the next
/// sign-in enrols anew.
#[endpoint(POST "/api/v1/users/{user_id}/reset-mfa", id = "users.reset_mfa", errors = FactorError)]
async fn reset_user_factors(cx: CanOn<UsersWrite, User>) -> Reply<Nothing> {
    removal::reset(&cx, &cx.target).await?;
    no_content()
}

pub(super) fn reply_activated(cx: &Context, activated: Activated) -> Reply<ActivatedView> {
    let Activated { factor, recovery_codes, sign_in } = activated;
    let recovery_codes = recovery_codes.as_deref().map(shown_once);
    let view = |login| ActivatedView { factor: DataPlaneFactorView::own(factor), recovery_codes, login };
    match sign_in {
        None => ok(view(None)),
        Some(outcome) => ok(view(Some(data_plane_result(cx, outcome)?))),
    }
}
