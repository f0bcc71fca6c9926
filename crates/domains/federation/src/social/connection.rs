//! A provider of one application, ready to be spoken to: what the table says, what the application configured, what the issuer
//! publishes.

use deliver::OutboundError;
use edge::{Context, Failure};
use kernel::Secret;
use tenancy::{
    providers::{Provider, ProviderSecret},
    settings::SignInMethod,
    settings_of,
};

use super::{
    apple,
    cache::UpstreamCache,
    catalogue::{ClientAuthentication, Dialect, Issuer, OpenIdFacts, Protocol, ProviderFacts, facts_of},
    discovery::{self, MetadataFlaw},
    error::SocialError,
    issuer::{IssuerRule, microsoft_directory, microsoft_issuer},
};

pub(crate) struct Connection {
    pub(crate) provider: Provider,
    pub(crate) facts: &'static ProviderFacts,
    secret: Option<ProviderSecret>,
    pub(crate) authorization: String,
    pub(crate) token: String,
    pub(crate) client: ClientAuthentication,
    pub(crate) voucher: Voucher,
}

/// Who says who the person is.
pub(crate) enum Voucher {
    /// An ID token, with what it lacks from the user info endpoint.
    IdToken { issuer: IssuerRule, keys: String, user_info: Option<String>, echoes_nonce: bool, promises_iss: bool },
    /// The provider's profile endpoint.
    Profile { url: &'static str, emails: Option<&'static str>, dialect: Dialect },
}

impl Connection {
    /// The provider's configuration in the request's tenant, if it is switched on now; the provider itself is not asked.
    pub(crate) async fn open_known(cx: &Context, slug: &str) -> Result<Option<Provider>, Failure> {
        Ok(enabled(cx, slug).await?.map(|(provider, _)| provider))
    }

    /// Of the request's tenant, if it is switched on now. Asked at each step, so that a provider that was switched off in between
    /// lets nobody in.
    pub(crate) async fn open(cx: &Context, slug: &str) -> Result<Self, Failure> {
        let (provider, secret) = enabled(cx, slug).await?.ok_or(SocialError::ProviderNotFound)?;
        let facts = facts_of(provider.slug.as_str());
        match &facts.protocol {
            Protocol::OAuth(oauth) => Ok(Self {
                facts,
                secret,
                authorization: oauth.authorization.to_owned(),
                token: oauth.token.to_owned(),
                client: facts.client,
                voucher: Voucher::Profile { url: oauth.profile, emails: oauth.emails, dialect: oauth.dialect },
                provider,
            }),
            Protocol::OpenId(open_id) => Self::open_id(cx, provider, secret, facts, open_id).await,
        }
    }

    async fn open_id(
        cx: &Context,
        provider: Provider,
        secret: Option<ProviderSecret>,
        facts: &'static ProviderFacts,
        open_id: &OpenIdFacts,
    ) -> Result<Self, Failure> {
        let (issuer, rule) =
            issuer_of(open_id.issuer, provider.details.issuer.as_deref()).ok_or(SocialError::ProviderUnavailable)?;
        let echoes_nonce = open_id.echoes_nonce;
        if let Some(endpoints) = &open_id.endpoints {
            return Ok(Self {
                provider,
                facts,
                secret,
                authorization: endpoints.authorization.to_owned(),
                token: endpoints.token.to_owned(),
                client: facts.client,
                voucher: Voucher::IdToken {
                    issuer: rule,
                    keys: endpoints.keys.to_owned(),
                    user_info: endpoints.user_info.map(str::to_owned),
                    echoes_nonce,
                    promises_iss: false,
                },
            });
        }
        let metadata = metadata(cx, &issuer, &rule).await.map_err(|cause| {
            tracing::warn!(provider = %provider.slug, %cause, "an issuer's metadata could not be used");
            SocialError::ProviderUnavailable
        })?;
        Ok(Self {
            provider,
            facts,
            secret,
            authorization: metadata.authorization,
            token: metadata.token,
            client: metadata.client.unwrap_or(facts.client),
            voucher: Voucher::IdToken {
                issuer: rule,
                keys: metadata.keys,
                user_info: metadata.user_info,
                echoes_nonce,
                promises_iss: metadata.promises_iss,
            },
        })
    }

