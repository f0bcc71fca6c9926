//! The first start: the console, a first team, a first application, and the one link that claims them.
//!
//! All of it is one transaction that begins by taking a row which only one can take, so that of several nodes on one database one
//! sets up and the others find it done; what is set up once can't be set up again.

use kernel::{Env, Secret, TenantId, tenant::CONSOLE};
use store::{Db, Origin, StoreError, meta};
use vault::Vault;

use crate::{
    keys,
    settings::Settings,
    teams,
    tenants::{
        self, Environment, NewTenant, Provisioned, Slug, TenantRecord, TenantState, first_signing_key, provision,
    },
};

/// What the first start needs to know.
#[derive(Clone, Copy, Debug)]
pub struct FirstStart<'a> {
    /// The deployment's origin, where the first application answers; for the log.
    pub public_url: &'a str,
    /// Every permission of every module: what the first API key may do.
    pub permissions: &'a [&'a str],
}

/// What is told once.
#[derive(Debug)]
pub struct Bootstrapped {
    pub application_id: TenantId,
    pub api_key: Secret,
    /// Makes the account that redeems it the owner of the first team.
    pub claim_token: Secret,
}

/// The mark that set-up is over.
const DONE: &str = "tenancy/first_start";

/// `None`: it happened before, or another node is faster.
pub async fn first_start(
    db: &Db,
    vault: &Vault,
    env: &Env,
    facts: FirstStart<'_>,
) -> Result<Option<Bootstrapped>, StoreError> {
    if meta::find(db, DONE).await?.is_some() {
        return Ok(None);
    }
    let now = env.now();
    // Before the transaction opens: nobody waits for the writer behind a key.
    let unusable = |error: keys::KeyError| StoreError::Internal(format!("the first signing keys: {error}"));
    let (console_key, tenant_key) = (first_signing_key().map_err(unusable)?, first_signing_key().map_err(unusable)?);
    let mut scopes = facts.permissions.to_vec();
    scopes.sort_unstable();
    scopes.dedup();

    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    if !meta::insert(&tx, DONE, now.to_string().as_bytes()).await? {
        return Ok(None);
    }
    let console = TenantRecord {
        id: CONSOLE,
        slug: Slug::console(),
        name: "Console".to_owned(),
        environment: Environment::Production,
        state: TenantState::Active,
        team_id: None,
        is_primary: false,
        settings: Settings::default(),
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    tenants::store::insert(&tx, &console).await?;
    keys::plant(&tx, vault, CONSOLE, &console_key, now).await?;
    tenants::hosts_changed(&tx, CONSOLE);

    let team_id = teams::found(&tx, "Default team", now).await?;
    let application = NewTenant {
        name: "Default application".to_owned(),
        slug: "default".parse().map_err(|_| StoreError::Internal("the first slug is not one".to_owned()))?,
        environment: Environment::Development,
        team_id,
        is_primary: true,
        scopes: scopes.join(" "),
    };
    let Some(Provisioned { tenant, api_key }) = provision(&tx, vault, env, application, &tenant_key, now).await? else {
        return Err(StoreError::Internal("there are tenants already, but no mark of a first start".to_owned()));
    };
    let claim_token = teams::new_claim(&tx, team_id, None, &*env.entropy, now).await?;
    tx.commit().await?;
    tracing::info!(application_id = %tenant.id, url = facts.public_url, "set up a first application");
    Ok(Some(Bootstrapped { application_id: tenant.id, api_key, claim_token }))
}
