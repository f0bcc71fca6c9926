//! `/v1/settings/providers`.

use edge::{Body, Can, Endpoint, Listed, Named, Nothing, Paging, Reply, listed, no_content, versioned};
use kernel::{Refusal, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{ProviderKind, ProviderSlug, actions, error::ProviderError, input::ProviderReplace, store::ProviderRow};
use crate::settings::{SettingsRead, SettingsWrite};

/// A social provider. Its secret is never returned.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Provider")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the API")]
struct ProviderView {
    /// Its name in addresses: `google`, `github`, or one of your own.
    provider: ProviderSlug,
    kind: ProviderKind,
    /// Is it offered on sign-in screens?
    enabled: bool,
    display_name: Option<String>,
    client_id: String,
    /// Is its secret or private key set?
    has_secret: bool,
    issuer: Option<String>,
    scopes: Vec<String>,
    team_id: Option<String>,
    key_id: Option<String>,
    /// Does an address that the provider calls verified count as proven?
    trusts_email: bool,
    trusted_domains: Vec<String>,
    store_tokens: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<ProviderRow> for ProviderView {
    fn from(row: ProviderRow) -> Self {
        let (provider, details) = (row.provider.clone(), row.provider.details);
        Self {
            kind: provider.kind(),
            provider: provider.slug,
            enabled: provider.is_enabled,
            display_name: details.display_name,
            client_id: provider.client_id,
            has_secret: row.secret.is_some(),
            issuer: details.issuer,
            scopes: details.scopes,
            team_id: details.team_id,
            key_id: details.key_id,
            trusts_email: details.trusts_email,
            trusted_domains: details.trusted_domains,
            store_tokens: details.store_tokens,
            created_at: provider.created_at,
            updated_at: provider.updated_at,
        }
    }
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [list_providers(), replace_provider(), delete_provider()]
}

/// List the social providers
///
/// Those that are configured, by name.
#[endpoint(GET "/v1/settings/providers", id = "settings.providers.list")]
async fn list_providers(cx: Can<SettingsRead>, page: Paging<String>) -> Reply<Listed<ProviderView>> {
    listed(&cx, actions::list(&cx, &page.0).await?)
}

/// Configure a social provider
///
/// As a whole, whether or not it was configured before. `google`, `github`, `microsoft`, `apple`, `facebook`, `gitlab`, `discord`,
/// `linkedin`, `x` and `slack` are known by name; any other name is an OpenID Connect provider of your own and needs its `issuer`.
/// Another issuer is another connection: who signed in through the one before is not known to it.
#[endpoint(PUT "/v1/settings/providers/{provider}", id = "settings.providers.replace", errors = ProviderError)]
async fn replace_provider(cx: Can<SettingsWrite>, provider: Named, body: Body<ProviderReplace>) -> Reply<ProviderView> {
    let row = actions::replace(&cx, slug(&provider)?, body.0).await?;
    versioned(row.provider.version, row)
}

/// Remove a social provider
///
/// It is no longer offered and its secret is gone. Accounts that came by it stay.
#[endpoint(DELETE "/v1/settings/providers/{provider}", id = "settings.providers.delete", errors = ProviderError)]
async fn delete_provider(cx: Can<SettingsWrite>, provider: Named) -> Reply<Nothing> {
    let slug = provider.0.parse().map_err(|_| Refusal::not_found())?;
    actions::delete(&cx, &slug).await?;
    no_content()
}

fn slug(provider: &Named) -> Result<ProviderSlug, Refusal> {
    let message = "A provider's name is 1 to 40 lower-case letters, digits and dashes.";
    provider.0.parse().map_err(|_| Refusal::validation("provider", "invalid", message))
}
