//! The body of a change: a merge patch (RFC 7396). What is absent stays, `null` brings the default back.

use kernel::Patch;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    consent::{ConsentPurpose, SettingsConsent},
    model::{RateLimit, Settings, SettingsPasswords, SettingsSessions, SettingsSignUp, SettingsUrls, SignUpMode},
};
use super::{organizations::SettingsOrganizationsUpdate, passkeys::SettingsPasskeysUpdate};

/// What to change about an application: an absent field stays, `null` brings its default back.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SettingsUpdate {
    /// Can't be cleared.
    pub(super) name: Patch<String>,
    urls: Patch<SettingsUrlsUpdate>,
    allowed_origins: Patch<Vec<String>>,
    redirect_uris: Patch<Vec<String>>,
    sign_up: Patch<SettingsSignUpUpdate>,
    rate_limits: Patch<Vec<RateLimit>>,
    passwords: Patch<SettingsPasswordsUpdate>,
    sessions: Patch<SettingsSessionsUpdate>,
    consent: Patch<SettingsConsentUpdate>,
    passkeys: Patch<SettingsPasskeysUpdate>,
    organizations: Patch<SettingsOrganizationsUpdate>,
}

/// Pages to change.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "the names are the API's own, and a sign-in is not a URL")]
struct SettingsUrlsUpdate {
    home_url: Patch<String>,
    sign_in_url: Patch<String>,
    sign_up_url: Patch<String>,
    reset_password_url: Patch<String>,
}

/// What to change about who may sign up.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SettingsSignUpUpdate {
    mode: Patch<SignUpMode>,
    allowed_domains: Patch<Vec<String>>,
    blocked_domains: Patch<Vec<String>>,
}

/// What to change about passwords.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SettingsPasswordsUpdate {
    min_length: Patch<u32>,
    memory_kib: Patch<u32>,
    iterations: Patch<u32>,
    parallelism: Patch<u32>,
}

/// What to change about sessions.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SettingsSessionsUpdate {
    access_token_seconds: Patch<u32>,
    lifetime_seconds: Patch<u32>,
    idle_seconds: Patch<u32>,
    refresh_grace_seconds: Patch<u32>,
    max_per_user: Patch<u32>,
}

/// What to change about what people are asked to agree to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SettingsConsentUpdate {
    purposes: Patch<Vec<ConsentPurpose>>,
}

impl SettingsUpdate {
    /// The settings after the change, not yet checked.
    pub(super) fn apply(self, settings: Settings) -> Settings {
        Settings {
            urls: merge(self.urls, settings.urls, |patch, urls| SettingsUrls {
                home_url: patch.home_url.apply(urls.home_url),
                sign_in_url: patch.sign_in_url.apply(urls.sign_in_url),
                sign_up_url: patch.sign_up_url.apply(urls.sign_up_url),
                reset_password_url: patch.reset_password_url.apply(urls.reset_password_url),
            }),
            allowed_origins: value(self.allowed_origins, settings.allowed_origins, Vec::new()),
            redirect_uris: value(self.redirect_uris, settings.redirect_uris, Vec::new()),
            sign_up: merge(self.sign_up, settings.sign_up, |patch, sign_up| SettingsSignUp {
                mode: value(patch.mode, sign_up.mode, SignUpMode::default()),
                allowed_domains: value(patch.allowed_domains, sign_up.allowed_domains, Vec::new()),
                blocked_domains: value(patch.blocked_domains, sign_up.blocked_domains, Vec::new()),
            }),
            rate_limits: value(self.rate_limits, settings.rate_limits, Vec::new()),
            passwords: merge(self.passwords, settings.passwords, |patch, passwords| patch.apply(&passwords)),
            sessions: merge(self.sessions, settings.sessions, |patch, sessions| patch.apply(&sessions)),
            consent: merge(self.consent, settings.consent, |patch, consent| SettingsConsent {
                purposes: value(patch.purposes, consent.purposes, Vec::new()),
            }),
            passkeys: merge(self.passkeys, settings.passkeys, |patch, passkeys| passkeys.change(patch)),
            organizations: merge(self.organizations, settings.organizations, |patch, organizations| {
                organizations.change(patch)
            }),
            ..settings
        }
    }
}

