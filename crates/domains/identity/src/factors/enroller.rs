//! Who may enrol: somebody signed in, or somebody whose sign-in waits for just that.

use edge::{Context, Failure};
use kernel::ports::SessionCaller;

use super::{
    FactorError, enrollable,
    model::{self, FactorKind, Held},
    of_user,
};
use crate::{
    flows::{self, FlowError, FlowId, Method, Outcome, State},
    sessions::SignedInRows,
    users::User,
};

/// A person, what they hold, and which road they came.
pub(super) struct Enroller {
    pub(super) user: User,
    pub(super) held: Held,
    pub(super) road: Road,
}

pub(super) enum Road {
    Session,
    /// A pending sign-in that waits for an enrolment, what was proven in it, and the level that it is to reach.
    Flow(FlowId, Vec<Method>, Option<u8>),
}

impl Enroller {
    /// By the handle of a flow where one is given, by the session otherwise.
    pub(super) async fn of(cx: &Context, flow: Option<FlowId>) -> Result<Self, Failure> {
        match (flow, cx.session()) {
            (Some(id), _) => Self::in_flow(cx, id).await,
            (None, Some(caller)) => Self::signed_in(cx, caller).await,
            (None, None) => Err(FactorError::FlowRequired.into()),
        }
    }

    /// A sign-in that waits for a second factor enrols none: whoever knows the password could otherwise add their own.
    async fn in_flow(cx: &Context, id: FlowId) -> Result<Self, Failure> {
        let Outcome::Pending(pending) = flows::look(cx, id).await? else { return Err(FlowError::NotFound.into()) };
        if pending.state != State::Enrolment {
            return Err(FlowError::NotOpen.into());
        }
        let held = of_user(cx, pending.user.id).await?;
        let evidence = pending.flow.evidence;
        // Nor does the wish to raise a session, where the person has one that was not proven since.
        let fresh = &evidence.proven[evidence.proven.len().saturating_sub(evidence.fresh)..];
        let is_open = |kind: FactorKind| kind.is_full() && !flows::proves(fresh, kind);
        if evidence.wanted.is_some() && held.factors.iter().any(|factor| is_open(factor.kind)) {
            return Err(FlowError::NotOpen.into());
        }
        Ok(Self { user: pending.user, held, road: Road::Flow(id, evidence.proven, evidence.wanted) })
    }

    /// Once there is a factor, a session of one factor, or of long ago, changes nothing: it may be stolen.
    pub(super) async fn signed_in(cx: &Context, caller: &SessionCaller) -> Result<Self, Failure> {
        let user = SignedInRows::of(caller)?.user.clone();
        let held = of_user(cx, user.id).await?;
        if held.factors.iter().any(|factor| factor.kind.is_full()) {
            must_be_strong(cx, caller)?;
        }
        Ok(Self { user, held, road: Road::Session })
    }

    /// May this person add a factor of this kind now?
    pub(super) fn must_be_able(&self, cx: &Context, kind: FactorKind) -> Result<(), FactorError> {
        let kinds = match &self.road {
            Road::Session => enrollable(cx, &[], None),
            Road::Flow(_, proven, wanted) => enrollable(cx, proven, *wanted),
        };
        if !kinds.contains(&kind) {
            return Err(FactorError::NotAllowed);
        }
        let full = self.held.factors.iter().filter(|factor| factor.kind.is_full()).count();
        if full >= model::MAX_FACTORS { Err(FactorError::TooMany) } else { Ok(()) }
    }
}

/// A second factor was proven lately in this very session.
pub(crate) fn must_be_strong(cx: &Context, caller: &SessionCaller) -> Result<(), FactorError> {
    let freshness = tenancy::settings_of(cx.tenant()).mfa.step_up_freshness();
    model::must_be_strong(caller.aal, caller.authenticated_at, cx.now(), freshness)
}
