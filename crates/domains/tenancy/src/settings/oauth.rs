//! The application as an OAuth 2 and OpenID Connect provider.

use std::time::Duration;

use oauth::{Profile, is_resource, scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use x509::Authorities;

use super::{
    branding::is_line,
    flaws::Flaws,
    rules::{MAX_ACCESS_TOKEN_SECONDS, MAX_GRACE_SECONDS, MAX_LIFETIME_SECONDS},
    trusted_issuers::{MAX_ISSUERS, OauthTrustedIssuer},
};

/// Who may register clients, what they are held to, what may be asked for, and for how long it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsOauth {
    /// Who may register a client at `/oauth2/register` (RFC 7591).
    pub registration: RegistrationMode,
    /// The set of rules that clients without one of their own are held to.
    pub profile: Profile,
    /// Must clients that register themselves use PKCE (RFC 7636)? Public ones must in any case, and so must those under `fapi2` and `mcp`.
    /// Strict OpenID Connect clients of before 2020 know it not.
    pub require_pkce: bool,
    /// May a client be known by the https address of its metadata document, without being registered?
    pub client_id_metadata_documents: bool,
    /// The application's own scopes, beside those of OpenID Connect and of this server.
    pub scopes: Vec<OauthScope>,
    /// The application's own APIs, for which tokens may be asked (RFC 8707), beside this server.
    pub resources: Vec<OauthResource>,
    /// Other issuers whose word is taken for people of the application (RFC 7523, section 2.1).
    pub trusted_issuers: Vec<OauthTrustedIssuer>,
    /// Certificates in PEM of authorities whose word is taken for the names in clients' certificates (`tls_client_auth`, RFC 8705); without
    /// any, nobody can prove itself so.
    pub client_certificate_authorities: Vec<String>,
    /// Lifetime of an access token; a client may have one of its own.
    pub access_token_seconds: u32,
    /// A grant ends so long after it was given, however often it was refreshed; a client may have one of its own.
    pub refresh_token_seconds: u32,
    pub id_token_seconds: u32,
    /// Under the profile `fapi2` a minute at most.
    pub code_seconds: u32,
    /// How long a person may take to type a code from a device.
    pub device_code_seconds: u32,
    /// For so long after a refresh the same client gets the same successor again, if its answer was lost.
    pub refresh_grace_seconds: u32,
}

/// Who may register a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// Nobody: clients are made by those who run the application.
    #[default]
    Off,
    /// Who has an initial access token: a secret API key or an access token that carries `applications:write`.
    Protected,
    /// Everyone.
    Open,
}

/// One of the application's own scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OauthScope {
    /// As it stands in requests and tokens, for example `invoices:read`.
    pub name: String,
    /// What a person reads on the consent page, for example "See your invoices".
    pub description: String,
}

/// One of the application's own APIs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OauthResource {
    /// What requests name and tokens carry as `aud`: an absolute URI without a fragment.
    pub identifier: String,
    /// What people know it by.
    pub name: String,
    /// The scopes that mean something there; empty for all.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// May clients ask for it that came by themselves, registered or known by a document? Those of the application have it in their
    /// `allowed_resources`.
    #[serde(default)]
    pub open_to_all_clients: bool,
}

const DAY: u32 = 86_400;
const MAX_SCOPES: usize = 200;
const MAX_RESOURCES: usize = 100;
const MAX_AUTHORITIES: usize = 20;
const MAX_AUTHORITY_BYTES: usize = 16 * 1_024;
const MAX_NAME: usize = 80;
const MAX_DESCRIPTION: usize = 200;
const MAX_CODE_SECONDS: u32 = 600;

impl Default for SettingsOauth {
    fn default() -> Self {
        Self {
            registration: RegistrationMode::Off,
            profile: Profile::Standard,
            require_pkce: true,
            client_id_metadata_documents: false,
            scopes: Vec::new(),
            resources: Vec::new(),
            trusted_issuers: Vec::new(),
            client_certificate_authorities: Vec::new(),
            access_token_seconds: 3_600,
            refresh_token_seconds: 30 * DAY,
            id_token_seconds: 3_600,
            code_seconds: 60,
            device_code_seconds: 1_800,
            refresh_grace_seconds: 10,
        }
    }
}

