//! Who besides the application's own pages takes part in passkeys, and which makers' word is taken.

use kernel::Patch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use webauthn::{TrustRoots, android_origin};

use super::flaws::Flaws;

/// Native applications that share the passkeys, and makers of authenticators that are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsPasskeys {
    /// Served under `/.well-known` in the form that each platform reads.
    pub native_apps: Vec<NativeApp>,
    /// Certificates in PEM of makers whose attestation is believed; without any, no passkey reaches level 3.
    pub attestation_roots: Vec<String>,
}

/// An application of a platform, by the platform's own name for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "platform", rename_all = "snake_case", deny_unknown_fields)]
pub enum NativeApp {
    /// iOS, iPadOS or macOS.
    Apple {
        /// Team and bundle, for example `ABCDE12345.com.example.app`.
        app_id: String,
    },
    /// Android.
    Android {
        /// For example `com.example.app`.
        package_name: String,
        /// SHA-256 of the signing certificates, as `14:6D:E9:…`.
        sha256_cert_fingerprints: Vec<String>,
    },
}

/// What to change about passkeys; lists are replaced as a whole.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SettingsPasskeysUpdate {
    native_apps: Patch<Vec<NativeApp>>,
    attestation_roots: Patch<Vec<String>>,
}

const MAX_APPS: usize = 50;
const MAX_FINGERPRINTS: usize = 10;
const MAX_ROOTS: usize = 50;
const MAX_ROOT_BYTES: usize = 16 * 1_024;

impl SettingsPasskeys {
    pub(super) fn change(self, update: SettingsPasskeysUpdate) -> Self {
        Self {
            native_apps: update.native_apps.apply(Some(self.native_apps)).unwrap_or_default(),
            attestation_roots: update.attestation_roots.apply(Some(self.attestation_roots)).unwrap_or_default(),
        }
    }

    /// What Android writes where a page has its origin; Apple's platforms write the page's own.
    pub fn native_origins(&self) -> impl Iterator<Item = String> {
        self.native_apps.iter().flat_map(|app| match app {
            NativeApp::Apple { .. } => Vec::new(),
            NativeApp::Android { sha256_cert_fingerprints, .. } => {
                sha256_cert_fingerprints.iter().filter_map(|fingerprint| android_origin(fingerprint)).collect()
            }
        })
    }

    /// Those that are stored were checked, so that nothing is left out here.
    pub fn trust_roots(&self) -> TrustRoots {
        TrustRoots::from_pem(&self.attestation_roots).unwrap_or_default()
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        flaws.at_most("native_apps", self.native_apps.len(), MAX_APPS);
        flaws.once("native_apps", &self.native_apps);
        for (index, app) in self.native_apps.iter().enumerate().take(MAX_APPS) {
            flaws.part(&format!("native_apps.{index}"), |flaws| app.check(flaws));
        }
        flaws.at_most("attestation_roots", self.attestation_roots.len(), MAX_ROOTS);
        for (index, root) in self.attestation_roots.iter().enumerate().take(MAX_ROOTS) {
            if root.len() > MAX_ROOT_BYTES || TrustRoots::from_pem(&[root]).is_none() {
                flaws.add(format!("attestation_roots.{index}"), "invalid", "A certificate in PEM.");
            }
        }
    }
}

impl NativeApp {
    fn check(&self, flaws: &mut Flaws) {
        match self {
            Self::Apple { app_id } => {
                let is_team =
                    |team: &str| team.len() == 10 && team.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
                if !app_id.split_once('.').is_some_and(|(team, bundle)| is_team(team) && is_bundle(bundle)) {
                    flaws.add("app_id", "invalid", "Team and bundle, for example ABCDE12345.com.example.app.");
                }
            }
            Self::Android { package_name, sha256_cert_fingerprints: fingerprints } => {
                if !is_bundle(package_name) {
                    flaws.add("package_name", "invalid", "The name of a package, for example com.example.app.");
                }
                if fingerprints.is_empty() {
                    flaws.add("sha256_cert_fingerprints", "required", "At least one.");
                }
                flaws.at_most("sha256_cert_fingerprints", fingerprints.len(), MAX_FINGERPRINTS);
                for (index, fingerprint) in fingerprints.iter().enumerate().take(MAX_FINGERPRINTS) {
                    if android_origin(fingerprint).is_none() {
                        let message = "32 bytes in hexadecimal with colons between them.";
                        flaws.add(format!("sha256_cert_fingerprints.{index}"), "invalid", message);
                    }
                }
            }
        }
    }
}

/// Labels with dots between them, as both platforms have it.
fn is_bundle(text: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    text.len() <= 155 && text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flaws_of(settings: Value) -> Vec<String> {
        let settings: SettingsPasskeys = serde_json::from_value(settings).unwrap();
        let mut flaws = Flaws::new("Not valid.");
        settings.check(&mut flaws);
        let refusal = flaws.finish().err();
        refusal.map(|refusal| refusal.fields.iter().map(|field| field.field.to_string()).collect()).unwrap_or_default()
    }

    #[test]
    fn applications_are_named_as_their_platforms_name_them() {
        let print = ["AB"; 32].join(":");
        let android = |package: &str, prints: &[&str]| json!({ "native_apps": [{ "platform": "android", "package_name": package, "sha256_cert_fingerprints": prints }] });
        let apple = |id: &str| json!({ "native_apps": [{ "platform": "apple", "app_id": id }] });
        for (settings, expected) in [
            (apple("ABCDE12345.com.example.app"), &[][..]),
            (apple("com.example.app"), &["native_apps.0.app_id"]),
            (apple("ABCDE12345.\"]}"), &["native_apps.0.app_id"]),
            (android("com.example.app", &[&print]), &[]),
            (android("app", &[&print]), &["native_apps.0.package_name"]),
            (android("com.example.app", &[]), &["native_apps.0.sha256_cert_fingerprints"]),
            (android("com.example.app", &["AB"]), &["native_apps.0.sha256_cert_fingerprints.0"]),
            (json!({ "attestation_roots": ["no PEM"] }), &["attestation_roots.0"]),
            (json!({}), &[]),
        ] {
            assert_eq!(flaws_of(settings.clone()), expected, "{settings}");
        }
        assert!(serde_json::from_value::<NativeApp>(json!({ "platform": "apple", "app_id": "a", "more": 1 })).is_err());
    }

    #[test]
    fn android_applications_have_origins() {
        let print = ["AB"; 32].join(":");
        let settings: SettingsPasskeys = serde_json::from_value(json!({ "native_apps": [
            { "platform": "apple", "app_id": "ABCDE12345.com.example.app" },
            { "platform": "android", "package_name": "com.example.app", "sha256_cert_fingerprints": [print] },
        ] }))
        .unwrap();
        let origins: Vec<String> = settings.native_origins().collect();
        assert_eq!(origins, ["android:apk-key-hash:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"]);
    }
}
