//! What can be set, and what holds where nothing is.
//!
//! Stored as one JSON text per tenant. A part that is absent has its default, so a new setting needs no migration; a part that is
//! not known is passed over, so an older node can read what a newer one wrote.

use std::time::Duration;

use edge::SameSite;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vault::{Argon2Params, PasswordPolicy};

use super::{
    abuse::{SettingsCaptcha, SettingsLimits, SettingsRisk},
    branding::SettingsBranding,
    consent::SettingsConsent,
    mfa::SettingsMfa,
    oauth::SettingsOauth,
    organizations::SettingsOrganizations,
    passkeys::SettingsPasskeys,
    sign_in::SettingsSignIn,
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Settings {
    pub urls: SettingsUrls,
    /// Web origins that may call from a browser, for example `https://app.example.com`; compared byte for byte.
    pub allowed_origins: Vec<String>,
    /// Where a browser may be sent back to; compared byte for byte.
    pub redirect_uris: Vec<String>,
    pub sign_up: SettingsSignUp,
    /// The application's own figures for rate limits; those not named keep their defaults.
    pub rate_limits: Vec<RateLimit>,
    pub passwords: SettingsPasswords,
    pub sessions: SettingsSessions,
    pub sign_in: SettingsSignIn,
    pub mfa: SettingsMfa,
    pub captcha: SettingsCaptcha,
    pub risk: SettingsRisk,
    pub limits: SettingsLimits,
    pub branding: SettingsBranding,
    pub consent: SettingsConsent,
    pub passkeys: SettingsPasskeys,
    pub oauth: SettingsOauth,
    pub organizations: SettingsOrganizations,
}

/// The application's own pages, for links in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsUrls {
    pub home_url: Option<String>,
    pub sign_in_url: Option<String>,
    pub sign_up_url: Option<String>,
    /// Where a password is chosen anew.
    pub reset_password_url: Option<String>,
}

/// Who may sign up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsSignUp {
    pub mode: SignUpMode,
    /// Domains of email addresses that may sign up; empty for all. The mode `restricted` needs at least one.
    pub allowed_domains: Vec<String>,
    /// Domains of email addresses that may not.
    pub blocked_domains: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignUpMode {
    /// Everyone.
    #[default]
    Open,
    /// Those who were invited.
    InviteOnly,
    /// Nobody until approved.
    Waitlist,
    /// Email addresses of the allowed domains.
    Restricted,
}

/// One rate limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// `sign-in`, `authorize`, `token`, `token-user`, `self-service`, `admin`, `client` or `message`.
    pub name: String,
    /// Requests in one window.
    pub requests: u32,
    /// The window in seconds.
    pub seconds: u32,
}

/// What a new password must be, and how dear its hash is (Argon2id, RFC 9106).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsPasswords {
    /// In characters.
    pub min_length: u32,
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

impl Default for SettingsPasswords {
    fn default() -> Self {
        let Argon2Params { memory_kib, iterations, parallelism } = Argon2Params::default();
        Self {
            min_length: u32::try_from(PasswordPolicy::DEFAULT).unwrap_or(u32::MAX),
            memory_kib,
            iterations,
            parallelism,
        }
    }
}

impl SettingsPasswords {
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy::new(usize::try_from(self.min_length).unwrap_or(usize::MAX))
    }

    pub const fn params(&self) -> Argon2Params {
        Argon2Params { memory_kib: self.memory_kib, iterations: self.iterations, parallelism: self.parallelism }
    }
}

/// How long people stay signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsSessions {
    /// Lifetime of an access token.
    pub access_token_seconds: u32,
    /// A session ends so long after signing in, whatever happens.
    pub lifetime_seconds: u32,
    /// It ends when it was not refreshed for so long.
    pub idle_seconds: u32,
    /// For so long after a refresh the same client gets the same successor again, if its answer was lost.
    pub refresh_grace_seconds: u32,
    /// The oldest session ends when a person opens one more.
    pub max_per_user: Option<u32>,
    pub cookies: SettingsCookies,
}

/// How browsers keep the tokens of those who ask for cookies. They are always `HttpOnly`, and `Secure` and bound to the host where
/// the application is reached by https.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsCookies {
    pub same_site: SameSite,
}

const DAY: u32 = 86_400;

impl Default for SettingsSessions {
    fn default() -> Self {
        Self {
            access_token_seconds: 300,
            lifetime_seconds: 30 * DAY,
            idle_seconds: 7 * DAY,
            refresh_grace_seconds: 10,
            max_per_user: None,
            cookies: SettingsCookies::default(),
        }
    }
}

impl SettingsSessions {
    pub fn access_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds.into())
    }

    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_seconds.into())
    }

    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.into())
    }

    pub fn refresh_grace(&self) -> Duration {
        Duration::from_secs(self.refresh_grace_seconds.into())
    }
}

impl Settings {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_parts_have_defaults_and_unknown_ones_are_passed_over() {
        assert_eq!(Settings::from_json("{}"), Some(Settings::default()));
        let text = r#"{"sessions":{"idle_seconds":60,"of_a_later_version":1},"of_a_later_version":{}}"#;
        let settings = Settings::from_json(text).unwrap();
        assert_eq!(settings.sessions, SettingsSessions { idle_seconds: 60, ..SettingsSessions::default() });
        assert_eq!(Settings::from_json("7"), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let settings = Settings {
            allowed_origins: vec!["https://a.example".to_owned()],
            sign_up: SettingsSignUp { mode: SignUpMode::InviteOnly, ..SettingsSignUp::default() },
            rate_limits: vec![RateLimit { name: "token".to_owned(), requests: 1, seconds: 2 }],
            ..Settings::default()
        };
        assert_eq!(Settings::from_json(&settings.to_json()), Some(settings));
    }

    #[test]
    fn the_defaults_are_valid() {
        assert!(Settings::default().check().is_ok());
        assert_eq!(SettingsPasswords::default().params(), Argon2Params::default());
    }
}
