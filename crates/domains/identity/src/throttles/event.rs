use kernel::{EventFacts, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// Failures to sign in came so often that those who go on are made to wait, or that there are too many in the application as a whole.
#[derive(Event, Serialize, JsonSchema)]
#[event("security.alarm_raised", target = tenant_id, failure)]
pub(crate) struct AlarmRaised {
    pub tenant_id: TenantId,
    /// What was counted: `pair` for one account from one address, `account`, `network` or `tenant`.
    pub scope: &'static str,
    pub failures: u32,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[AlarmRaised::FACTS];
