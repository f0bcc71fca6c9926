//! How an application behaves.
//!
//! Owns the settings' type with its defaults and limits, and the endpoints that read and change them. Does not act on them:
//! sign-up, passwords and sessions are `identity`'s, rate limits and CORS the edge's.

mod actions;
mod error;
mod event;
mod input;
mod model;
mod platform;
mod rules;

use edge::Endpoint;
use kernel::{EventFacts, tenant::TenantFacts};

pub use error::SettingsError;
pub use event::SettingsUpdated;
pub use model::{RateLimit, Settings, SettingsPasswords, SettingsSessions, SettingsSignUp, SettingsUrls, SignUpMode};
pub use rules::MAX_ACCESS_TOKEN_SECONDS;
pub(crate) use rules::{tenant_name, value_or_absent};

kernel::permissions! {
    /// Read the application's settings.
    SettingsRead = "settings:read",
    /// Change the application's settings.
    SettingsWrite = "settings:write",
}

pub(crate) const EVENTS: &[EventFacts] = &[SettingsUpdated::FACTS];

/// The settings of a request's tenant, as old as the tenant's facts are.
pub fn settings_of(tenant: &TenantFacts) -> &Settings {
    &crate::tenants::profile_of(tenant).settings
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
