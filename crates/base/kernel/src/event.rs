//! What happened, in the past tense: one stream, written in the transaction that made it true.

use serde::Serialize;
use uuid::Uuid;

use crate::{
    id::{Id, Kind},
    shape::Shape,
};

/// The thing an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The noun of its kind, for example `user`.
    pub kind: &'static str,
    pub id: Uuid,
}

impl Target {
    pub fn of<K: Kind>(id: Id<K>) -> Self {
        Self { kind: K::NOUN, id: id.uuid() }
    }
}

/// Derived with `#[derive(Event)]`; the fields are the payload that webhooks carry.
pub trait Event: Serialize + Send + Sync {
    /// For example `user.disabled`.
    const TYPE: &'static str;
    /// Did it work? `user.sign_in_failed` did not.
    const OUTCOME: Outcome = Outcome::Success;

    fn target(&self) -> Target;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    Failure,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// The catalogue's row for one event type.
#[derive(Clone, Copy)]
pub struct EventFacts {
    pub name: &'static str,
    pub summary: &'static str,
    pub schema: Shape,
}
