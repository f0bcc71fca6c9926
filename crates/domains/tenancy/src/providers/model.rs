//! What a provider is to an application. Pure.

use jose::SigningKey;
use kernel::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ProviderKind, ProviderSlug};

/// A configured provider, without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    pub slug: ProviderSlug,
    pub version: i64,
    pub is_enabled: bool,
    pub client_id: String,
    pub details: ProviderDetails,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What is read as a whole; stored as one JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderDetails {
    pub display_name: Option<String>,
    /// The issuer's identifier where it is not the kind's own, as it stands in `iss`.
    pub issuer: Option<String>,
    /// Asked for besides what signing in needs.
    pub scopes: Vec<String>,
    /// Apple's names of the team and of the key.
    pub team_id: Option<String>,
    pub key_id: Option<String>,
    pub trusts_email: bool,
    pub trusted_domains: Vec<String>,
    pub store_tokens: bool,
}

/// How the application proves to the provider who it is.
pub enum ProviderSecret {
    ClientSecret(Secret),
    /// Signs the client secret anew each time (Apple).
    PrivateKey(Box<SigningKey>),
}

impl Provider {
    pub fn kind(&self) -> ProviderKind {
        ProviderKind::of(&self.slug)
    }

    /// What a button says.
    pub fn title(&self) -> &str {
        self.details.display_name.as_deref().unwrap_or_else(|| match self.kind() {
            ProviderKind::Oidc => self.slug.as_str(),
            kind => kind.title(),
        })
    }

    /// What a subject of the provider is known under: subjects of one issuer mean nothing at another, so a name that is given to
    /// another issuer leads to nobody's account.
    pub fn connection(&self) -> String {
        match &self.details.issuer {
            Some(issuer) => format!("{} {issuer}", self.slug),
            None => self.slug.to_string(),
        }
    }

    /// Is an address, which the provider says is proven, proven for us too? `domain` is in its A-label form and in lower case.
    pub fn vouches_for(&self, domain: &str) -> bool {
        let details = &self.details;
        let is_listed = details.trusted_domains.iter().any(|trusted| trusted == domain);
        let may_be_any = details.trusted_domains.is_empty() && !self.kind().vouches_for_listed_domains_alone();
        details.trusts_email && (is_listed || may_be_any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(slug: &str, details: ProviderDetails) -> Provider {
        Provider {
            slug: slug.parse().unwrap(),
            version: 1,
            is_enabled: true,
            client_id: "client".into(),
            details,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn addresses_count_where_the_provider_is_trusted_for_their_domain() {
        let details = |trusts_email, domains: &[&str]| ProviderDetails {
            trusts_email,
            trusted_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            ..ProviderDetails::default()
        };
        for (slug, trusts_email, domains, is_trusted) in [
            ("google", false, &[][..], false),
            ("google", true, &[], true),
            ("google", true, &["other.example"], false),
            ("google", true, &["acme.example"], true),
            ("google", false, &["acme.example"], false),
            ("microsoft", true, &[], false),
            ("microsoft", true, &["acme.example"], true),
            ("corp", true, &[], false),
            ("corp", true, &["acme.example"], true),
            ("corp", true, &["example"], false),
        ] {
            let found = provider(slug, details(trusts_email, domains)).vouches_for("acme.example");
            assert_eq!(found, is_trusted, "{slug} {trusts_email} {domains:?}");
        }
    }

    #[test]
    fn another_issuer_is_another_connection() {
        let at = |issuer: &str| {
            provider("corp", ProviderDetails { issuer: Some(issuer.into()), ..ProviderDetails::default() }).connection()
        };
        assert_ne!(at("https://a.example"), at("https://b.example"));
        assert_eq!(provider("google", ProviderDetails::default()).connection(), "google");
    }

    #[test]
    fn buttons_say_what_people_know() {
        assert_eq!(provider("github", ProviderDetails::default()).title(), "GitHub");
        assert_eq!(provider("corp", ProviderDetails::default()).title(), "corp");
        let named = ProviderDetails { display_name: Some("Acme staff".into()), ..ProviderDetails::default() };
        assert_eq!(provider("corp", named).title(), "Acme staff");
    }
}
