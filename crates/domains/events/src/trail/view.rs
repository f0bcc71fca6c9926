//! What is shown of an event, on both surfaces.

use kernel::{ActorKind, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::{any_id::AnyId, filters::AuditOutcome};
use crate::{AuditEvent, hexadecimal::hexadecimal, model::Place};

/// What happened, but for its id, which each surface writes in its own way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Happened {
    /// What happened, in the past tense: `user.signed_in`.
    #[serde(rename = "type")]
    pub(super) event_type: String,
    pub(super) occurred_at: Timestamp,
    pub(super) actor: AuditActor,
    pub(super) target: AuditTarget,
    pub(super) outcome: AuditOutcome,
    /// The `X-Request-Id` of the request that made it happen; null where none did.
    pub(super) request_id: Option<String>,
    /// What the type adds, as its webhook carries it. Null once a person whom it concerned was erased.
    pub(super) data: Option<serde_json::Map<String, serde_json::Value>>,
    /// Where the request came from. Null once a person whom it concerned was erased.
    pub(super) context: Option<AuditContext>,
    /// The event's place in the chain. Null until it is sealed, which takes about a second.
    pub(super) chain: Option<AuditChainPlace>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct AuditActor {
    pub(super) kind: ActorKind,
    /// Null where nobody has proven who they are, and for the server itself.
    pub(super) id: Option<AnyId>,
}

/// What it was done to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct AuditTarget {
    /// The noun of its kind, for example `user`.
    pub(super) kind: String,
    pub(super) id: AnyId,
}

/// Where a request came from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct AuditContext {
    /// The caller's address, IPv4 or IPv6.
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
}

/// A place in the application's hash chain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct AuditChainPlace {
    /// Counts from 1, without gaps.
    pub(super) sequence: i64,
    /// The hash of the event before it, in hexadecimal digits; zeros for the first.
    pub(super) previous_hash: String,
    /// SHA-256 over the event and the hash before it, in hexadecimal digits.
    pub(super) hash: String,
}

impl From<AuditEvent> for Happened {
    fn from(event: AuditEvent) -> Self {
        let AuditEvent { facts, details, place } = event;
        let (data, context) = details.map(|details| (details.data, details.context)).unzip();
        Self {
            event_type: facts.event_type,
            occurred_at: facts.occurred_at,
            actor: AuditActor { kind: facts.actor.kind, id: facts.actor.id.map(AnyId) },
            target: AuditTarget { kind: facts.target_kind, id: AnyId(facts.target_id) },
            outcome: facts.outcome.into(),
            request_id: facts.request_id,
            data,
            context: context.map(|context| AuditContext { ip: context.ip, user_agent: context.user_agent }),
            chain: place.map(AuditChainPlace::from),
        }
    }
}

impl From<Place> for AuditChainPlace {
    fn from(place: Place) -> Self {
        Self {
            sequence: place.sequence,
            previous_hash: hexadecimal(&place.previous_hash),
            hash: hexadecimal(&place.hash),
        }
    }
}
