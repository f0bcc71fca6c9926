//! The trail on `/api/v1`: ids of events with their prefix; those of whoever acted, and on what, as they are stored, since they can be of
//! any kind.

use edge::{Can, Listed, Paging, Query, Reply, Rows, listed};
use kernel::{Id, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{AuditExport, AuditRead, export::export, filters::AuditEventFilters, store, view::Happened};
use crate::AuditEvent;

/// Something that happened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEvent")]
pub(crate) struct AuditEventView {
    id: TypedId<AuditEvent>,
    #[serde(flatten)]
    event: Happened,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self { id: event.facts.id.typed(), event: event.into() }
    }
}

/// List audit events
///
/// Everything that happened in the tenant, newest first, whoever did it.
#[endpoint(GET "/api/v1/audit/events", id = "audit.events.list")]
pub(crate) async fn list_events(
    cx: Can<AuditRead>,
    Query(filters): Query<AuditEventFilters>,
    Paging(request): Paging<Id<AuditEvent>>,
) -> Reply<Listed<AuditEventView>> {
    let page = store::page(&cx.read(), &filters, &request).await?;
    listed(&cx, page)
}

/// Export audit events
///
/// All that the filters leave, newest first, however many there are: lines of JSON (`application/x-ndjson`), or a table where the request
/// accepts `text/csv`. The export stands in the trail itself.
#[endpoint(GET "/api/v1/audit/export", id = "audit.export")]
pub(crate) async fn export_events(
    cx: Can<AuditExport>,
    Query(filters): Query<AuditEventFilters>,
) -> Reply<Rows<AuditEventView>> {
    export(&cx, filters).await
}
