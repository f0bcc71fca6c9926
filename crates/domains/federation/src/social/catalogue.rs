//! The providers that are known by name, as a table of facts. What is not in here is read from the issuer's own metadata.
//!
//! Nothing in this table makes an email address believed: that takes `email_verified` as a boolean from the provider, and the
//! application's own word that it trusts this connection (`tenancy::providers::Provider::vouches_for`).

/// One provider: where it is, how it is spoken to, and which of its answers mean what.
#[derive(Debug)]
pub(crate) struct ProviderFacts {
    pub(crate) slug: &'static str,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) client: ClientAuthentication,
    /// Does it send its answer as a form (OAuth 2.0 Form Post Response Mode)? Apple insists where a name is asked for.
    pub(crate) is_form_post: bool,
    /// Does it take a PKCE challenge (RFC 7636)? LinkedIn refuses a verifier beside a client secret.
    pub(crate) takes_pkce: bool,
    /// What its authorization endpoint wants besides.
    pub(crate) extra: &'static [(&'static str, &'static str)],
    pub(crate) protocol: Protocol,
}

/// How a client proves itself at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// Identifier and secret in the form.
    Post,
    /// Identifier and secret as HTTP Basic.
    Basic,
    /// A secret that is a JWT, made anew for each request.
    AppleJwt,
}

#[derive(Debug)]
pub(crate) enum Protocol {
    /// An ID token says who it is.
    OpenId(OpenIdFacts),
    /// The provider's own profile endpoint says who it is.
    OAuth(OAuthFacts),
}

#[derive(Debug)]
pub(crate) struct OpenIdFacts {
    pub(crate) issuer: Issuer,
    /// `None` where they are read from the issuer's metadata.
    pub(crate) endpoints: Option<OpenIdEndpoints>,
    /// Does its ID token carry the nonce back? LinkedIn's does not; state and client authentication bind the answer there.
    pub(crate) echoes_nonce: bool,
}

/// Which `iss` its tokens may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// One of these; the first is the one that metadata and `iss` parameters name.
    Fixed(&'static [&'static str]),
    /// Of the application's configuration, or this one where it names none.
    Configured(Option<&'static str>),
    /// One of many, each naming its directory by `tid`.
    Microsoft,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenIdEndpoints {
    pub(crate) authorization: &'static str,
    pub(crate) token: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) user_info: Option<&'static str>,
}

#[derive(Debug)]
pub(crate) struct OAuthFacts {
    pub(crate) authorization: &'static str,
    pub(crate) token: &'static str,
    pub(crate) profile: &'static str,
    /// A second endpoint that lists addresses.
    pub(crate) emails: Option<&'static str>,
    pub(crate) dialect: Dialect,
}

/// Whose profile it is, where no standard says how one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Facebook,
    GitHub,
    Discord,
    X,
}

const OPEN_ID: &[&str] = &["openid", "profile", "email"];

const fn open_id(issuer: Issuer, endpoints: Option<OpenIdEndpoints>) -> Protocol {
    Protocol::OpenId(OpenIdFacts { issuer, endpoints, echoes_nonce: true })
}

/// What every provider has that the table does not say otherwise of.
const PLAIN: ProviderFacts = ProviderFacts {
    slug: "",
    scopes: OPEN_ID,
    client: ClientAuthentication::Post,
    is_form_post: false,
    takes_pkce: true,
    extra: &[],
    protocol: open_id(Issuer::Configured(None), None),
};

/// Any other issuer that speaks OpenID Connect: its metadata says the rest.
pub(crate) static CUSTOM: ProviderFacts = PLAIN;

