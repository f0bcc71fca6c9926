//! The state machine of a sign-in. Pure, and the same for every door.
//!
//! Nothing is remembered but evidence: the state is what the first unmet gate of [`GATES`] says, each time anew. A step is
//! accepted only in the state that asks for it ([`STEPS`]), so none can be skipped, repeated or brought forward.

use serde::{Deserialize, Serialize};

use super::method::{Method, assurance};

/// What a flow still waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The signals are too bad: this attempt ends here.
    Refused,
    /// A person, not a program.
    Captcha,
    /// One of the second factors that the person has.
    SecondFactor,
    /// A second factor, of which the person has none yet.
    Enrolment,
    /// That the email address or phone number is theirs.
    Verification,
    /// Another password.
    PasswordReset,
    /// Answers that the application wants before anything else.
    Profile,
    /// Nothing more.
    Complete,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Captcha => "captcha_required",
            Self::SecondFactor => "mfa_required",
            Self::Enrolment => "mfa_enrolment_required",
            Self::Verification => "verification_required",
            Self::PasswordReset => "password_reset_required",
            Self::Profile => "profile_required",
            Self::Complete => "complete",
        }
    }
}

/// What a person does to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    CaptchaSolved,
    SecondFactor(Method),
    Enrolled(Method),
    Verified,
    PasswordReset,
    ProfileCompleted,
}

/// What has been proven and done so far: the only thing that a flow keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a step of its own")]
pub struct Evidence {
    /// In the order in which they were given.
    pub proven: Vec<Method>,
    /// For a step-up: the assurance level that is wanted; then at least one fresh proof is asked for.
    pub wanted: Option<u8>,
    /// How many of `proven` were given in this flow, and not in the session that it raises.
    pub fresh: usize,
    pub captcha: bool,
    pub verified: bool,
    pub password_reset: bool,
    pub profile: bool,
    /// 0 to 100, as it was when the flow began.
    pub risk: u8,
}

impl Evidence {
    /// The first proof of a sign-in.
    pub fn first(method: Method) -> Self {
        Self {
            proven: vec![method],
            wanted: None,
            fresh: 1,
            captcha: false,
            verified: false,
            password_reset: false,
            profile: false,
            risk: 0,
        }
    }

    /// The wish to raise a session in which `carried` was proven.
    pub fn step_up(carried: Vec<Method>, wanted: u8) -> Self {
        Self { proven: carried, wanted: Some(wanted), fresh: 0, ..Self::first(Method::Anonymous) }
    }
}

/// What the tenant asks, and how the person stands, now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(crate) struct Standing {
    /// Must everyone, or at least this person, have two factors?
    pub(crate) is_second_required: bool,
    /// Does a person who has a second factor have to use it?
    pub(crate) is_second_asked: bool,
    /// Second factors that the person has.
    pub(crate) enrolled: Vec<Method>,
    /// Is one of them there for signing in with two, as an authenticator app is and a passkey is not?
    pub(crate) has_second: bool,
    /// How many of the addresses that must be proven are not.
    pub(crate) unproven: u8,
    /// Can the person be sent a code at all?
    pub(crate) can_verify: bool,
    pub(crate) must_reset_password: bool,
    pub(crate) needs_profile: bool,
    pub(crate) thresholds: Thresholds,
}

/// From which risk on what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thresholds {
    pub(crate) factor: u8,
    pub(crate) captcha: u8,
    pub(crate) refuse: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { factor: 30, captcha: 60, refuse: 80 }
    }
}

/// One thing that may stand between a proof and a session.
struct Gate {
    state: State,
    asks: fn(&Evidence, &Standing) -> bool,
}

/// In this order: the first that asks is the state.
const GATES: [Gate; 7] = [
    Gate { state: State::Refused, asks: |evidence, standing| evidence.risk > standing.thresholds.refuse },
    Gate {
        state: State::Captcha,
        asks: |evidence, standing| evidence.risk >= standing.thresholds.captcha && !evidence.captcha,
    },
    Gate {
        state: State::SecondFactor,
        asks: |evidence, standing| wants_second(evidence, standing) && has_usable(evidence, standing),
    },
    Gate {
        state: State::Enrolment,
        asks: |evidence, standing| {
            wants_second(evidence, standing) && (standing.is_second_required || evidence.wanted.is_some())
        },
    },
    Gate { state: State::Verification, asks: needs_verification },
    Gate {
        state: State::PasswordReset,
        asks: |evidence, standing| {
            standing.must_reset_password
                && evidence.proven.contains(&Method::Password)
                && !evidence.password_reset
                && evidence.wanted.is_none()
        },
    },
    Gate {
        state: State::Profile,
        asks: |evidence, standing| standing.needs_profile && !evidence.profile && evidence.wanted.is_none(),
    },
];

