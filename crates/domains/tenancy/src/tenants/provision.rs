//! A new tenant with what it needs from its first moment: a row, a signing key, a secret API key.

use jose::Algorithm;
use kernel::{Env, Id, Secret, TenantId, Timestamp};
use store::{StoreError, Tx};
use vault::Vault;

use super::{Environment, Slug, TenantRecord, TenantState, hosts_changed, store as rows};
use crate::{
    api_keys::{self, NewApiKey},
    applications::event::{Announce, ApplicationCreated},
    keys::{self, KeyError, NewSigningKey},
    settings::Settings,
    teams::TeamId,
};

/// What is known of a tenant before it exists.
pub(crate) struct NewTenant {
    pub(crate) name: String,
    pub(crate) slug: Slug,
    pub(crate) environment: Environment,
    pub(crate) team_id: TeamId,
    pub(crate) is_primary: bool,
    /// Space-separated permissions of the first API key.
    pub(crate) scopes: String,
}

pub(crate) struct Provisioned {
    pub(crate) tenant: TenantRecord,
    /// Shown once.
    pub(crate) api_key: Secret,
}

/// In a system transaction; `None` where the slug is taken. The signing key is made by the caller, before the transaction opens.
pub(crate) async fn provision(
    tx: &Tx,
    vault: &Vault,
    env: &Env,
    new: NewTenant,
    signing_key: &NewSigningKey,
    now: Timestamp,
) -> Result<Option<Provisioned>, StoreError> {
    let id: TenantId = env.new_id();
    let NewTenant { name, slug, environment, team_id, is_primary, scopes } = new;
    let tenant = TenantRecord {
        id,
        slug,
        name,
        environment,
        state: TenantState::Active,
        team_id: Some(team_id),
        is_primary,
        settings: Settings::default(),
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    if !rows::insert(tx, &tenant).await? {
        return Ok(None);
    }
    keys::plant(tx, vault, id, signing_key, now).await?;
    let first = NewApiKey { name: "First key".to_owned(), scopes, expires_at: None };
    let (_, api_key) = api_keys::issue_as(tx, env, id, first, now).await?;
    ApplicationCreated {
        application_id: Id::from_uuid(id.uuid()),
        name: tenant.name.clone(),
        slug: tenant.slug.to_string(),
        environment,
    }
    .announce(tx, id);
    hosts_changed(tx, id);
    Ok(Some(Provisioned { tenant, api_key }))
}

/// The key that every tenant starts with.
pub(crate) fn first_signing_key() -> Result<NewSigningKey, KeyError> {
    keys::generate_quickly(Algorithm::EdDsa)
}