impl SettingsPasswordsUpdate {
    fn apply(self, passwords: &SettingsPasswords) -> SettingsPasswords {
        let default = SettingsPasswords::default();
        SettingsPasswords {
            min_length: value(self.min_length, passwords.min_length, default.min_length),
            memory_kib: value(self.memory_kib, passwords.memory_kib, default.memory_kib),
            iterations: value(self.iterations, passwords.iterations, default.iterations),
            parallelism: value(self.parallelism, passwords.parallelism, default.parallelism),
        }
    }
}

impl SettingsSessionsUpdate {
    fn apply(self, sessions: &SettingsSessions) -> SettingsSessions {
        let default = SettingsSessions::default();
        SettingsSessions {
            access_token_seconds: value(
                self.access_token_seconds,
                sessions.access_token_seconds,
                default.access_token_seconds,
            ),
            lifetime_seconds: value(self.lifetime_seconds, sessions.lifetime_seconds, default.lifetime_seconds),
            idle_seconds: value(self.idle_seconds, sessions.idle_seconds, default.idle_seconds),
            refresh_grace_seconds: value(
                self.refresh_grace_seconds,
                sessions.refresh_grace_seconds,
                default.refresh_grace_seconds,
            ),
            max_per_user: self.max_per_user.apply(sessions.max_per_user),
            cookies: sessions.cookies.clone(),
        }
    }
}

pub(super) fn value<T>(patch: Patch<T>, current: T, default: T) -> T {
    match patch {
        Patch::Absent => current,
        Patch::Null => default,
        Patch::Value(value) => value,
    }
}

fn merge<P, T: Default>(patch: Patch<P>, current: T, apply: impl FnOnce(P, T) -> T) -> T {
    match patch {
        Patch::Absent => current,
        Patch::Null => T::default(),
        Patch::Value(patch) => apply(patch, current),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn patched(settings: &Settings, patch: Value) -> Settings {
        serde_json::from_value::<SettingsUpdate>(patch).unwrap().apply(settings.clone())
    }

    #[test]
    fn absent_stays_null_is_the_default_and_a_value_replaces() {
        let before = patched(
            &Settings::default(),
            json!({
                "urls": { "home_url": "https://a.example/", "sign_in_url": "https://a.example/in" },
                "allowed_origins": ["https://a.example"],
                "sign_up": { "mode": "invite_only", "blocked_domains": ["b.example"] },
                "rate_limits": [{ "name": "token", "requests": 5, "seconds": 60 }],
                "passwords": { "min_length": 15 },
                "sessions": { "idle_seconds": 3600, "max_per_user": 3 }
            }),
        );
        assert_eq!(patched(&before, json!({})), before);

        let after = patched(
            &before,
            json!({ "urls": { "home_url": null }, "sessions": { "max_per_user": null, "idle_seconds": 60 } }),
        );
        assert_eq!(after.urls, SettingsUrls { home_url: None, ..before.urls.clone() });
        assert_eq!(
            after.sessions,
            SettingsSessions { idle_seconds: 60, max_per_user: None, ..before.sessions.clone() }
        );
        assert_eq!((&after.sign_up, &after.passwords), (&before.sign_up, &before.passwords));

        let all = [
            "urls",
            "allowed_origins",
            "redirect_uris",
            "sign_up",
            "rate_limits",
            "passwords",
            "sessions",
            "passkeys",
            "organizations",
        ];
        let nulls: Value =
            all.iter().map(|name| ((*name).to_owned(), Value::Null)).collect::<serde_json::Map<_, _>>().into();
        assert_eq!(patched(&before, nulls), Settings::default());
    }

    #[test]
    fn unknown_fields_are_refused_at_every_depth() {
        for patch in [
            json!({ "tenant_id": "x" }),
            json!({ "urls": { "evil_url": "x" } }),
            json!({ "sessions": { "forever": true } }),
            json!({ "rate_limits": [{ "name": "token", "requests": 1, "seconds": 1, "burst": 1 }] }),
        ] {
            assert!(serde_json::from_value::<SettingsUpdate>(patch.clone()).is_err(), "{patch}");
        }
    }
}
