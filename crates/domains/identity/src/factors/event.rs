//! What happens to second factors. The catalogue is public: webhooks and the audit trail carry these names.

use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::model::{Factor, FactorKind};
use crate::users::User;

/// A second factor was wrong. Whoever tried had proven a first one.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.mfa_failed", target = user_id, failure)]
pub(crate) struct MfaFailed {
    pub user_id: Id<User>,
    pub factor: FactorKind,
    /// For example `totp_invalid` or `too_many_tries`.
    pub reason: &'static str,
}

/// A code was sent to a phone or mailbox, or a passkey was asked, as a second factor.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.challenged", target = user_id)]
pub(crate) struct MfaChallenged {
    pub user_id: Id<User>,
    pub factor: FactorKind,
}

/// A person began to enrol a second factor. It counts for nothing until it is proven.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.enrolment_begun", target = user_id)]
pub(crate) struct EnrolmentBegun {
    pub user_id: Id<User>,
    pub factor: FactorKind,
}

/// A person enrolled a second factor and proved it.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.factor_enrolled", target = user_id)]
pub(crate) struct FactorEnrolled {
    pub user_id: Id<User>,
    pub factor_id: Id<Factor>,
    pub factor: FactorKind,
}

/// A second factor was removed by its person.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.factor_removed", target = user_id)]
pub(crate) struct FactorRemoved {
    pub user_id: Id<User>,
    pub factor_id: Id<Factor>,
    pub factor: FactorKind,
}

/// A person got a new set of recovery codes; the old one is void.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.recovery_codes_regenerated", target = user_id)]
pub(crate) struct RecoveryCodesRegenerated {
    pub user_id: Id<User>,
}

/// An administrator removed all second factors of a person: their sessions are over, and the next sign-in enrols anew.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.reset", target = user_id)]
pub(crate) struct MfaReset {
    pub user_id: Id<User>,
    pub factors_removed: u64,
    pub sessions_ended: u64,
}

/// Trusted devices of a person are asked for a second factor again.
#[derive(Event, Serialize, JsonSchema)]
#[event("mfa.devices_forgotten", target = user_id)]
pub(crate) struct DevicesForgotten {
    pub user_id: Id<User>,
    pub count: u64,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[
    MfaFailed::FACTS,
    MfaChallenged::FACTS,
    EnrolmentBegun::FACTS,
    FactorEnrolled::FACTS,
    FactorRemoved::FACTS,
    RecoveryCodesRegenerated::FACTS,
    MfaReset::FACTS,
    DevicesForgotten::FACTS,
];
