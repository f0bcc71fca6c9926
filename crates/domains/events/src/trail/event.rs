//! What the trail says of itself.

use kernel::{EventFacts, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// Somebody took the audit trail, or a part of it, away.
#[derive(Event, Serialize, JsonSchema)]
#[event("audit.exported", target = tenant_id)]
pub(super) struct AuditExported {
    pub tenant_id: TenantId,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[AuditExported::FACTS];
