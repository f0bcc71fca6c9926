//! An event as it stands in the trail.

use kernel::{Actor, ActorKind, Id, Timestamp, event::Outcome};
use serde::Deserialize;
use store::{Row, StoreError};
use uuid::Uuid;

/// One entry of the audit trail.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    pub(crate) facts: Facts,
    /// `None` once a person whom it concerned was erased.
    pub(crate) details: Option<Details>,
    /// `None` until it is sealed, which takes about a second.
    pub(crate) place: Option<Place>,
}

kernel::resource! { AuditEvent, prefix: "evt", noun: "event" }

/// The part of an event that stays: ids, names and times, and nothing of a person but the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) id: Id<AuditEvent>,
    pub(crate) event_type: String,
    pub(crate) occurred_at: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) target_kind: String,
    pub(crate) target_id: Uuid,
    pub(crate) outcome: Outcome,
    pub(crate) request_id: Option<String>,
}

/// The part that erasing a person empties; the chain holds its salted digest.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Details {
    pub(crate) data: serde_json::Map<String, serde_json::Value>,
    pub(crate) context: Circumstances,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Circumstances {
    pub(crate) ip: Option<String>,
    pub(crate) user_agent: Option<String>,
}

/// Where in its tenant's chain an event stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Counts from 1, without gaps.
    pub(crate) sequence: i64,
    pub(crate) previous_hash: [u8; 32],
    pub(crate) hash: [u8; 32],
}

/// The columns that [`Facts::read`] reads, in its order, from the first.
macro_rules! fact_columns {
    () => {
        "id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome, request_id"
    };
}
pub(crate) use fact_columns;

impl Facts {
    /// How many columns [`fact_columns`] names.
    pub(crate) const COLUMNS: usize = 9;

    pub(crate) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            event_type: row.get(1)?,
            occurred_at: row.get(2)?,
            actor: Actor { kind: row.named(3, "the kind of an actor", ActorKind::from_name)?, id: row.get(4)? },
            target_kind: row.get(5)?,
            target_id: row.get(6)?,
            outcome: row.named(7, "an outcome", outcome)?,
            request_id: row.get(8)?,
        })
    }
}

fn outcome(name: &str) -> Option<Outcome> {
    [Outcome::Success, Outcome::Failure].into_iter().find(|outcome| outcome.as_str() == name)
}