pub(crate) static KNOWN: &[ProviderFacts] = &[
    ProviderFacts {
        slug: "google",
        extra: &[("prompt", "select_account")],
        protocol: open_id(
            // Google's documentation names both spellings.
            Issuer::Fixed(&["https://accounts.google.com", "accounts.google.com"]),
            Some(OpenIdEndpoints {
                authorization: "https://accounts.google.com/o/oauth2/v2/auth",
                token: "https://oauth2.googleapis.com/token",
                keys: "https://www.googleapis.com/oauth2/v3/certs",
                user_info: None,
            }),
        ),
        ..PLAIN
    },
    ProviderFacts {
        slug: "github",
        scopes: &["read:user", "user:email"],
        protocol: Protocol::OAuth(OAuthFacts {
            authorization: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            profile: "https://api.github.com/user",
            emails: Some("https://api.github.com/user/emails"),
            dialect: Dialect::GitHub,
        }),
        ..PLAIN
    },
    ProviderFacts {
        slug: "microsoft",
        extra: &[("prompt", "select_account")],
        protocol: open_id(Issuer::Microsoft, None),
        ..PLAIN
    },
    ProviderFacts {
        slug: "apple",
        scopes: &["name", "email"],
        client: ClientAuthentication::AppleJwt,
        is_form_post: true,
        protocol: open_id(
            Issuer::Fixed(&["https://appleid.apple.com"]),
            Some(OpenIdEndpoints {
                authorization: "https://appleid.apple.com/auth/authorize",
                token: "https://appleid.apple.com/auth/token",
                keys: "https://appleid.apple.com/auth/keys",
                user_info: None,
            }),
        ),
        ..PLAIN
    },
    ProviderFacts {
        slug: "facebook",
        scopes: &["public_profile", "email"],
        protocol: Protocol::OAuth(OAuthFacts {
            authorization: "https://www.facebook.com/v23.0/dialog/oauth",
            token: "https://graph.facebook.com/v23.0/oauth/access_token",
            profile: "https://graph.facebook.com/v23.0/me?fields=id,name,first_name,last_name,email,picture.type(large)",
            emails: None,
            dialect: Dialect::Facebook,
        }),
        ..PLAIN
    },
    ProviderFacts { slug: "gitlab", protocol: open_id(Issuer::Configured(Some("https://gitlab.com")), None), ..PLAIN },
    ProviderFacts {
        slug: "discord",
        scopes: &["identify", "email"],
        protocol: Protocol::OAuth(OAuthFacts {
            authorization: "https://discord.com/oauth2/authorize",
            token: "https://discord.com/api/oauth2/token",
            profile: "https://discord.com/api/users/@me",
            emails: None,
            dialect: Dialect::Discord,
        }),
        ..PLAIN
    },
    ProviderFacts {
        slug: "linkedin",
        takes_pkce: false,
        protocol: Protocol::OpenId(OpenIdFacts {
            issuer: Issuer::Fixed(&["https://www.linkedin.com/oauth", "https://www.linkedin.com"]),
            endpoints: Some(OpenIdEndpoints {
                authorization: "https://www.linkedin.com/oauth/v2/authorization",
                token: "https://www.linkedin.com/oauth/v2/accessToken",
                keys: "https://www.linkedin.com/oauth/openid/jwks",
                user_info: Some("https://api.linkedin.com/v2/userinfo"),
            }),
            echoes_nonce: false,
        }),
        ..PLAIN
    },
    ProviderFacts {
        slug: "x",
        scopes: &["users.read", "tweet.read", "users.email"],
        client: ClientAuthentication::Basic,
        protocol: Protocol::OAuth(OAuthFacts {
            authorization: "https://x.com/i/oauth2/authorize",
            token: "https://api.x.com/2/oauth2/token",
            profile: "https://api.x.com/2/users/me?user.fields=profile_image_url,confirmed_email",
            emails: None,
            dialect: Dialect::X,
        }),
        ..PLAIN
    },
    ProviderFacts {
        slug: "slack",
        protocol: open_id(
            Issuer::Fixed(&["https://slack.com"]),
            Some(OpenIdEndpoints {
                authorization: "https://slack.com/openid/connect/authorize",
                token: "https://slack.com/api/openid.connect.token",
                keys: "https://slack.com/openid/connect/keys",
                user_info: Some("https://slack.com/api/openid.connect.userInfo"),
            }),
        ),
        ..PLAIN
    },
];

/// The facts of a connection by its name; any other name is an issuer of the application's own choice.
pub(crate) fn facts_of(slug: &str) -> &'static ProviderFacts {
    KNOWN.iter().find(|facts| facts.slug == slug).unwrap_or(&CUSTOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_https_and_every_name_stands_once() {
        let mut slugs: Vec<_> = KNOWN.iter().map(|facts| facts.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), 10);
        for facts in KNOWN {
            assert!(!facts.scopes.is_empty());
            let urls: Vec<&str> = match &facts.protocol {
                Protocol::OpenId(facts) => facts
                    .endpoints
                    .iter()
                    .flat_map(|found| [found.authorization, found.token, found.keys].into_iter().chain(found.user_info))
                    .collect(),
                Protocol::OAuth(facts) => {
                    [facts.authorization, facts.token, facts.profile].into_iter().chain(facts.emails).collect()
                }
            };
            for text in urls {
                let url = url::Url::parse(text).unwrap();
                assert_eq!((url.scheme(), url.username()), ("https", ""), "{text}");
            }
        }
    }

    #[test]
    fn an_unknown_name_is_an_issuer_of_ones_own() {
        assert_eq!(facts_of("acme").slug, "");
        assert_eq!(facts_of("google").slug, "google");
        assert!(
            matches!(&facts_of("acme").protocol, Protocol::OpenId(facts) if facts.issuer == Issuer::Configured(None))
        );
    }
}
