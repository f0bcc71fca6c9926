//! Going through a flow, once for every door.

use std::time::Duration;

use edge::{Context, Failure, refuse};
use kernel::{Refusal, Secret, ports::SessionCaller};

use super::{
    FlowError, FlowId, Method,
    event::{MfaSucceeded, MoreRequired, SessionRaised},
    known::{self, Known},
    machine::{self, Evidence, Standing, State, Step},
    method::{amr, assurance},
    model::{Flow, FlowKey, LIFETIME, handle, key},
    standing::{self, Stood, Told},
    store,
};
use crate::{
    auth::{SignInFailed, SignedIn},
    factors::{self, FactorFacts, FactorKind, Held},
    holdings::Holdings,
    risk::{self, Seen},
    sessions::{self, Opened, SignedInRows},
    users::{self, User, UserState},
};

/// A person who has just proven a first factor.
pub struct Arrival {
    pub user: User,
    pub method: Method,
    /// What a device keeps that the person chose to trust.
    pub device_token: Option<Secret>,
    /// Must the password that was proven give way to another?
    pub must_reset_password: bool,
    /// Was a captcha solved with this very call?
    pub captcha: bool,
    /// What the store knows of the attempt, where the door has looked already.
    pub seen: Option<Seen>,
    /// The second factors that the person has, likewise.
    pub held: Option<Held>,
}

impl Arrival {
    pub const fn new(user: User, method: Method) -> Self {
        Self { user, method, device_token: None, must_reset_password: false, captcha: false, seen: None, held: None }
    }

    /// The same of somebody of whom all is known.
    pub(crate) fn of_known(known: Known, method: Method) -> Self {
        Self { seen: Some(known.seen), held: Some(known.held), ..Self::new(known.user, method) }
    }
}

/// What became of a sign-in.
pub enum Outcome {
    Complete(Box<Completed>),
    Pending(Box<Pending>),
}

/// Somebody who is signed in now.
pub struct Completed {
    pub user: User,
    pub opened: Opened,
    /// What was proven, in order.
    pub proven: Vec<Method>,
    /// What the device keeps from now on, where the person chose to trust it, and for how long.
    pub device: Option<(Secret, Duration)>,
}

/// A flow and what it waits for.
pub struct Pending {
    pub flow: Flow,
    pub state: State,
    pub user: User,
    /// The factors that may be used now.
    pub(crate) factors: Vec<FactorFacts>,
    /// The kinds that may be enrolled now.
    pub(crate) enrollable: Vec<FactorKind>,
}

/// A first factor was proven: a session, or a flow that asks for more. The only road from a proof to a session.
pub async fn arrive(cx: &Context, arrival: Arrival) -> Result<Outcome, Failure> {
    let Arrival { user, method, device_token, must_reset_password, captcha, seen, held } = arrival;
    if user.state == UserState::Disabled {
        return Err(failed(cx, &user, FlowError::AccountDisabled).await);
    }
    let (seen, held) = if let Some(seen) = seen {
        (seen, held)
    } else {
        let known = known::of(cx, user.id).await?.ok_or(FlowError::NotFound)?;
        (known.seen, Some(known.held))
    };
    let risk = risk::assess(cx, &user, method, &seen).await?;
    let mut evidence = Evidence { captcha, risk, ..Evidence::first(method) };
    let stood =
        standing::of(cx, &user, &evidence, Told { must_reset_password: Some(must_reset_password), held }).await?;
    if machine::state(&evidence, &stood.standing) == State::SecondFactor
        && factors::devices::is_trusted(cx, user.id, device_token.as_ref()).await?
    {
        evidence.proven.push(Method::TrustedDevice);
    }
    match machine::state(&evidence, &stood.standing) {
        State::Complete => Box::pin(complete(cx, user, evidence, Some(seen), &stood.holdings)).await,
        State::Refused => Err(failed(cx, &user, FlowError::RiskRefused).await),
        state => begin(cx, user, None, evidence, state, stood).await,
    }
}

/// A pending flow, by its handle. Unknown, over, too old and of another tenant are one answer.
pub async fn find(cx: &Context, id: FlowId) -> Result<Flow, Failure> {
    Ok(store::find(&cx.read(), id, cx.now()).await?.ok_or(FlowError::NotFound)?)
}

/// A step that is open now, with everything that must be read to take it. Read before a row is locked for the sake of the proof: who
/// holds a row and asks for another connection waits for those who wait for the row.
pub struct Prepared {
    flow: Flow,
    step: Step,
    user: User,
    /// How things stood before anything was done for the step's sake: what is done may make the flow wait for something else.
    before: Standing,
    evidence: Evidence,
    stood: Stood,
    seen: Option<Seen>,
}

