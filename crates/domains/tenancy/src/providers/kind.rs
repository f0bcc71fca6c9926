//! The providers that are known by name, and the kind that stands for all others.

use schemars::JsonSchema;
use serde::Serialize;

use super::ProviderSlug;

/// What a provider is: it follows from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    Google,
    Github,
    Microsoft,
    Apple,
    Facebook,
    Gitlab,
    Discord,
    Linkedin,
    X,
    Slack,
    /// Any issuer of OpenID Connect.
    Oidc,
}

/// What an issuer is to a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IssuerRule {
    /// There is one, and it is known.
    Fixed,
    /// There is a known one, and others are possible: an installation or a directory of one's own.
    Optional,
    Required,
}

impl ProviderKind {
    const NAMED: [Self; 10] = [
        Self::Google,
        Self::Github,
        Self::Microsoft,
        Self::Apple,
        Self::Facebook,
        Self::Gitlab,
        Self::Discord,
        Self::Linkedin,
        Self::X,
        Self::Slack,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Github => "github",
            Self::Microsoft => "microsoft",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
            Self::Gitlab => "gitlab",
            Self::Discord => "discord",
            Self::Linkedin => "linkedin",
            Self::X => "x",
            Self::Slack => "slack",
            Self::Oidc => "oidc",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Github => "GitHub",
            Self::Microsoft => "Microsoft",
            Self::Apple => "Apple",
            Self::Facebook => "Facebook",
            Self::Gitlab => "GitLab",
            Self::Discord => "Discord",
            Self::Linkedin => "LinkedIn",
            Self::X => "X",
            Self::Slack => "Slack",
            Self::Oidc => "OpenID Connect",
        }
    }

    pub fn of(slug: &ProviderSlug) -> Self {
        Self::NAMED.into_iter().find(|kind| kind.as_str() == slug.as_str()).unwrap_or(Self::Oidc)
    }

    pub(super) const fn issuer_rule(self) -> IssuerRule {
        match self {
            Self::Microsoft | Self::Gitlab => IssuerRule::Optional,
            Self::Oidc => IssuerRule::Required,
            Self::Google
            | Self::Github
            | Self::Apple
            | Self::Facebook
            | Self::Discord
            | Self::Linkedin
            | Self::X
            | Self::Slack => IssuerRule::Fixed,
        }
    }

    /// Can it be used by a public client, with PKCE and without a secret?
    pub(super) const fn may_lack_a_secret(self) -> bool {
        matches!(self, Self::Oidc | Self::Gitlab | Self::X)
    }

    /// Whoever runs it decides what addresses its people claim to have: an address counts for the domains that are listed alone
    /// (nOAuth, where the administrator of any directory of a multi-tenant provider could name anybody's address).
    pub(super) const fn vouches_for_listed_domains_alone(self) -> bool {
        matches!(self, Self::Microsoft | Self::Gitlab | Self::Oidc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_kind() {
        for kind in ProviderKind::NAMED {
            assert_eq!(ProviderKind::of(&kind.as_str().parse().unwrap()), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for slug in ["corp", "oidc"] {
            assert_eq!(ProviderKind::of(&slug.parse().unwrap()), ProviderKind::Oidc);
        }
    }
}
