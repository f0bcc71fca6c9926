//! What a verification found.

use std::fmt;

use kernel::{Id, TenantId};
use serde::Serialize;

use crate::AuditEvent;

/// How many faults a report names; more are counted.
const NAMED_FAULTS: usize = 1_000;

/// The outcome of one verification.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Chains that were walked.
    pub tenants: u64,
    /// Sealed events that were recomputed.
    pub events: u64,
    /// Of them, those whose details are gone because a person was erased.
    pub erased: u64,
    /// Events that wait to be sealed. More than a second's worth means that no worker runs.
    pub unsealed: u64,
    /// The first thousand.
    pub faults: Vec<Fault>,
    /// All of them.
    pub faults_found: u64,
    /// Where each chain ended. Kept at another place, they betray even a chain that was computed anew.
    pub heads: Vec<Head>,
}

/// One thing that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub tenant: TenantId,
    /// The place in the chain, where it is known.
    pub sequence: Option<i64>,
    /// The event that stands there, if one does.
    pub event: Option<Id<AuditEvent>>,
    pub what: Flaw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// The event's fields and its hash disagree: edited, moved, or put in.
    Edited,
    /// The details and their digest disagree.
    DetailsEdited,
    /// The details are gone though nobody whom they concern was erased.
    DetailsRemoved,
    /// It does not follow the event before it.
    Unlinked,
    /// Events from here to the named sequence are gone.
    Missing { to: i64 },
    /// An event stands where none can: before the first, or at a place that is taken.
    Misplaced,
    /// Events from here to the named sequence are gone: the chain's head knows of them.
    TailCut { to: i64 },
    /// An event stands behind the chain's end.
    BeyondHead,
    /// The last event and the chain's head disagree.
    HeadDiffers,
    /// There are sealed events and no readable head.
    HeadMissing,
    /// A column holds what never was written there.
    Unreadable,
}

/// The end of a tenant's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    pub tenant: TenantId,
    pub sequence: i64,
    /// SHA-256 in hexadecimal digits.
    pub hash: String,
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whose chain is being walked.
    pub tenant: TenantId,
    /// Chains that are done.
    pub tenants: u64,
    /// Events that are done.
    pub events: u64,
}

impl Report {
    /// Is everything as it was sealed?
    pub const fn is_sound(&self) -> bool {
        self.faults_found == 0
    }

    pub(crate) fn found(&mut self, fault: Fault) {
        self.faults_found += 1;
        if self.faults.len() < NAMED_FAULTS {
            self.faults.push(fault);
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited => f.write_str("the event was edited, moved or put in"),
            Self::DetailsEdited => f.write_str("the details were edited"),
            Self::DetailsRemoved => f.write_str("the details were removed though nobody was erased"),
            Self::Unlinked => f.write_str("the event does not follow the one before it"),
            Self::Missing { to } => write!(f, "events were deleted, up to sequence {to}"),
            Self::Misplaced => f.write_str("the event stands where none can"),
            Self::TailCut { to } => write!(f, "the end of the chain was cut off, up to sequence {to}"),
            Self::BeyondHead => f.write_str("the event stands behind the end of the chain"),
            Self::HeadDiffers => f.write_str("the head of the chain is not the hash of the event there"),
            Self::HeadMissing => f.write_str("the head of the chain is missing or unreadable"),
            Self::Unreadable => f.write_str("the event holds what was never written there"),
        }
    }
}

/// One line for a terminal.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tenant {}", self.tenant)?;
        if let Some(sequence) = self.sequence {
            write!(f, ", sequence {sequence}")?;
        }
        if let Some(event) = self.event {
            write!(f, ", event {event}")?;
        }
        write!(f, ": {}", self.what)
    }
}