impl Prepared {
    /// The step as it turned out: which passkey was enrolled is known once it has proven itself.
    pub fn proven_by(self, step: Step) -> Result<Self, FlowError> {
        let evidence = machine::accept(&self.flow.evidence, &self.before, step).map_err(|_| FlowError::NotOpen)?;
        Ok(Self { step, evidence, ..self })
    }

    /// The person as the step has changed them.
    #[must_use]
    pub fn known_as(mut self, cx: &Context, user: User) -> Self {
        self.stood.standing.unproven = standing::unproven(&tenancy::settings_of(cx.tenant()).sign_in, &user);
        Self { user, ..self }
    }

    /// Is it this flow?
    pub fn is_of(&self, key: FlowKey) -> bool {
        self.flow.key() == key
    }
}

/// Look ahead to what a step would lead to. Nothing is proven by it, and nothing is written.
pub async fn prepare(cx: &Context, flow: Flow, step: Step) -> Result<Prepared, Failure> {
    sessions::ready(cx).await?;
    let user = owner(cx, &flow).await?;
    let before = standing::of(cx, &user, &flow.evidence, Told::default()).await?.standing;
    let evidence = machine::accept(&flow.evidence, &before, step).map_err(|_| FlowError::NotOpen)?;
    // Anew: the step itself may have changed what is asked, as an enrolment does.
    let mut stood = standing::of(cx, &user, &evidence, Told::default()).await?;
    if matches!(step, Step::Verified) {
        // The proof itself is still to come.
        stood.standing.unproven = stood.standing.unproven.saturating_sub(1);
    }
    let opens = machine::state(&evidence, &stood.standing) == State::Complete && flow.session_id.is_none();
    let seen = if opens { Some(risk::look(cx, None, Some(user.id)).await?) } else { None };
    Ok(Prepared { flow, step, user, before, evidence, stood, seen })
}

/// The step that was prepared is proven by now: the next state, or a session.
pub async fn take(cx: &Context, prepared: Prepared) -> Result<Outcome, Failure> {
    let Prepared { flow, step, user, evidence, stood, seen, .. } = prepared;
    let tx = cx.tx().await?;
    if let Step::SecondFactor(method) = step {
        tx.emit(&MfaSucceeded { user_id: user.id, method });
    }
    match machine::state(&evidence, &stood.standing) {
        State::Complete if !store::finish(tx, &flow, cx.now()).await? => Err(FlowError::NotFound.into()),
        State::Complete => match flow.session_id {
            Some(session) => Box::pin(raise(cx, user, session, evidence)).await,
            // Boxed, as all that opens a session: rarely run, and large.
            None => Box::pin(complete(cx, user, evidence, seen, &stood.holdings)).await,
        },
        State::Refused => Err(failed(cx, &user, FlowError::RiskRefused).await),
        _ if !store::save(tx, &flow, &evidence).await? => Err(FlowError::NotFound.into()),
        state => {
            let flow = Flow { version: flow.version + 1, evidence, ..flow };
            Ok(pending(cx, flow, state, user, stood))
        }
    }
}

/// Refuse where the flow does not wait for this step now: before anything is done for its sake.
pub async fn must_wait_for(cx: &Context, flow: &Flow, step: Step) -> Result<(), Failure> {
    let user = owner(cx, flow).await?;
    let stood = standing::of(cx, &user, &flow.evidence, Told::default()).await?;
    machine::accept(&flow.evidence, &stood.standing, step).map_err(|_| FlowError::NotOpen)?;
    Ok(())
}

/// What a pending flow waits for now.
pub async fn look(cx: &Context, id: FlowId) -> Result<Outcome, Failure> {
    let flow = find(cx, id).await?;
    let user = owner(cx, &flow).await?;
    let stood = standing::of(cx, &user, &flow.evidence, Told::default()).await?;
    let state = machine::state(&flow.evidence, &stood.standing);
    Ok(pending(cx, flow, state, user, stood))
}

/// Is the flow still open, as the request's transaction sees it? Of many that try at once, those that waited for the wrong ones
/// before them learn here that the flow is dead.
pub async fn must_be_open(cx: &Context, id: FlowId) -> Result<(), Failure> {
    let found = store::find(cx.tx().await?, id, cx.now()).await?;
    Ok(found.map(drop).ok_or(FlowError::NotFound)?)
}

