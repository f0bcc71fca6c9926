//! Proving a factor that one has: for a pending sign-in, and for a session that wants more.

use edge::{Context, Failure, refuse};
use kernel::{Id, Refusal, Secret, ports::SessionCaller};

use super::{
    FactorError,
    budget::{self, Budget},
    devices,
    enrolment::open_key,
    event::{MfaChallenged, MfaFailed},
    keys, messages,
    model::{Factor, FactorFacts, FactorKind, Held},
    of_user, recovery_set, store,
};
use crate::{
    challenges::{self, ChallengeKind, CodeOutcome},
    flows::{self, Flow, FlowError, FlowId, Method, Outcome, Prepared, State, Step},
    users::User,
};

/// A pending sign-in that waits for a second factor, and the factors that count in it.
pub(super) struct Waiting {
    flow: Flow,
    pub(super) user: User,
    pub(super) factors: Vec<FactorFacts>,
}

/// What a person sends as their second factor.
pub(crate) enum Proof {
    Code { factor: Id<Factor>, code: Secret },
    Recovery(Secret),
    Passkey(serde_json::Value),
}

/// What was begun.
pub(super) struct Challenged {
    pub(super) factor: FactorFacts,
    pub(super) passkey_options: Option<serde_json::Value>,
}

impl Waiting {
    /// Before anything is looked at: a flow that waits for something else tells nothing of a code.
    pub(super) async fn of(cx: &Context, id: FlowId) -> Result<Self, Failure> {
        let Outcome::Pending(pending) = flows::look(cx, id).await? else { return Err(FlowError::NotFound.into()) };
        if pending.state != State::SecondFactor {
            return Err(FlowError::NotOpen.into());
        }
        Ok(Self { flow: pending.flow, user: pending.user, factors: pending.factors })
    }

    /// A session that wants more: a flow of its own.
    pub(super) async fn step_up(cx: &Context, caller: &SessionCaller, aal: Option<u8>) -> Result<Self, Failure> {
        match flows::step_up(cx, caller, wanted_level(aal)?).await? {
            Outcome::Pending(pending) => Ok(Self { flow: pending.flow, user: pending.user, factors: pending.factors }),
            Outcome::Complete(_) => Err(FlowError::NotOpen.into()),
        }
    }

    /// What a factor of this kind would lead to, read before any row is held.
    async fn prepare(&self, cx: &Context, kind: FactorKind) -> Result<Prepared, Failure> {
        flows::prepare(cx, self.flow.clone(), Step::SecondFactor(kind.method())).await
    }

    pub(super) fn id(&self) -> FlowId {
        self.flow.id
    }

    /// As a list wants them.
    pub(super) fn held(self) -> Held {
        Held { factors: self.factors, is_enrolment_demanded: false }
    }

    /// One of the factors that count in this flow; any other answers like none.
    fn factor(&self, id: Id<Factor>) -> Result<&FactorFacts, Refusal> {
        self.factors.iter().find(|factor| factor.id == id).ok_or_else(Refusal::not_found)
    }
}

/// What a step-up may ask for: two factors, if nothing is said.
pub(super) fn wanted_level(aal: Option<u8>) -> Result<u8, Refusal> {
    match aal.unwrap_or(2) {
        level @ 2..=3 => Ok(level),
        _ => Err(Refusal::validation("aal", "out_of_range", "The level is 2 or 3.")),
    }
}

/// Send the code of a phone or mailbox, or make a passkey's challenge. An app and paper need none.
pub(super) async fn begin(cx: &Context, waiting: &Waiting, factor: Id<Factor>) -> Result<Challenged, Failure> {
    let facts = waiting.factor(factor)?.clone();
    let mut passkey_options = None;
    match facts.kind {
        FactorKind::Sms | FactorKind::Email => {
            messages::must_be_able(cx, facts.kind).await?;
            let factor = store::find(&cx.read(), waiting.user.id, factor).await?.ok_or_else(Refusal::not_found)?;
            let key = waiting.flow.key();
            let challenge =
                messages::send_code(cx, &waiting.user, &factor, ChallengeKind::FactorCode, Some(key)).await?;
            store::put_flow_challenge(cx.tx().await?, &key, factor.id, challenge).await?;
        }
        FactorKind::Webauthn => passkey_options = Some(keys::begin(cx, &waiting.user).await?),
        FactorKind::Totp | FactorKind::RecoveryCode => {}
    }
    if !matches!(facts.kind, FactorKind::Totp | FactorKind::RecoveryCode) {
        cx.tx().await?.emit(&MfaChallenged { user_id: waiting.user.id, factor: facts.kind });
    }
    Ok(Challenged { factor: facts, passkey_options })
}

