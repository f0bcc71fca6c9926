//! `/v1/settings`.

use edge::{Body, Can, Endpoint, Reply, versioned};
use kernel::Timestamp;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    RateLimit, Settings, SettingsConsent, SettingsError, SettingsOrganizations, SettingsPasskeys, SettingsPasswords,
    SettingsRead, SettingsSessions, SettingsSignUp, SettingsUrls, SettingsWrite, actions, input::SettingsUpdate,
};
use crate::tenants::{Environment, TenantRecord};

/// How an application behaves.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApplicationSettings")]
struct SettingsView {
    /// The application's name.
    name: String,
    /// The application's name in host names.
    slug: String,
    environment: Environment,
    urls: SettingsUrls,
    /// Web origins that may call from a browser, for example `https://app.example.com`; compared byte for byte.
    allowed_origins: Vec<String>,
    /// Where a browser may be sent back to; compared byte for byte.
    redirect_uris: Vec<String>,
    sign_up: SettingsSignUp,
    /// The application's own figures for rate limits; those not named keep their defaults.
    rate_limits: Vec<RateLimit>,
    passwords: SettingsPasswords,
    sessions: SettingsSessions,
    passkeys: SettingsPasskeys,
    consent: SettingsConsent,
    organizations: SettingsOrganizations,
    updated_at: Timestamp,
}

impl From<TenantRecord> for SettingsView {
    fn from(tenant: TenantRecord) -> Self {
        let Settings {
            urls,
            allowed_origins,
            redirect_uris,
            sign_up,
            rate_limits,
            passwords,
            sessions,
            passkeys,
            consent,
            organizations,
            ..
        } = tenant.settings;
        Self {
            name: tenant.name,
            slug: tenant.slug.to_string(),
            environment: tenant.environment,
            urls,
            allowed_origins,
            redirect_uris,
            sign_up,
            rate_limits,
            passwords,
            sessions,
            consent,
            passkeys,
            organizations,
            updated_at: tenant.updated_at,
        }
    }
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [get_settings(), update_settings()]
}

/// Get the settings
///
/// With their defaults where nothing is set.
#[endpoint(GET "/v1/settings", id = "settings.get")]
async fn get_settings(cx: Can<SettingsRead>) -> Reply<SettingsView> {
    let tenant = actions::get(&cx).await?;
    versioned(tenant.version, tenant)
}

/// Change the settings
///
/// A merge patch (RFC 7396): absent fields stay, `null` brings a default back, lists are replaced as a whole. Holds at once, on
/// every node within a second.
#[endpoint(PATCH "/v1/settings", id = "settings.update", errors = SettingsError)]
async fn update_settings(cx: Can<SettingsWrite>, body: Body<SettingsUpdate>) -> Reply<SettingsView> {
    let tenant = actions::update(&cx, body.0).await?;
    versioned(tenant.version, tenant)
}