/// Count a wrong answer against the flow; after five it is dead. Commit it, by refusing with [`refuse`].
pub async fn miss(cx: &Context, flow: FlowId) -> Result<(), Failure> {
    Ok(store::miss(cx.tx().await?, &key(flow)).await?)
}

/// A flow that raises the caller's session to `wanted`, or proves once more that it is them.
pub async fn step_up(cx: &Context, caller: &SessionCaller, wanted: u8) -> Result<Outcome, Failure> {
    let SignedInRows { session, user, .. } = SignedInRows::of(caller)?;
    let carried = session.proven.clone();
    let evidence = Evidence::step_up(carried, wanted);
    let stood = standing::of(cx, user, &evidence, Told::default()).await?;
    let state = machine::state(&evidence, &stood.standing);
    // Whoever has a factor adds none on the way up: the session may be a stolen one, and would prove what its thief brought along.
    if state == State::Enrolment && !(stood.factors.is_empty() && factors::can_reach(cx, wanted)) {
        return Err(FlowError::LevelOutOfReach.into());
    }
    begin(cx, user.clone(), Some(session.id), evidence, state, stood).await
}

async fn begin(
    cx: &Context,
    user: User,
    session_id: Option<sessions::SessionId>,
    evidence: Evidence,
    state: State,
    stood: Stood,
) -> Result<Outcome, Failure> {
    let flow = Flow {
        id: handle(cx.env().random()),
        user_id: user.id,
        session_id,
        version: 1,
        evidence,
        created_at: cx.now(),
        expires_at: cx.now() + LIFETIME,
    };
    let tx = cx.tx().await?;
    store::insert(tx, &flow).await?;
    tx.emit(&MoreRequired { user_id: user.id, state: state.name() });
    Ok(pending(cx, flow, state, user, stood))
}

fn pending(cx: &Context, flow: Flow, state: State, user: User, stood: Stood) -> Outcome {
    let usable: Vec<Method> = machine::usable(&flow.evidence, &stood.standing).collect();
    let factors = match state {
        State::SecondFactor => stood
            .factors
            .into_iter()
            .filter(|factor| standing::methods(factor.kind).iter().any(|method| usable.contains(method)))
            .collect(),
        _ => Vec::new(),
    };
    let enrollable = match state {
        State::Enrolment => factors::enrollable(cx, &flow.evidence.proven, flow.evidence.wanted),
        _ => Vec::new(),
    };
    Outcome::Pending(Box::new(Pending { flow, state, user, factors, enrollable }))
}

async fn complete(
    cx: &Context,
    user: User,
    evidence: Evidence,
    seen: Option<Seen>,
    holdings: &Holdings,
) -> Result<Outcome, Failure> {
    let seen = match seen {
        Some(seen) => seen,
        None => risk::look(cx, None, Some(user.id)).await?,
    };
    let opened = sessions::open(cx, user.id, &evidence.proven, holdings).await?;
    let tx = cx.tx().await?;
    users::store::note_sign_in(tx, user.id, cx.now()).await?;
    if !user.is_anonymous {
        risk::settle(cx, &user, &seen).await?;
    }
    let amr = amr(&evidence.proven).split(' ').map(str::to_owned).collect();
    tx.emit(&SignedIn { user_id: user.id, session_id: opened.session.id, amr });
    let user = User { last_sign_in_at: Some(cx.now()), ..user };
    Ok(Outcome::Complete(Box::new(Completed { user, opened, proven: evidence.proven, device: None })))
}

async fn raise(cx: &Context, user: User, session: sessions::SessionId, evidence: Evidence) -> Result<Outcome, Failure> {
    let opened = sessions::raise(cx, session, &evidence.proven).await?;
    cx.tx().await?.emit(&SessionRaised { session_id: session, user_id: user.id, aal: assurance(&evidence.proven) });
    Ok(Outcome::Complete(Box::new(Completed { user, opened, proven: evidence.proven, device: None })))
}

/// The user of a flow, who may have been disabled or erased since it began.
async fn owner(cx: &Context, flow: &Flow) -> Result<User, Failure> {
    let user = users::store::find(&cx.read(), flow.user_id).await?.ok_or(FlowError::NotFound)?;
    if user.state == UserState::Disabled {
        return Err(FlowError::AccountDisabled.into());
    }
    Ok(user)
}

async fn failed(cx: &Context, user: &User, error: FlowError) -> Failure {
    let refusal = Refusal::from(error);
    match cx.tx().await {
        Ok(tx) => {
            tx.emit(&SignInFailed { user_id: user.id, reason: refusal.reason });
            refuse(refusal)
        }
        Err(error) => error.into(),
    }
}
