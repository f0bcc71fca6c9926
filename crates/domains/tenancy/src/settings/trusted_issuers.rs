//! Other issuers whose word the application takes for its people (RFC 7523, section 2.1).

use jose::{JwkSet, VerifyingKey};
use oauth::{Profile, client_algorithms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    flaws::Flaws,
    oauth::{OauthResource, OauthScope},
    rules::web_url,
};

/// Another issuer. Whoever holds its keys gets tokens for each person of the application, as far as it is said here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OauthTrustedIssuer {
    /// `iss` of its assertions, byte for byte.
    pub issuer: String,
    /// Its public keys; or else `jwks_uri`.
    #[serde(default)]
    pub jwks: Option<JwkSet>,
    /// Where its public keys are.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// What `sub` of its assertions is.
    #[serde(default)]
    pub subject: OauthTrustedSubject,
    /// Of the application's own scopes, those that a token may have. Nobody signs in, so that none of OpenID Connect or of this server
    /// can be among them.
    pub scopes: Vec<String>,
    /// Of the application's own APIs, those that a token may be for.
    #[serde(default)]
    pub resources: Vec<String>,
}

/// How an assertion names a person. Never by an address: those change hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OauthTrustedSubject {
    /// By the user's `external_id`.
    #[default]
    ExternalId,
    /// By the user's id here, `usr_…`.
    UserId,
}

pub(super) const MAX_ISSUERS: usize = 20;
const MAX_KEYS: usize = 20;
const MAX_SCOPES: usize = 64;
const MAX_RESOURCES: usize = 16;

impl OauthTrustedIssuer {
    pub(super) fn check(&self, flaws: &mut Flaws, scopes: &[OauthScope], resources: &[OauthResource]) {
        // RFC 8414, section 2: no query and no fragment.
        if web_url(&self.issuer).is_none_or(|url| url.query().is_some() || url.fragment().is_some()) {
            flaws.add("issuer", "invalid", "An https address without query and fragment.");
        }
        self.check_keys(flaws);
        if self.scopes.is_empty() {
            flaws.add("scopes", "required", "A token for nothing is of no use.");
        }
        let known = |name: &String| scopes.iter().any(|scope| scope.name == *name);
        among(flaws, "scopes", &self.scopes, MAX_SCOPES, known, "None of the application's own scopes.");
        let known = |name: &String| resources.iter().any(|resource| resource.identifier == *name);
        among(flaws, "resources", &self.resources, MAX_RESOURCES, known, "None of the application's own APIs.");
    }

    fn check_keys(&self, flaws: &mut Flaws) {
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => flaws.add("jwks_uri", "conflict", "jwks and jwks_uri exclude each other."),
            (None, None) => flaws.add("jwks", "required", "The issuer's public keys, or jwks_uri."),
            (None, Some(uri)) if web_url(uri).is_none_or(|url| url.fragment().is_some()) => {
                flaws.add("jwks_uri", "invalid", "An https address.");
            }
            (None, Some(_)) => {}
            (Some(JwkSet { keys }), None) => {
                flaws.at_most("jwks.keys", keys.len(), MAX_KEYS);
                let algorithms = client_algorithms(Profile::Standard);
                let fits = |key| algorithms.iter().any(|one| VerifyingKey::from_jwk_as(key, *one).is_ok());
                // Keys of other kinds may stand beside (RFC 7517, section 5).
                if !keys.iter().any(fits) {
                    flaws.add("jwks", "invalid", "No key of the set fits an algorithm that is supported.");
                }
            }
        }
    }
}

/// Each once, and each of those that there are.
fn among(
    flaws: &mut Flaws,
    field: &str,
    names: &[String],
    most: usize,
    is_known: impl Fn(&String) -> bool,
    message: &str,
) {
    flaws.at_most(field, names.len(), most);
    flaws.once(field, &names[..names.len().min(most)]);
    for (index, name) in names.iter().enumerate().take(most) {
        if !is_known(name) {
            flaws.add(format!("{field}.{index}"), "unknown", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flaws_of(changes: &Value) -> Vec<String> {
        let mut issuer = json!({
            "issuer": "https://hr.example.com", "jwks_uri": "https://hr.example.com/keys", "scopes": ["a"],
            "resources": ["https://api.example.com"],
        });
        for (name, value) in changes.as_object().unwrap() {
            issuer[name] = value.clone();
        }
        let issuer: OauthTrustedIssuer = serde_json::from_value(issuer).unwrap();
        let scopes: Vec<OauthScope> = serde_json::from_value(json!([{ "name": "a", "description": "A" }])).unwrap();
        let resources = json!([{ "identifier": "https://api.example.com", "name": "API" }]);
        let resources: Vec<OauthResource> = serde_json::from_value(resources).unwrap();
        let mut flaws = Flaws::new("Not valid.");
        issuer.check(&mut flaws, &scopes, &resources);
        let refusal = flaws.finish().err();
        refusal.map(|refusal| refusal.fields.iter().map(|field| field.field.to_string()).collect()).unwrap_or_default()
    }

    #[test]
    fn an_issuer_has_an_address_keys_and_something_to_give() {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        for (changes, expected) in [
            (json!({}), &[][..]),
            (json!({ "jwks": { "keys": [key] }, "jwks_uri": null, "subject": "user_id" }), &[]),
            (json!({ "issuer": "hr" }), &["issuer"]),
            (json!({ "issuer": "http://hr.example.com" }), &["issuer"]),
            (json!({ "issuer": "https://hr.example.com/?a" }), &["issuer"]),
            (json!({ "jwks": { "keys": [key] } }), &["jwks_uri"]),
            (json!({ "jwks_uri": null }), &["jwks"]),
            (json!({ "jwks_uri": "http://hr.example.com/keys" }), &["jwks_uri"]),
            (json!({ "jwks_uri": null, "jwks": { "keys": [] } }), &["jwks"]),
            (json!({ "jwks_uri": null, "jwks": { "keys": [{ "kty": "oct" }] } }), &["jwks"]),
            (json!({ "scopes": [] }), &["scopes"]),
            (json!({ "scopes": ["openid"] }), &["scopes.0"]),
            (json!({ "scopes": ["a", "users:read"] }), &["scopes.1"]),
            (json!({ "scopes": ["a", "a"] }), &["scopes.1"]),
            (json!({ "resources": ["https://other.example.com"] }), &["resources.0"]),
        ] {
            assert_eq!(flaws_of(&changes), expected, "{changes}");
        }
    }
}
