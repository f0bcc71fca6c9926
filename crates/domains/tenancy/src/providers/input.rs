//! The body of a PUT, checked against what its kind of provider needs. Every flaw is told at once.

use kernel::{Patch, Refusal, Secret};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::{ProviderKind, kind::IssuerRule, model::ProviderDetails, pem};
use crate::settings::{Flaws, is_domain, is_line, web_url};

/// A provider as it is to be. What is absent has its default; an absent secret stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ProviderReplace")]
pub(super) struct ProviderReplace {
    /// Offered on sign-in screens. Default: true.
    enabled: Option<bool>,
    /// On the button, where the provider's own name won't do.
    display_name: Option<String>,
    /// What the provider knows the application by.
    client_id: String,
    /// The secret that goes with it. Absent, the one that is set stays.
    #[serde(default)]
    client_secret: Patch<Secret>,
    /// For a provider of one's own, or a GitLab installation or Microsoft directory of one's own: its issuer identifier, an https
    /// URL.
    issuer: Option<String>,
    /// Scopes to ask for besides those that signing in needs.
    #[serde(default)]
    scopes: Vec<String>,
    /// Apple: the team.
    team_id: Option<String>,
    /// Apple: the key.
    key_id: Option<String>,
    /// Apple: the key's file, in PEM. Absent, the one that is set stays.
    #[serde(default)]
    private_key: Patch<Secret>,
    /// Does an address that the provider calls verified count as proven, so that an account with it can be found by it?
    #[serde(default)]
    trusts_email: bool,
    /// Domains for which it does; empty for all, which only providers that prove every address may have.
    #[serde(default)]
    trusted_domains: Vec<String>,
    /// Keep the provider's own tokens, sealed, for the application to use.
    #[serde(default)]
    store_tokens: bool,
}

/// What is to be kept.
pub(super) struct NewProvider {
    pub(super) is_enabled: bool,
    pub(super) client_id: String,
    pub(super) details: ProviderDetails,
    /// `None`: the one that is set stays.
    #[expect(clippy::option_option, reason = "whether it changes, and to what if anything")]
    pub(super) secret: Option<Option<Secret>>,
}

const MAX_SCOPES: usize = 50;
const MAX_DOMAINS: usize = 1_000;
const MAX_SECRET_BYTES: usize = 8_192;

impl ProviderReplace {
    /// `kept_at`: under which issuer there is a secret already. A secret is never sent to another issuer than it was made for.
    #[expect(clippy::option_option, reason = "whether there is one, and for which issuer if not the kind's own")]
    pub(super) fn checked(self, kind: ProviderKind, kept_at: Option<Option<&str>>) -> Result<NewProvider, Refusal> {
        let mut flaws = Flaws::new("The provider's configuration is not valid.");
        self.check_names(kind, &mut flaws);
        self.check_issuer(kind, &mut flaws);
        self.check_trust(kind, &mut flaws);
        let keeps = kept_at.is_some_and(|issuer| issuer == self.issuer.as_deref());
        let secret = self.secret(kind, keeps, &mut flaws);
        flaws.finish()?;
        Ok(NewProvider {
            is_enabled: self.enabled.unwrap_or(true),
            client_id: self.client_id,
            details: ProviderDetails {
                display_name: self.display_name,
                issuer: self.issuer,
                scopes: self.scopes,
                team_id: self.team_id,
                key_id: self.key_id,
                trusts_email: self.trusts_email,
                trusted_domains: self.trusted_domains,
                store_tokens: self.store_tokens,
            },
            secret,
        })
    }

