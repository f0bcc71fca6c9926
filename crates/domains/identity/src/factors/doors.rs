//! Second factors for pages: the slice's use cases with plain values.

use edge::{Context, Failure};
use kernel::{Id, Secret, Timestamp, ports::SessionCaller};
use serde_json::Value;

use super::{
    Factor, FactorFacts, FactorKind,
    enroller::Enroller,
    enrolment::{self, FirstProof, NewFactor},
    recovery_set, removal,
    verification::{self, Proof, Waiting},
};
use crate::{
    flows::{FlowId, Outcome, Pending},
    passkeys,
    sessions::SignedInRows,
};

/// A factor as its person, or a pending sign-in, sees it.
#[derive(Clone, Debug)]
pub struct Choice {
    pub id: String,
    /// `totp`, `sms`, `email`, `webauthn` or `recovery_code`.
    pub kind: &'static str,
    pub label: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// Of recovery codes: how many are left.
    pub remaining: Option<u32>,
}

impl From<FactorFacts> for Choice {
    fn from(facts: FactorFacts) -> Self {
        let FactorFacts { id, kind, label, created_at, last_used_at, remaining, .. } = facts;
        Self { id: id.to_string(), kind: kind.as_str(), label, created_at, last_used_at, remaining }
    }
}

/// A step that has begun: options for a passkey, nothing for the others.
pub struct Begun {
    pub factor: Choice,
    pub passkey_options: Option<Value>,
}

/// A factor that waits for its first proof.
pub struct Enrolling {
    pub id: String,
    pub kind: &'static str,
    pub label: String,
    pub secret: Option<Secret>,
    pub uri: Option<Secret>,
    /// A picture as a data URL.
    pub qr: Option<Secret>,
    pub passkey_options: Option<Value>,
}

/// An active factor.
pub struct Enrolled {
    /// Shown once, with the first factor.
    pub recovery_codes: Vec<Secret>,
    /// What became of the sign-in that waited for it.
    pub sign_in: Option<Outcome>,
}

/// What proves a factor.
pub enum Answer {
    Code {
        factor: String,
        code: Secret,
    },
    Recovery(Secret),
    /// As the browser's `toJSON` writes it.
    Passkey(String),
}

/// The factors that count in a pending sign-in.
pub fn choices(pending: &Pending) -> Vec<Choice> {
    pending.factors.iter().cloned().map(Choice::from).collect()
}

/// The kinds that a pending sign-in may enrol.
pub fn enrollable(pending: &Pending) -> Vec<&'static str> {
    pending.enrollable.iter().map(|kind| kind.as_str()).collect()
}

/// What a signed-in person has.
pub async fn own(cx: &Context, caller: &SessionCaller) -> Result<Vec<Choice>, Failure> {
    let held = super::of_user(cx, Id::from_uuid(caller.user_id)).await?;
    Ok(held.factors.into_iter().map(Choice::from).collect())
}

/// The assurance level that a signed-in person could be raised to here: by what they have, or by what they may add.
pub async fn reachable_level(cx: &Context, caller: &SessionCaller) -> Result<u8, Failure> {
    let SignedInRows { user, session, .. } = SignedInRows::of(caller)?;
    let mfa = &tenancy::settings_of(cx.tenant()).mfa;
    let held = super::of_user(cx, user.id).await?;
    let has = |kind| super::is_allowed(mfa, kind) && held.factors.iter().any(|factor| factor.kind == kind);
    if has(FactorKind::Webauthn) && passkeys::has_hardware(cx, user.id).await? {
        return Ok(3);
    }
    let can_prove = FactorKind::ALL.into_iter().any(|kind| has(kind) && kind.method().adds_to(&session.proven));
    let can_add = !super::enrollable(cx, &session.proven, None).is_empty();
    Ok(session.aal().max(1 + u8::from(can_prove || can_add)))
}

/// The kinds that a signed-in person may add.
pub fn addable(cx: &Context) -> Vec<&'static str> {
    super::enrollable(cx, &[], None).into_iter().map(FactorKind::as_str).collect()
}

/// Begin the second step of a pending sign-in: a code goes out, or a passkey's challenge is made.
pub async fn begin(cx: &Context, flow: FlowId, factor: &str) -> Result<Begun, Failure> {
    let waiting = Waiting::of(cx, flow).await?;
    let begun = verification::begin(cx, &waiting, id(factor)?).await?;
    Ok(Begun { factor: begun.factor.into(), passkey_options: begun.passkey_options })
}

pub async fn complete(cx: &Context, flow: FlowId, answer: Answer, trust_device: bool) -> Result<Outcome, Failure> {
    let proof = match answer {
        Answer::Code { factor, code } => Proof::Code { factor: id(&factor)?, code },
        Answer::Recovery(code) => Proof::Recovery(code),
        Answer::Passkey(credential) => Proof::Passkey(json(&credential)),
    };
    verification::complete(cx, flow, proof, trust_device).await
}

/// Begin to enrol: for a pending sign-in, or for the caller's own session. Without an address codes go to the person's own.
pub async fn enrol(
    cx: &Context,
    flow: Option<FlowId>,
    kind: &str,
    address: Option<String>,
) -> Result<Enrolling, Failure> {
    let kind = FactorKind::from_name(kind).ok_or(super::FactorError::NotAllowed)?;
    let enroller = Enroller::of(cx, flow).await?;
    let begun = enrolment::begin(cx, &enroller, NewFactor { kind, name: None, address }).await?;
    let (secret, uri, qr) = match begun.key {
        Some(key) => (Some(key.base32), Some(key.uri), key.qr),
        None => (None, None, None),
    };
    let (id, kind, label) = (begun.id.to_string(), begun.kind.as_str(), begun.label);
    Ok(Enrolling { id, kind, label, secret, uri, qr, passkey_options: begun.passkey_options })
}

/// The first proof: a code, or what the browser made for a passkey.
pub async fn activate(cx: &Context, flow: Option<FlowId>, answer: Answer) -> Result<Enrolled, Failure> {
    let enroller = Enroller::of(cx, flow).await?;
    let (factor, proof) = match answer {
        Answer::Code { factor, code } => (id(&factor)?, FirstProof::Code(code)),
        Answer::Passkey(credential) => (cx.new_id(), FirstProof::Credential(json(&credential))),
        Answer::Recovery(_) => return Err(super::FactorError::ProofRequired.into()),
    };
    let activated = enrolment::activate(cx, enroller, factor, proof).await?;
    Ok(Enrolled { recovery_codes: activated.recovery_codes.unwrap_or_default(), sign_in: activated.sign_in })
}

pub async fn remove(cx: &Context, caller: &SessionCaller, factor: &str) -> Result<(), Failure> {
    removal::remove(cx, caller, id(factor)?).await
}

/// A new set of recovery codes, shown this once.
pub async fn new_recovery_codes(cx: &Context, caller: &SessionCaller) -> Result<Vec<Secret>, Failure> {
    let Enroller { user, held, .. } = Enroller::signed_in(cx, caller).await?;
    recovery_set::regenerate(cx, &user, &held).await
}

fn id(text: &str) -> Result<Id<Factor>, kernel::Refusal> {
    text.parse().map_err(|_| kernel::Refusal::not_found())
}

/// What is no JSON proves nothing, as any other wrong credential.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
