//! The trail's rows, newest first.

use kernel::{Id, Page, PageRequest};
use store::{Query, Row, StoreError, params};

use super::filters::AuditEventFilters;
use crate::{
    AuditEvent,
    model::{Facts, Place, fact_columns},
};

/// Those with a place in the chain and those that still wait for it, as one.
#[rustfmt::skip]
macro_rules! select_events {
    () => {
        concat!("
        select ", fact_columns!(), ", details, sequence, previous_hash, hash
          from (select ", fact_columns!(), ", details, sequence, previous_hash, hash
                  from events
                 where tenant_id = $1
                 union all
                select ", fact_columns!(), ", details, sequence, previous_hash, hash
                  from unsealed_events
                 where tenant_id = $1) e
         where id ")
    };
}

store::sql! {
    FIND_EVENT = concat!(select_events!(), "= $2");
}

store::listing! {
    EVENTS = {
        select: concat!(select_events!(), "is not null"),
        filters: {
            event_type: "type = ?",
            actor: "actor_id = ?",
            target: "target_id = ?",
            outcome: "outcome = ?",
            request: "request_id = ?",
            occurred_from: "occurred_at >= ?",
            occurred_to: "occurred_at < ?",
            lowest_id: "id >= ?",
            id_limit: "id < ?",
        },
        order: "id desc",
        keyset: "id < ?",
    };
}

pub(crate) async fn find(read: &impl Query, id: Id<AuditEvent>) -> Result<Option<AuditEvent>, StoreError> {
    read.one(&FIND_EVENT, params![id], event).await
}

pub(crate) async fn page(
    read: &impl Query,
    filters: &AuditEventFilters,
    request: &PageRequest<Id<AuditEvent>>,
) -> Result<Page<AuditEvent, Id<AuditEvent>>, StoreError> {
    let query = EVENTS
        .query()
        .filter_some("event_type", filters.event_type.as_deref())
        .filter_some("actor", filters.actor_id.map(|id| id.0))
        .filter_some("target", filters.target_id.map(|id| id.0))
        .filter_some("outcome", filters.outcome.map(super::filters::AuditOutcome::stored))
        .filter_some("request", filters.request_id.as_deref())
        .filter_some("occurred_from", filters.occurred_from)
        .filter_some("occurred_to", filters.occurred_to)
        .filter_some("lowest_id", filters.lowest_id())
        .filter_some("id_limit", filters.id_limit())
        .limit(request.fetch());
    let query = match request.after {
        Some(after) => query.after(params![after]),
        None => query,
    };
    Ok(request.page(read.list(query, event).await?, |event| event.facts.id))
}

fn event(row: &Row<'_>) -> Result<AuditEvent, StoreError> {
    let next = Facts::COLUMNS;
    let details: Option<String> = row.get(next)?;
    let sequence: Option<i64> = row.get(next + 1)?;
    Ok(AuditEvent {
        facts: Facts::read(row)?,
        details: details
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_| StoreError::corrupt(next, "the details of an event"))?,
        place: match sequence {
            Some(sequence) => Some(Place { sequence, previous_hash: row.get(next + 2)?, hash: row.get(next + 3)? }),
            None => None,
        },
    })
}