/// Does it take this step?
type Takes = fn(&Step) -> bool;

/// Which step is accepted in which state. Everything else is refused.
const STEPS: [(State, Takes); 6] = [
    (State::Captcha, |step| matches!(step, Step::CaptchaSolved)),
    (State::SecondFactor, |step| matches!(step, Step::SecondFactor(_))),
    (State::Enrolment, |step| matches!(step, Step::Enrolled(_))),
    (State::Verification, |step| matches!(step, Step::Verified)),
    (State::PasswordReset, |step| matches!(step, Step::PasswordReset)),
    (State::Profile, |step| matches!(step, Step::ProfileCompleted)),
];

fn is_risky(evidence: &Evidence, standing: &Standing) -> bool {
    evidence.risk >= standing.thresholds.factor
}

fn wants_second(evidence: &Evidence, standing: &Standing) -> bool {
    if let Some(wanted) = evidence.wanted {
        return evidence.fresh == 0 || assurance(&evidence.proven) < wanted;
    }
    let is_trusted = evidence.proven.contains(&Method::TrustedDevice) && !is_risky(evidence, standing);
    let is_asked = standing.is_second_required
        || (standing.is_second_asked && standing.has_second)
        || is_risky(evidence, standing);
    is_asked && !is_trusted && assurance(&evidence.proven) < 2 && !evidence.proven.contains(&Method::Anonymous)
}

/// Is there a second factor that adds to what was proven?
fn has_usable(evidence: &Evidence, standing: &Standing) -> bool {
    usable(evidence, standing).next().is_some()
}

/// The second factors that the person may use now.
pub(crate) fn usable<'a>(evidence: &'a Evidence, standing: &'a Standing) -> impl Iterator<Item = Method> + 'a {
    // The highest level is reached by attested hardware alone: nothing else is worth trying.
    let reaches = move |method: Method| evidence.wanted != Some(3) || method == Method::HardwarePasskey;
    standing.enrolled.iter().copied().filter(move |method| adds(evidence, *method) && reaches(*method))
}

/// Does a proof add to what counts so far? For a step-up that is what was proven since it began.
fn adds(evidence: &Evidence, method: Method) -> bool {
    let carried = match evidence.wanted {
        Some(_) => evidence.proven.len().saturating_sub(evidence.fresh),
        None => 0,
    };
    method.adds_to(&evidence.proven[carried..])
}

/// An address that must be proven, or a risky attempt by someone who has no second factor: the mailbox then has to do.
fn needs_verification(evidence: &Evidence, standing: &Standing) -> bool {
    if evidence.wanted.is_some() || evidence.proven.contains(&Method::Anonymous) {
        return false;
    }
    let proves_address = |method: &Method| matches!(method, Method::MagicLink | Method::EmailCode | Method::SmsCode);
    let is_alone = assurance(&evidence.proven) < 2 && !evidence.verified && !evidence.proven.iter().any(proves_address);
    standing.unproven > 0 || (standing.can_verify && is_alone && is_risky(evidence, standing))
}

/// What the flow waits for.
pub(crate) fn state(evidence: &Evidence, standing: &Standing) -> State {
    GATES.iter().find(|gate| (gate.asks)(evidence, standing)).map_or(State::Complete, |gate| gate.state)
}

/// A step that is not open now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotOpen;

/// The evidence after a step, if the state asks for this very step.
pub(crate) fn accept(evidence: &Evidence, standing: &Standing, step: Step) -> Result<Evidence, NotOpen> {
    let state = state(evidence, standing);
    if !STEPS.iter().any(|(open, takes)| *open == state && takes(&step)) {
        return Err(NotOpen);
    }
    let mut after = evidence.clone();
    match step {
        Step::SecondFactor(method) if !usable(evidence, standing).any(|usable| usable == method) => {
            return Err(NotOpen);
        }
        Step::Enrolled(method) if !adds(evidence, method) => return Err(NotOpen),
        Step::SecondFactor(method) | Step::Enrolled(method) => {
            after.proven.push(method);
            after.fresh += 1;
        }
        Step::CaptchaSolved => after.captcha = true,
        Step::Verified => after.verified = true,
        Step::PasswordReset => after.password_reset = true,
        Step::ProfileCompleted => after.profile = true,
    }
    Ok(after)
}

#[cfg(test)]
mod tests;
