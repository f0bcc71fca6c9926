//! What can be done with API keys: decide, store, emit.

use std::{sync::Arc, time::Duration};

use ::store::{StoreError, Tx};
use edge::{Caller, Context, Failure};
use kernel::{Env, Page, PageRequest, Refusal, Secret, TenantId, Timestamp, ports::TeamDirectory};
use vault::ApiKeySecret;

use super::{
    ApiKey, ApiKeyCreated, ApiKeyError, ApiKeyRevoked, ApiKeyRotated, NewApiKey,
    model::{covers, grant, prefix},
    store::{self as rows, ApiKeyKey, SecretDigest},
};
use crate::{Permissions, Teams, settings::tenant_name};

const MAX_OVERLAP: Duration = Duration::from_hours(7 * 24);

pub(super) async fn list(cx: &Context, request: &PageRequest<ApiKeyKey>) -> Result<Page<ApiKey, ApiKeyKey>, Failure> {
    Ok(rows::page(&cx.read(), request).await?)
}

pub(super) async fn create(
    cx: &Context,
    name: &str,
    scopes: &[String],
    expires_at: Option<Timestamp>,
) -> Result<(ApiKey, Secret), Failure> {
    let name = tenant_name("name", name).map_err(ApiKeyError::Field)?;
    if expires_at.is_some_and(|expires_at| expires_at <= cx.now()) {
        return Err(ApiKeyError::ExpiryInThePast.into());
    }
    let scopes = grant(scopes, &held(cx).await?, cx.part::<Permissions>())?;
    let tx = cx.tx().await?;
    Ok(issue_as(tx, cx.env(), cx.tenant_id(), NewApiKey { name, scopes, expires_at }, cx.now()).await?)
}

/// A new key in the transaction of its tenant or of the system. The secret is in nobody's hands but the caller's.
pub(crate) async fn issue_as(
    tx: &Tx,
    env: &Env,
    tenant: TenantId,
    new: NewApiKey,
    now: Timestamp,
) -> Result<(ApiKey, Secret), StoreError> {
    let (secret, digest) = new_secret(env);
    let key = ApiKey {
        id: env.new_id(),
        version: 1,
        name: new.name,
        scopes: new.scopes,
        prefix: digest.prefix.clone(),
        previous_expires_at: None,
        expires_at: new.expires_at,
        last_used_at: None,
        created_by: tx.origin().actor,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, tenant, &key, &digest).await?;
    let event = ApiKeyCreated {
        api_key_id: key.id,
        name: key.name.clone(),
        scopes: key.scopes.split(' ').map(str::to_owned).collect(),
        expires_at: key.expires_at,
    };
    tx.emit_as(tenant, &event);
    Ok((key, secret))
}

/// A new secret; the one before stays valid for the overlap, and the one before that ends now.
pub(super) async fn rotate(cx: &Context, key: &ApiKey, overlap: Duration) -> Result<(ApiKey, Secret), Failure> {
    cx.expect_version(key.version)?;
    if overlap > MAX_OVERLAP {
        return Err(ApiKeyError::OverlapTooLong.into());
    }
    let now = cx.now();
    if key.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(ApiKeyError::Expired.into());
    }
    covers(&held(cx).await?, key.scopes.split(' '))?;
    let (secret, digest) = new_secret(cx.env());
    let previous_expires_at = (!overlap.is_zero()).then(|| now + overlap);
    let tx = cx.tx().await?;
    if !rows::rotate(tx, key, &digest, previous_expires_at, now).await? {
        return Err(ApiKeyError::Changed.into());
    }
    tx.emit(&ApiKeyRotated { api_key_id: key.id, previous_expires_at });
    let after =
        ApiKey { version: key.version + 1, prefix: digest.prefix, previous_expires_at, updated_at: now, ..key.clone() };
    Ok((after, secret))
}

/// Dead at once and everywhere: every request asks the store.
pub(super) async fn revoke(cx: &Context, key: &ApiKey) -> Result<(), Failure> {
    cx.expect_version(key.version)?;
    let tx = cx.tx().await?;
    if !rows::revoke(tx, key, cx.now()).await? {
        return Err(ApiKeyError::Changed.into());
    }
    tx.emit(&ApiKeyRevoked { api_key_id: key.id });
    Ok(())
}

/// Every permission that the caller has here, space-separated: nobody gives on what is not among them.
pub async fn held(cx: &Context) -> Result<Arc<str>, Refusal> {
    match cx.caller() {
        Caller::ApiKey(key) => Ok(Arc::clone(&key.scopes)),
        Caller::User(session) => Ok(Arc::clone(&session.scopes)),
        Caller::Client(client) => Ok(Arc::clone(&client.scopes)),
        Caller::Account(account) => {
            let teams = cx.part::<Teams>();
            teams.permissions(account.user_id, cx.tenant_id()).await?.ok_or_else(Refusal::not_found)
        }
        Caller::Anonymous => Ok(Arc::from("")),
    }
}

fn new_secret(env: &Env) -> (Secret, SecretDigest) {
    let secret = ApiKeySecret::generate(&*env.entropy);
    let digest = SecretDigest { hash: vault::digest(secret.reveal().as_bytes()), prefix: prefix(secret.reveal()) };
    (secret, digest)
}