    fn check_names(&self, kind: ProviderKind, flaws: &mut Flaws) {
        let is_token =
            |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_token(&self.client_id, 255) {
            flaws.add("client_id", "invalid", "1 to 255 printable ASCII characters.");
        }
        if self.display_name.as_deref().is_some_and(|name| !is_line(name, 80)) {
            flaws.add("display_name", "invalid", "1 to 80 characters on one line.");
        }
        flaws.at_most("scopes", self.scopes.len(), MAX_SCOPES);
        flaws.once("scopes", &self.scopes);
        for (index, scope) in self.scopes.iter().enumerate().take(MAX_SCOPES) {
            // RFC 6749, section 3.3.
            if !is_token(scope, 200) || scope.contains(['"', '\\']) {
                flaws.add(format!("scopes.{index}"), "invalid", "One scope, without spaces.");
            }
        }
        for (field, value) in [("team_id", &self.team_id), ("key_id", &self.key_id)] {
            let is_apple_id = |text: &String| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            match value {
                Some(_) if kind != ProviderKind::Apple => flaws.add(field, "superfluous", "For apple alone."),
                None if kind == ProviderKind::Apple => flaws.add(field, "required", "Apple needs it."),
                Some(text) if !is_apple_id(text) => flaws.add(field, "invalid", "Ten letters and digits."),
                _ => {}
            }
        }
    }

    fn check_issuer(&self, kind: ProviderKind, flaws: &mut Flaws) {
        match (&self.issuer, kind.issuer_rule()) {
            (Some(_), IssuerRule::Fixed) => {
                flaws.add("issuer", "superfluous", "This provider has an issuer of its own; choose another name.");
            }
            (None, IssuerRule::Required) => {
                flaws.add("issuer", "required", "A provider of one's own needs its issuer.");
            }
            (Some(issuer), _) if !is_issuer(issuer) => {
                flaws.add("issuer", "invalid", "An https URL, or http on this machine, without query and fragment.");
            }
            _ => {}
        }
    }

    fn check_trust(&self, kind: ProviderKind, flaws: &mut Flaws) {
        flaws.at_most("trusted_domains", self.trusted_domains.len(), MAX_DOMAINS);
        flaws.once("trusted_domains", &self.trusted_domains);
        for (index, domain) in self.trusted_domains.iter().enumerate().take(MAX_DOMAINS) {
            if !is_domain(domain) {
                flaws.add(format!("trusted_domains.{index}"), "invalid", "A domain name in lower case.");
            }
        }
        if self.trusts_email && self.trusted_domains.is_empty() && kind.vouches_for_listed_domains_alone() {
            let message = "This provider's addresses are trusted for named domains alone.";
            flaws.add("trusted_domains", "required", message);
        }
    }

    #[expect(clippy::option_option, reason = "whether it changes, and to what if anything")]
    fn secret(&self, kind: ProviderKind, keeps: bool, flaws: &mut Flaws) -> Option<Option<Secret>> {
        let (field, secret, other, stray) = if kind == ProviderKind::Apple {
            ("private_key", &self.private_key, "client_secret", &self.client_secret)
        } else {
            ("client_secret", &self.client_secret, "private_key", &self.private_key)
        };
        if matches!(stray, Patch::Value(_)) {
            flaws.add(other, "superfluous", format!("This provider takes {field}."));
        }
        match secret {
            Patch::Value(secret) => {
                let is_valid = match kind {
                    ProviderKind::Apple => pem::es256_key(secret).is_some(),
                    _ => {
                        (1..=MAX_SECRET_BYTES).contains(&secret.reveal().len())
                            && !secret.reveal().contains(['\r', '\n'])
                    }
                };
                if !is_valid {
                    flaws.add(field, "invalid", "It is not a secret of this provider.");
                }
                Some(Some(secret.clone()))
            }
            Patch::Absent if keeps => None,
            _ if kind.may_lack_a_secret() => Some(None),
            _ => {
                flaws.add(field, "required", "This provider needs it.");
                None
            }
        }
    }
}

