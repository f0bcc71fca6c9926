//! `/v1/dashboard/account/factors`: second factors of dashboard accounts, which are users of the console's tenant and reach it
//! through its own endpoints only.

use edge::{Account, At, Body, Endpoint, Nothing, Open, OptionalBody, Reply, created, no_content, ok};
use kernel::{Id, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    FactorError,
    enroller::Enroller,
    enrolment::{self, Activated, NewFactor},
    model::{Factor, FactorKind},
    platform::{self, MfaChallenged, first_proof},
    recovery_set, removal,
    verification::Waiting,
    views::{EnrolmentView, FactorView, RecoveryCodesView, shown_once},
};
use crate::flows::FlowId;

/// The second step of a dashboard sign-in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccountChallenge {
    /// What the sign-in answered.
    flow_id: FlowId,
    /// Which factor to use; without one the factors to choose from are told.
    #[serde(default)]
    factor_id: Option<Id<Factor>>,
}

/// The second step of a dashboard session that wants more.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountStepUp {
    /// Which factor to use; without one the factors to choose from are told.
    factor_id: Option<Id<Factor>>,
}

/// A factor to enrol for one's dashboard account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccountFactorCreate {
    kind: FactorKind,
    /// For your own lists; at most 60 characters.
    #[serde(default)]
    name: Option<String>,
    /// Where codes go: a phone number (E.164) or an email address. Your own, if you leave it out.
    #[serde(default)]
    address: Option<String>,
}

/// The first proof of a new factor.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountFactorActivation {
    /// What the app shows, or the message said.
    code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.create` answered.
    credential: Option<Value>,
}

/// An active factor of a dashboard account.
#[derive(Serialize, JsonSchema)]
struct AccountFactorActivated {
    factor: FactorView,
    /// With the first factor, shown this once: each stands in for a factor one time.
    recovery_codes: Option<Vec<String>>,
}

pub(super) fn endpoints() -> [Endpoint; 6] {
    [begin_challenge(), step_up(), create_factor(), activate_factor(), delete_factor(), replace_recovery_codes()]
}

/// Begin the second step of a dashboard sign-in
///
/// With `factor_id` a code is sent, or a passkey's challenge made; an app and recovery codes need neither. The proof goes to
/// `POST /v1/dashboard/sign-in`, with the `flow_id`.
#[endpoint(POST "/v1/dashboard/sign-in/challenge", id = "dashboard.challenge", errors = FactorError, limit = SignIn)]
async fn begin_challenge(cx: Open, body: Body<AccountChallenge>) -> Reply<MfaChallenged> {
    let waiting = Waiting::of(&cx, body.0.flow_id).await?;
    ok(platform::challenge(&cx, waiting, body.0.factor_id).await?)
}

/// Raise one's own dashboard session
///
/// Where an answer was `step_up_required`. The proof goes to `POST /v1/dashboard/sign-in`, with the `flow_id`, and the session goes on
/// with new tokens.
#[endpoint(POST "/v1/dashboard/account/step-up", id = "dashboard.account.step_up", errors = FactorError, limit = SignIn)]
async fn step_up(cx: Account, body: OptionalBody<AccountStepUp>) -> Reply<MfaChallenged> {
    let waiting = Waiting::step_up(&cx, cx.caller(), None).await?;
    ok(platform::challenge(&cx, waiting, body.0.factor_id).await?)
}

/// Enrol a second factor for one's dashboard account
///
/// An authenticator app gets its key here, once; a mailbox gets a code. Then activate it. Who has a factor already proves one lately
/// first (`step_up_required`).
#[endpoint(POST "/v1/dashboard/account/factors", id = "dashboard.account.factors.create", errors = FactorError, limit = SignIn)]
async fn create_factor(cx: Account, body: Body<AccountFactorCreate>) -> Reply<EnrolmentView> {
    let AccountFactorCreate { kind, name, address } = body.0;
    let enroller = Enroller::signed_in(&cx, cx.caller()).await?;
    created(enrolment::begin(&cx, &enroller, NewFactor { kind, name, address }).await?)
}

/// Activate a second factor of one's dashboard account
///
/// With a first code, or what made a passkey. The first factor brings recovery codes, shown this once. From now on signing in asks
/// for a second factor.
#[endpoint(POST "/v1/dashboard/account/factors/{factor_id}/activate", id = "dashboard.account.factors.activate",
    errors = FactorError, limit = SignIn)]
async fn activate_factor(
    cx: Account,
    id: At<Factor>,
    body: Body<AccountFactorActivation>,
) -> Reply<AccountFactorActivated> {
    let enroller = Enroller::signed_in(&cx, cx.caller()).await?;
    let proof = first_proof(body.0.code, body.0.credential)?;
    let Activated { factor, recovery_codes, .. } = enrolment::activate(&cx, enroller, *id, proof).await?;
    let recovery_codes = recovery_codes.as_deref().map(shown_once);
    ok(AccountFactorActivated { factor: FactorView::own(factor), recovery_codes })
}

/// Remove a second factor of one's dashboard account
///
/// Needs a second factor proven lately (`step_up_required`).
#[endpoint(DELETE "/v1/dashboard/account/factors/{factor_id}", id = "dashboard.account.factors.delete", errors = FactorError)]
async fn delete_factor(cx: Account, id: At<Factor>) -> Reply<Nothing> {
    removal::remove(&cx, cx.caller(), *id).await?;
    no_content()
}

/// Get new recovery codes for one's dashboard account
///
/// Ten, shown this once; the old set is void. Needs a second factor proven lately (`step_up_required`).
#[endpoint(POST "/v1/dashboard/account/recovery-codes", id = "dashboard.account.recovery_codes.create", errors = FactorError)]
async fn replace_recovery_codes(cx: Account) -> Reply<RecoveryCodesView> {
    let Enroller { user, held, .. } = Enroller::signed_in(&cx, cx.caller()).await?;
    created(recovery_set::regenerate(&cx, &user, &held).await?)
}