impl SettingsOauth {
    pub fn access_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds.into())
    }

    pub fn refresh_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.refresh_token_seconds.into())
    }

    pub fn id_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.id_token_seconds.into())
    }

    pub fn code_lifetime(&self) -> Duration {
        Duration::from_secs(self.code_seconds.into())
    }

    pub fn device_code_lifetime(&self) -> Duration {
        Duration::from_secs(self.device_code_seconds.into())
    }

    pub fn refresh_grace(&self) -> Duration {
        Duration::from_secs(self.refresh_grace_seconds.into())
    }

    /// Those that are stored were checked, so that nothing is left out here.
    pub fn authorities(&self) -> Authorities {
        Authorities::from_pem(&self.client_certificate_authorities).unwrap_or_default()
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        flaws.at_most("scopes", self.scopes.len(), MAX_SCOPES);
        for (index, scope) in self.scopes.iter().enumerate().take(MAX_SCOPES) {
            flaws.part(&format!("scopes.{index}"), |flaws| scope.check(flaws));
            if self.scopes[..index].iter().any(|other| other.name == scope.name) {
                flaws.add(format!("scopes.{index}.name"), "duplicate", "Stands twice.");
            }
        }
        flaws.at_most("resources", self.resources.len(), MAX_RESOURCES);
        for (index, resource) in self.resources.iter().enumerate().take(MAX_RESOURCES) {
            flaws.part(&format!("resources.{index}"), |flaws| resource.check(flaws, &self.scopes));
            if self.resources[..index].iter().any(|other| other.identifier == resource.identifier) {
                flaws.add(format!("resources.{index}.identifier"), "duplicate", "Stands twice.");
            }
        }
        flaws.at_most("trusted_issuers", self.trusted_issuers.len(), MAX_ISSUERS);
        for (index, trusted) in self.trusted_issuers.iter().enumerate().take(MAX_ISSUERS) {
            flaws
                .part(&format!("trusted_issuers.{index}"), |flaws| trusted.check(flaws, &self.scopes, &self.resources));
            if self.trusted_issuers[..index].iter().any(|other| other.issuer == trusted.issuer) {
                flaws.add(format!("trusted_issuers.{index}.issuer"), "duplicate", "Stands twice.");
            }
        }
        self.check_authorities(flaws);
        flaws.within("access_token_seconds", self.access_token_seconds, 60..=MAX_ACCESS_TOKEN_SECONDS);
        flaws.within("refresh_token_seconds", self.refresh_token_seconds, 300..=MAX_LIFETIME_SECONDS);
        flaws.within("id_token_seconds", self.id_token_seconds, 60..=MAX_ACCESS_TOKEN_SECONDS);
        // RFC 6749, section 4.1.2: ten minutes at most.
        flaws.within("code_seconds", self.code_seconds, 10..=MAX_CODE_SECONDS);
        flaws.within("device_code_seconds", self.device_code_seconds, 60..=3_600);
        flaws.within("refresh_grace_seconds", self.refresh_grace_seconds, 0..=MAX_GRACE_SECONDS);
        if self.access_token_seconds > self.refresh_token_seconds {
            flaws.add("access_token_seconds", "too_long", "Not longer than refresh_token_seconds.");
        }
    }

    fn check_authorities(&self, flaws: &mut Flaws) {
        const FIELD: &str = "client_certificate_authorities";
        let authorities = &self.client_certificate_authorities;
        flaws.at_most(FIELD, authorities.len(), MAX_AUTHORITIES);
        flaws.once(FIELD, &authorities[..authorities.len().min(MAX_AUTHORITIES)]);
        for (index, text) in authorities.iter().enumerate().take(MAX_AUTHORITIES) {
            let read = Some(text).filter(|text| text.len() <= MAX_AUTHORITY_BYTES);
            let read = read.and_then(|text| Authorities::from_pem(&[text])).filter(|read| read.len() == 1);
            // A client's own certificate, listed here, could issue others for everybody.
            if !read.is_some_and(|read| read.are_issuers()) {
                let message =
                    "One certificate in PEM, of an authority: its basic constraints say that it may issue others.";
                flaws.add(format!("{FIELD}.{index}"), "invalid", message);
            }
        }
    }
}