/// OpenID Connect Discovery 1.0, section 3.
fn is_issuer(text: &str) -> bool {
    let is_bare = |url: &Url| url.query().is_none() && url.fragment().is_none();
    web_url(text).is_some_and(|url| is_bare(&url))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[expect(clippy::option_option, reason = "as in `checked`")]
    fn flaws(slug: &str, body: Value, kept_at: Option<Option<&str>>) -> Vec<String> {
        let kind = ProviderKind::of(&slug.parse().unwrap());
        let body: ProviderReplace = serde_json::from_value(body).unwrap();
        match body.checked(kind, kept_at) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.fields.iter().map(|field| format!("{} {}", field.field, field.code)).collect(),
        }
    }

    #[test]
    fn each_kind_says_what_it_needs() {
        let none: &[&str] = &[];
        for (slug, body, expected) in [
            ("google", json!({ "client_id": "a", "client_secret": "s" }), none),
            ("google", json!({ "client_id": "a" }), &["client_secret required"]),
            ("google", json!({ "client_id": "a", "client_secret": "" }), &["client_secret invalid"]),
            ("google", json!({ "client_id": "a b", "client_secret": "s" }), &["client_id invalid"]),
            (
                "google",
                json!({ "client_id": "a", "client_secret": "s", "issuer": "https://evil.example" }),
                &["issuer superfluous"],
            ),
            ("google", json!({ "client_id": "a", "client_secret": "s", "team_id": "x" }), &["team_id superfluous"]),
            ("google", json!({ "client_id": "a", "client_secret": "s", "trusts_email": true }), none),
            (
                "google",
                json!({ "client_id": "a", "client_secret": "s", "scopes": ["a", "a b", "a"] }),
                &["scopes.2 duplicate", "scopes.1 invalid"],
            ),
            (
                "apple",
                json!({ "client_id": "a", "client_secret": "s" }),
                &["team_id required", "key_id required", "client_secret superfluous", "private_key required"],
            ),
            (
                "apple",
                json!({ "client_id": "a", "team_id": "ABCDE12345", "key_id": "ABCDE12345", "private_key": "x" }),
                &["private_key invalid"],
            ),
            ("corp", json!({ "client_id": "a" }), &["issuer required"]),
            ("corp", json!({ "client_id": "a", "issuer": "https://id.example.com/realm" }), none),
            ("corp", json!({ "client_id": "a", "issuer": "http://localhost:9000" }), none),
            ("corp", json!({ "client_id": "a", "issuer": "http://id.example.com" }), &["issuer invalid"]),
            ("corp", json!({ "client_id": "a", "issuer": "https://id.example.com/?a" }), &["issuer invalid"]),
            (
                "corp",
                json!({ "client_id": "a", "issuer": "https://id.example.com", "trusts_email": true }),
                &["trusted_domains required"],
            ),
            (
                "microsoft",
                json!({ "client_id": "a", "client_secret": "s", "trusted_domains": ["A.b"] }),
                &["trusted_domains.0 invalid"],
            ),
        ] {
            assert_eq!(flaws(slug, body.clone(), None), expected, "{slug} {body}");
        }
    }

    #[test]
    fn a_secret_stays_unless_the_issuer_is_another() {
        let body = |issuer: &str| json!({ "client_id": "a", "issuer": issuer });
        let kind = ProviderKind::Oidc;
        let secret = |issuer: &str, kept_at| {
            let body: ProviderReplace = serde_json::from_value(body(issuer)).unwrap();
            body.checked(kind, kept_at).unwrap().secret.map(|secret| secret.is_some())
        };
        assert_eq!(secret("https://a.example", Some(Some("https://a.example"))), None, "it stays");
        assert_eq!(secret("https://b.example", Some(Some("https://a.example"))), Some(false), "it goes");
        let google = json!({ "client_id": "a" });
        assert_eq!(flaws("google", google.clone(), Some(None)), Vec::<String>::new());
        assert_eq!(
            flaws("google", json!({ "client_id": "a", "client_secret": null }), Some(None)),
            ["client_secret required"]
        );
    }
}
