//! Reading the trail. It is written by the kit and sealed by the chain; here it is only shown.

mod any_id;
mod filters;
mod platform;
mod store;

use edge::{Endpoint, Resource};
use kernel::Id;

use ::store::{Read, StoreError};

use crate::AuditEvent;

kernel::permissions! {
    /// Read the audit trail.
    AuditRead = "audit:read",
}

impl Resource for AuditEvent {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![platform::list_events(), platform::get_event()]
}
