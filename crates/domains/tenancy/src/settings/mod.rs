//! How an application behaves.
//!
//! Owns the settings' type with its defaults and limits, and the endpoints that read and change them. Does not act on them:
//! sign-up, passwords and sessions are `identity`'s, rate limits and CORS the edge's.

mod abuse;
mod actions;
pub mod branding;
pub mod colour;
mod consent;
mod disposable;
mod documents;
mod error;
mod event;
mod flaws;
mod input;
mod mfa;
mod model;
mod oauth;
mod organizations;
mod parts;
mod passkeys;
mod platform;
mod rules;
pub(crate) mod secrets;
mod sign_in;
mod strict;
mod trusted_issuers;

use edge::Endpoint;
use kernel::{EventFacts, tenant::TenantFacts};

pub use abuse::{CaptchaProvider, CaptchaWhen, RiskMode, SettingsCaptcha, SettingsLimits, SettingsRisk};
pub(crate) use actions::differing;
pub use branding::SettingsBranding;
pub(crate) use branding::is_line;
pub use consent::{ConsentPurpose, SettingsConsent};
pub use disposable::is_disposable;
pub use error::SettingsError;
pub use event::SettingsUpdated;
pub(crate) use flaws::Flaws;
pub use mfa::{AttestationMode, MfaFactor, MfaPolicy, SettingsAttestation, SettingsMfa};
pub use model::{
    RateLimit, Settings, SettingsCookies, SettingsPasswords, SettingsSessions, SettingsSignUp, SettingsUrls, SignUpMode,
};
pub use oauth::{OauthResource, OauthScope, RegistrationMode, SettingsOauth};
pub use organizations::SettingsOrganizations;
pub use passkeys::{NativeApp, SettingsPasskeys};
pub use rules::MAX_ACCESS_TOKEN_SECONDS;
pub(crate) use rules::{is_domain, tenant_name, value_or_absent, web_url};
pub use secrets::captcha_secret;
pub use sign_in::{IdentifierKind, SettingsSignIn, SettingsUsername, SignInMethod, UsernameCharacters, Verification};
pub use trusted_issuers::{OauthTrustedIssuer, OauthTrustedSubject};

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
    platform::endpoints().into_iter().chain(parts::endpoints()).collect()
}