    pub(crate) fn issuer(&self) -> Option<&IssuerRule> {
        match &self.voucher {
            Voucher::IdToken { issuer, .. } => Some(issuer),
            Voucher::Profile { .. } => None,
        }
    }

    pub(crate) fn promises_iss(&self) -> bool {
        matches!(self.voucher, Voucher::IdToken { promises_iss: true, .. })
    }

    pub(crate) fn echoes_nonce(&self) -> bool {
        matches!(self.voucher, Voucher::IdToken { echoes_nonce: true, .. })
    }

    /// What signing in needs, and what the application wants besides.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let mut scopes: Vec<String> = self.facts.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        for scope in &self.provider.details.scopes {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        scopes
    }

    /// What the client proves itself with; a public client has nothing.
    pub(crate) fn client_secret(&self, cx: &Context) -> Result<Option<Secret>, SocialError> {
        let details = &self.provider.details;
        match &self.secret {
            None => Ok(None),
            Some(ProviderSecret::ClientSecret(secret)) => Ok(Some(secret.clone())),
            Some(ProviderSecret::PrivateKey(key)) => {
                let names = details.team_id.as_deref().zip(details.key_id.as_deref());
                let (team_id, key_id) = names.ok_or(SocialError::ProviderUnavailable)?;
                apple::client_secret(key, team_id, key_id, &self.provider.client_id, cx.now()).map(Some).map_err(
                    |cause| {
                        tracing::error!(%cause, "a client secret could not be signed");
                        SocialError::ProviderUnavailable
                    },
                )
            }
        }
    }
}

async fn enabled(cx: &Context, slug: &str) -> Result<Option<(Provider, Option<ProviderSecret>)>, Failure> {
    if settings_of(cx.tenant()).sign_in.methods.contains(&SignInMethod::Social) {
        tenancy::providers::find(cx, slug).await
    } else {
        Ok(None)
    }
}

/// The issuer to ask for metadata, and the rule for its tokens.
fn issuer_of(issuer: Issuer, configured: Option<&str>) -> Option<(String, IssuerRule)> {
    match issuer {
        Issuer::Fixed(known) => {
            let rule = IssuerRule::OneOf(known.iter().map(|issuer| (*issuer).to_owned()).collect());
            Some(((*known.first()?).to_owned(), rule))
        }
        Issuer::Configured(fallback) => {
            let issuer = configured.or(fallback)?.to_owned();
            Some((issuer.clone(), IssuerRule::OneOf(vec![issuer])))
        }
        Issuer::Microsoft => {
            let directory = microsoft_directory(configured)?;
            Some((microsoft_issuer(&directory), IssuerRule::Microsoft { directory }))
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum MetadataFault {
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    #[error("{0}")]
    Flaw(#[from] MetadataFlaw),
}

async fn metadata(cx: &Context, issuer: &str, rule: &IssuerRule) -> Result<discovery::Metadata, MetadataFault> {
    let kept = cx.part::<UpstreamCache>().metadata(cx, &discovery::address_of(issuer)).await?;
    Ok(discovery::read(kept.document.clone(), issuer, rule)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_is_that_of_the_table_or_of_the_configuration() {
        assert_eq!(issuer_of(Issuer::Configured(None), None), None);
        let configured =
            issuer_of(Issuer::Configured(Some("https://gitlab.com")), Some("https://git.example.com")).unwrap();
        assert_eq!(configured.1, IssuerRule::OneOf(vec!["https://git.example.com".to_owned()]));
        let fixed = issuer_of(Issuer::Fixed(&["https://a.example"]), Some("https://evil.example")).unwrap();
        assert_eq!(fixed.0, "https://a.example");
        assert_eq!(issuer_of(Issuer::Microsoft, None).unwrap().0, "https://login.microsoftonline.com/common/v2.0");
        assert_eq!(issuer_of(Issuer::Microsoft, Some("https://evil.example")), None);
    }
}
