//! What goes out about factors, on both surfaces.

use kernel::{Id, Secret, Timestamp, TypedId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    enrolment::{Begun, NewFactor},
    model::{Factor, FactorFacts, FactorKind},
};

/// A second factor. The times and counts are told to its person alone, not to a pending sign-in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Factor")]
pub(crate) struct FactorView {
    id: Id<Factor>,
    kind: FactorKind,
    /// For people: the name they gave it, or where codes go, most of it hidden.
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
    /// Of recovery codes: how many are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u32>,
}

/// A second factor. The times and counts are told to its person alone, not to a pending sign-in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Factor")]
pub(crate) struct DataPlaneFactorView {
    id: TypedId<Factor>,
    kind: FactorKind,
    /// For people: the name they gave it, or where codes go, most of it hidden.
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
    /// Of recovery codes: how many are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u32>,
}

/// As a pending sign-in sees it.
impl From<FactorFacts> for FactorView {
    fn from(facts: FactorFacts) -> Self {
        let FactorFacts { id, kind, label, .. } = facts;
        Self { id, kind, label, created_at: None, last_used_at: None, remaining: None }
    }
}

/// As a pending sign-in sees it.
impl From<FactorFacts> for DataPlaneFactorView {
    fn from(facts: FactorFacts) -> Self {
        let FactorView { id, kind, label, created_at, last_used_at, remaining } = facts.into();
        Self { id: id.typed(), kind, label, created_at, last_used_at, remaining }
    }
}

impl FactorView {
    /// As its person sees it.
    pub(crate) fn own(facts: FactorFacts) -> Self {
        let FactorFacts { id, kind, label, created_at, last_used_at, remaining } = facts;
        Self { id, kind, label, created_at: Some(created_at), last_used_at, remaining }
    }
}

impl DataPlaneFactorView {
    /// As its person sees it.
    pub(super) fn own(facts: FactorFacts) -> Self {
        let FactorView { id, kind, label, created_at, last_used_at, remaining } = FactorView::own(facts);
        Self { id: id.typed(), kind, label, created_at, last_used_at, remaining }
    }
}

/// What a new factor needs to be proven with; shown this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FactorSetUp")]
pub(super) struct SetUpView {
    /// Of an authenticator app: the key in base32, for typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Of an authenticator app: the same in an `otpauth` URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    otpauth_uri: Option<String>,
    /// Of an authenticator app: the same as a QR code, a data URL with an SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_code: Option<String>,
    /// Of a passkey: what to hand to `navigator.credentials.create`.
    #[serde(skip_serializing_if = "Option::is_none")]
    webauthn: Option<Value>,
}

/// A factor that waits for its first proof.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FactorEnrolment")]
pub(super) struct EnrolmentView {
    id: Id<Factor>,
    kind: FactorKind,
    label: String,
    /// Begin again after that.
    expires_at: Timestamp,
    set_up: SetUpView,
}

/// A factor that waits for its first proof.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FactorEnrolment")]
pub(super) struct DataPlaneEnrolmentView {
    id: TypedId<Factor>,
    kind: FactorKind,
    label: String,
    /// Begin again after that.
    expires_at: Timestamp,
    set_up: SetUpView,
}

impl From<Begun> for EnrolmentView {
    fn from(begun: Begun) -> Self {
        let Begun { id, kind, label, expires_at, key, passkey_options } = begun;
        let shown = |secret: &Secret| secret.reveal().to_owned();
        let set_up = SetUpView {
            secret: key.as_ref().map(|key| shown(&key.base32)),
            otpauth_uri: key.as_ref().map(|key| shown(&key.uri)),
            qr_code: key.as_ref().and_then(|key| key.qr.as_ref()).map(shown),
            webauthn: passkey_options,
        };
        Self { id, kind, label, expires_at, set_up }
    }
}

impl From<Begun> for DataPlaneEnrolmentView {
    fn from(begun: Begun) -> Self {
        let EnrolmentView { id, kind, label, expires_at, set_up } = begun.into();
        Self { id: id.typed(), kind, label, expires_at, set_up }
    }
}

/// A new set of recovery codes, shown this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
pub(super) struct RecoveryCodesView {
    recovery_codes: Vec<String>,
}

pub(super) fn shown_once(codes: &[Secret]) -> Vec<String> {
    codes.iter().map(|code| code.reveal().to_owned()).collect()
}

impl From<Vec<Secret>> for RecoveryCodesView {
    fn from(codes: Vec<Secret>) -> Self {
        Self { recovery_codes: shown_once(&codes) }
    }
}

/// A factor to enrol, by whoever is signed in.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FactorCreate")]
pub(super) struct FactorCreate {
    /// The handle of a pending sign-in that asks for an enrolment; without one the session's own person enrols.
    #[serde(default)]
    pub(super) flow_id: Option<crate::flows::FlowId>,
    pub(super) kind: FactorKind,
    /// For your own lists; at most 60 characters.
    #[serde(default)]
    name: Option<String>,
    /// Where codes go: a phone number (E.164) or an email address. Your own, if you leave it out.
    #[serde(default)]
    address: Option<String>,
}

impl FactorCreate {
    pub(super) fn new_factor(self) -> NewFactor {
        NewFactor { kind: self.kind, name: self.name, address: self.address }
    }
}