impl OauthScope {
    fn check(&self, flaws: &mut Flaws) {
        if !is_scope(&self.name) {
            flaws.add("name", "invalid", "1 to 100 letters, digits and signs, as RFC 6749, section 3.3, has them.");
        } else if scope::OPENID_SCOPES.contains(&self.name.as_str()) {
            flaws.add("name", "reserved", "OpenID Connect has given this scope its meaning.");
        }
        check_line(flaws, "description", &self.description, MAX_DESCRIPTION);
    }
}

impl OauthResource {
    fn check(&self, flaws: &mut Flaws, known: &[OauthScope]) {
        if !is_resource(&self.identifier) {
            flaws.add(
                "identifier",
                "invalid",
                "An absolute URI without a fragment, for example https://api.example.com.",
            );
        }
        check_line(flaws, "name", &self.name, MAX_NAME);
        flaws.at_most("scopes", self.scopes.len(), MAX_SCOPES);
        flaws.once("scopes", &self.scopes[..self.scopes.len().min(MAX_SCOPES)]);
        for (index, name) in self.scopes.iter().enumerate().take(MAX_SCOPES) {
            if !known.iter().any(|scope| scope.name == *name) {
                flaws.add(format!("scopes.{index}"), "unknown", "None of the application's own scopes.");
            }
        }
    }
}

/// A scope that may stand in a list with others (RFC 6749, section 3.3).
fn is_scope(name: &str) -> bool {
    (1..=100).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
}

fn check_line(flaws: &mut Flaws, field: &str, text: &str, most: usize) {
    if !is_line(text, most) {
        flaws.add(field, "invalid", format!("1 to {most} characters on one line."));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flaws_of(settings: Value) -> Vec<String> {
        let settings: SettingsOauth = serde_json::from_value(settings).unwrap();
        let mut flaws = Flaws::new("Not valid.");
        settings.check(&mut flaws);
        let refusal = flaws.finish().err();
        refusal.map(|refusal| refusal.fields.iter().map(|field| field.field.to_string()).collect()).unwrap_or_default()
    }

    #[test]
    fn scopes_resources_and_lifetimes_are_checked() {
        let scope = |name: &str| json!({ "name": name, "description": "See your invoices" });
        for (settings, expected) in [
            (json!({}), &[][..]),
            (json!({ "scopes": [scope("invoices:read")] }), &[]),
            (json!({ "scopes": [scope("a b")] }), &["scopes.0.name"]),
            (json!({ "scopes": [scope("openid")] }), &["scopes.0.name"]),
            (json!({ "scopes": [scope("a"), scope("a")] }), &["scopes.1.name"]),
            (json!({ "scopes": [{ "name": "a", "description": "" }] }), &["scopes.0.description"]),
            (json!({ "resources": [{ "identifier": "https://api.example.com", "name": "API" }] }), &[]),
            (json!({ "resources": [{ "identifier": "api", "name": "API" }] }), &["resources.0.identifier"]),
            (
                json!({ "resources": [{ "identifier": "https://a.example", "name": "API", "scopes": ["x"] }] }),
                &["resources.0.scopes.0"],
            ),
            (json!({ "access_token_seconds": 59 }), &["access_token_seconds"]),
            (json!({ "code_seconds": 601 }), &["code_seconds"]),
            (json!({ "access_token_seconds": 3_600, "refresh_token_seconds": 300 }), &["access_token_seconds"]),
        ] {
            assert_eq!(flaws_of(settings.clone()), expected, "{settings}");
        }
    }
}
