use kernel::{EventFacts, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// All users of the application were asked for in one stream.
#[derive(Event, Serialize, JsonSchema)]
#[event("users.exported", target = tenant_id)]
pub(super) struct UsersExported {
    pub tenant_id: TenantId,
    /// With the hashes of their passwords?
    pub with_password_hashes: bool,
}

pub(super) const CATALOGUE: &[EventFacts] = &[UsersExported::FACTS];
