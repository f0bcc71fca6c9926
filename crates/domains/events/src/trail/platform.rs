//! The trail on `/v1`.

use edge::{Can, CanOn, Listed, Paging, Query, Reply, listed, ok};
use kernel::{ActorKind, Id, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    AuditRead,
    any_id::AnyId,
    filters::{AuditEventFilters, AuditOutcome},
    store,
};
use crate::{AuditEvent, hexadecimal::hexadecimal, model::Place};

/// List audit events
///
/// Everything that happened in the application, newest first, whoever did it. A new event stands here as soon as the
/// change that it tells of does; its place in the chain follows within about a second.
#[endpoint(GET "/v1/audit/events", id = "audit.events.list")]
pub(crate) async fn list_events(
    cx: Can<AuditRead>,
    Query(filters): Query<AuditEventFilters>,
    Paging(request): Paging<Id<AuditEvent>>,
) -> Reply<Listed<AuditEventView>> {
    let page = store::page(&cx.read(), &filters, &request).await?;
    listed(&cx, page)
}

/// Get an audit event
///
/// With its place in the tamper-evident chain. Keep the hash of a late event outside of this server: as long as the event
/// has the same sequence and hash, nothing before it was changed.
#[endpoint(GET "/v1/audit/events/{event_id}", id = "audit.events.get")]
pub(crate) async fn get_event(cx: CanOn<AuditRead, AuditEvent>) -> Reply<AuditEventView> {
    ok(cx.target.clone())
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEvent")]
pub(crate) struct AuditEventView {
    id: Id<AuditEvent>,
    /// What happened, in the past tense: `user.signed_in`.
    #[serde(rename = "type")]
    event_type: String,
    occurred_at: Timestamp,
    actor: AuditActor,
    target: AuditTarget,
    outcome: AuditOutcome,
    /// The `X-Request-Id` of the request that made it happen; null where none did.
    request_id: Option<String>,
    /// What the type adds, as its webhook carries it. Null once a person whom it concerned was erased.
    data: Option<serde_json::Map<String, serde_json::Value>>,
    /// Where the request came from. Null once a person whom it concerned was erased.
    context: Option<AuditContext>,
    /// The event's place in the chain. Null until it is sealed, which takes about a second.
    chain: Option<AuditChainPlace>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AuditActor {
    kind: ActorKind,
    /// Null where nobody has proven who they are, and for the server itself.
    id: Option<AnyId>,
}

/// What it was done to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AuditTarget {
    /// The noun of its kind, for example `user`.
    kind: String,
    id: AnyId,
}

/// Where a request came from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AuditContext {
    /// The caller's address, IPv4 or IPv6.
    ip: Option<String>,
    user_agent: Option<String>,
}

/// A place in the application's hash chain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct AuditChainPlace {
    /// Counts from 1, without gaps.
    sequence: i64,
    /// The hash of the event before it, in hexadecimal digits; zeros for the first.
    previous_hash: String,
    /// SHA-256 over the event and the hash before it, in hexadecimal digits.
    hash: String,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        let AuditEvent { facts, details, place } = event;
        let (data, context) = details.map(|details| (details.data, details.context)).unzip();
        Self {
            id: facts.id,
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
