//! Reading the trail. It is written by the kit and sealed by the chain; here it is only shown.

mod any_id;
mod data_plane;
mod event;
mod export;
mod filters;
mod platform;
mod store;
mod table;
mod view;

use edge::{Endpoint, Resource};
use kernel::Id;

use ::store::{Read, StoreError};

use crate::AuditEvent;

kernel::permissions! {
    /// Read the audit trail.
    AuditRead = "audit:read",
    /// Take the audit trail away.
    AuditExport = "audit:export",
}

impl Resource for AuditEvent {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) const EVENTS: &[kernel::EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        platform::list_events(),
        platform::get_event(),
        platform::export_events(),
        data_plane::list_events(),
        data_plane::export_events(),
    ]
}