/// Take the proof, once, and go on with the flow. A wrong one counts against the flow and against the account's day.
pub(crate) async fn complete(cx: &Context, id: FlowId, proof: Proof, trust_device: bool) -> Result<Outcome, Failure> {
    let waiting = Waiting::of(cx, id).await?;
    let user = waiting.user.id;
    let mut outcome = match proof {
        Proof::Passkey(credential) => {
            let prepared = waiting.prepare(cx, FactorKind::Webauthn).await?;
            let method = by_passkey(cx, &waiting, credential).await?;
            flows::take(cx, prepared.proven_by(Step::SecondFactor(method))?).await?
        }
        Proof::Recovery(code) => {
            let prepared = waiting.prepare(cx, FactorKind::RecoveryCode).await?;
            by_recovery_code(cx, &waiting, &code).await?;
            flows::take(cx, prepared).await?
        }
        Proof::Code { factor, code } => {
            let facts = waiting.factor(factor)?;
            let prepared = waiting.prepare(cx, facts.kind).await?;
            match facts.kind {
                FactorKind::Totp => by_app(cx, &waiting, factor, &code).await?,
                FactorKind::Sms | FactorKind::Email => by_message(cx, &waiting, facts, &code).await?,
                FactorKind::RecoveryCode => by_recovery_code(cx, &waiting, &code).await?,
                FactorKind::Webauthn => return Err(FactorError::ProofRequired.into()),
            }
            flows::take(cx, prepared).await?
        }
    };
    if let (true, Outcome::Complete(completed)) = (trust_device, &mut outcome) {
        completed.device = devices::trust(cx, user).await?;
    }
    Ok(outcome)
}

async fn by_app(cx: &Context, waiting: &Waiting, id: Id<Factor>, code: &Secret) -> Result<(), Failure> {
    let user = waiting.user.id;
    let factor = store::find(&cx.read(), user, id).await?.ok_or_else(Refusal::not_found)?;
    let key = open_key(cx, &factor)?;
    let step = otp::matching_step(&key, code.reveal(), cx.now().as_seconds(), factor.last_step);
    spend(cx, waiting, Budget::Code, FactorKind::Totp).await?;
    let tx = cx.tx().await?;
    let is_taken = match step {
        Some(step) => store::take_step(tx, &factor, step, cx.now()).await?,
        None => false,
    };
    if !is_taken {
        return Err(wrong(cx, waiting, FactorKind::Totp, FactorError::TotpInvalid).await);
    }
    Ok(budget::give_back(tx, user, Budget::Code).await?)
}

async fn by_message(cx: &Context, waiting: &Waiting, factor: &FactorFacts, code: &Secret) -> Result<(), Failure> {
    let user = waiting.user.id;
    spend(cx, waiting, Budget::Code, factor.kind).await?;
    let tx = cx.tx().await?;
    let sent = store::find_flow_challenge(tx, &waiting.flow.key(), factor.id).await?;
    let outcome = match sent {
        Some(challenge) => challenges::take_code(cx, ChallengeKind::FactorCode, challenge, code).await?,
        None => CodeOutcome::Wrong,
    };
    if !matches!(outcome, CodeOutcome::Right(_)) {
        return Err(wrong(cx, waiting, factor.kind, FactorError::CodeInvalid).await);
    }
    budget::give_back(tx, user, Budget::Code).await?;
    Ok(store::note_use(tx, user, factor.id, cx.now()).await?)
}

async fn by_recovery_code(cx: &Context, waiting: &Waiting, code: &Secret) -> Result<(), Failure> {
    let user = waiting.user.id;
    let held = of_user(cx, user).await?;
    spend(cx, waiting, Budget::Recovery, FactorKind::RecoveryCode).await?;
    let Some(set) = recovery_set::take(cx, &held, code).await? else {
        return Err(wrong(cx, waiting, FactorKind::RecoveryCode, FactorError::RecoveryCodeInvalid).await);
    };
    let tx = cx.tx().await?;
    budget::give_back(tx, user, Budget::Recovery).await?;
    Ok(store::note_use(tx, user, set, cx.now()).await?)
}

/// A passkey's signature is nothing to guess at, so it costs no try of the account's.
async fn by_passkey(cx: &Context, waiting: &Waiting, credential: serde_json::Value) -> Result<Method, Failure> {
    match keys::complete(cx, &waiting.user, credential).await? {
        Some(method) => Ok(method),
        None => Err(wrong(cx, waiting, FactorKind::Webauthn, FactorError::PasskeyFailed).await),
    }
}

/// One try of the account's day. Then the flow again: many that try at once wait for each other at the account's row, and those
/// behind the fifth wrong one find the flow dead.
async fn spend(cx: &Context, waiting: &Waiting, budget: Budget, kind: FactorKind) -> Result<(), Failure> {
    let Some(wait) = budget::spend(cx, waiting.user.id, budget).await? else {
        return flows::must_be_open(cx, waiting.flow.id).await;
    };
    let failed = MfaFailed { user_id: waiting.user.id, factor: kind, reason: "too_many_tries" };
    cx.tx().await?.emit(&failed);
    Err(refuse(Refusal::from(FactorError::TooManyTries).with_retry_after(wait)))
}

async fn wrong(cx: &Context, waiting: &Waiting, kind: FactorKind, error: FactorError) -> Failure {
    let refusal = Refusal::from(error);
    let noted: Result<(), Failure> = async {
        flows::miss(cx, waiting.flow.id).await?;
        let failed = MfaFailed { user_id: waiting.user.id, factor: kind, reason: refusal.reason };
        cx.tx().await?.emit(&failed);
        Ok(())
    }
    .await;
    noted.err().unwrap_or_else(|| refuse(refusal))
}
