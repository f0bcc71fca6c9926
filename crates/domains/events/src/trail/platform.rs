//! The trail on `/v1`.

use edge::{Can, CanOn, Listed, Paging, Query, Reply, Rows, listed, ok};
use kernel::Id;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{AuditExport, AuditRead, export::export, filters::AuditEventFilters, store, view::Happened};
use crate::AuditEvent;

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

/// Export audit events
///
/// All that the filters leave, newest first, however many there are: lines of JSON (`application/x-ndjson`), or a table where the request
/// accepts `text/csv`. Cells that a spreadsheet would take for a formula begin with an apostrophe there. The export stands in the trail
/// itself.
#[endpoint(GET "/v1/audit/export", id = "audit.export")]
pub(crate) async fn export_events(
    cx: Can<AuditExport>,
    Query(filters): Query<AuditEventFilters>,
) -> Reply<Rows<AuditEventView>> {
    export(&cx, filters).await
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEvent")]
pub(crate) struct AuditEventView {
    id: Id<AuditEvent>,
    #[serde(flatten)]
    event: Happened,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self { id: event.facts.id, event: event.into() }
    }
}
