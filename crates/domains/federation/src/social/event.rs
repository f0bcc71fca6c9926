use kernel::{EventFacts, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

/// A sign-in at a provider led nowhere: its answer did not hold, or the application takes nobody by this way.
#[derive(Event, Serialize, JsonSchema)]
#[event("identity.refused", target = tenant_id, failure)]
pub(crate) struct IdentityRefused {
    pub tenant_id: TenantId,
    /// The provider's name in the application's settings.
    pub provider: String,
    /// For example `provider_refused`.
    pub reason: &'static str,
}

/// Somebody proved an account at a provider; the code that the application exchanges for a session is on its way.
#[derive(Event, Serialize, JsonSchema)]
#[event("identity.presented", target = tenant_id)]
pub(crate) struct IdentityPresented {
    pub tenant_id: TenantId,
    /// The provider's name in the application's settings.
    pub provider: String,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[IdentityRefused::FACTS, IdentityPresented::FACTS];
