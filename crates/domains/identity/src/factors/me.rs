//! `/api/v1/me/factors`: a person's own second factors on the data plane.

use edge::{At, Body, Endpoint, Listed, Nothing, Paging, Reply, SignedInWith, created, listed, no_content};
use kernel::{Id, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    FactorError,
    data_plane::{ActivatedView, reply_activated},
    enroller::Enroller,
    enrolment::{self, NewFactor},
    listing,
    model::{Factor, FactorKind},
    of_user,
    platform::first_proof,
    recovery_set, removal,
    views::{DataPlaneEnrolmentView, DataPlaneFactorView, RecoveryCodesView},
};
use crate::me::{MeRead, MeWrite};

/// A factor to enrol.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OwnFactorCreate {
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
struct OwnFactorActivation {
    /// What the app shows, or the message said.
    code: Option<Secret>,
    /// Of a passkey: what `navigator.credentials.create` answered.
    credential: Option<Value>,
}

pub(super) fn endpoints() -> [Endpoint; 5] {
    [list_own_factors(), create_own_factor(), activate_own_factor(), delete_own_factor(), replace_recovery_codes()]
}

/// List own factors
///
/// Active ones, recovery codes among them with how many are left.
#[endpoint(GET "/api/v1/me/factors", id = "me.factors.list", errors = FactorError)]
async fn list_own_factors(cx: SignedInWith<MeRead>, page: Paging<Id<Factor>>) -> Reply<Listed<DataPlaneFactorView>> {
    let held = of_user(&cx, Id::from_uuid(cx.caller().user_id)).await?;
    listed(&cx, listing::page(held, &page.0).map(DataPlaneFactorView::own))
}

/// Enrol a factor of one's own
///
/// Who has a factor already proves one lately first (`step_up_required`).
#[endpoint(POST "/api/v1/me/factors", id = "me.factors.create", errors = FactorError)]
async fn create_own_factor(cx: SignedInWith<MeWrite>, body: Body<OwnFactorCreate>) -> Reply<DataPlaneEnrolmentView> {
    let OwnFactorCreate { kind, name, address } = body.0;
    let enroller = Enroller::signed_in(&cx, cx.caller()).await?;
    created(enrolment::begin(&cx, &enroller, NewFactor { kind, name, address }).await?)
}

/// Activate a factor of one's own
///
/// With a first code. The first factor brings recovery codes, shown this once.
#[endpoint(POST "/api/v1/me/factors/{factor_id}/activate", id = "me.factors.activate", errors = FactorError)]
async fn activate_own_factor(
    cx: SignedInWith<MeWrite>,
    id: At<Factor>,
    body: Body<OwnFactorActivation>,
) -> Reply<ActivatedView> {
    let enroller = Enroller::signed_in(&cx, cx.caller()).await?;
    let proof = first_proof(body.0.code, body.0.credential)?;
    let activated = enrolment::activate(&cx, enroller, *id, proof).await?;
    reply_activated(&cx, activated)
}

/// Remove a factor of one's own
///
/// Needs AAL 2, reached lately (`step_up_required`). Where the tenant requires a factor, the last stays.
#[endpoint(DELETE "/api/v1/me/factors/{factor_id}", id = "me.factors.delete", errors = FactorError)]
async fn delete_own_factor(cx: SignedInWith<MeWrite>, id: At<Factor>) -> Reply<Nothing> {
    removal::remove(&cx, cx.caller(), *id).await?;
    no_content()
}

/// Get a new set of recovery codes
///
/// Ten, shown this once; the old set is void. Needs AAL 2, reached lately (`step_up_required`).
#[endpoint(POST "/api/v1/me/recovery-codes", id = "me.recovery_codes.create", errors = FactorError)]
async fn replace_recovery_codes(cx: SignedInWith<MeWrite>) -> Reply<RecoveryCodesView> {
    let Enroller { user, held, .. } = Enroller::signed_in(&cx, cx.caller()).await?;
    created(recovery_set::regenerate(&cx, &user, &held).await?)
}
