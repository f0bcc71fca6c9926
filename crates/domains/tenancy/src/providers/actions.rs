//! Configuring providers: decide, store, emit.

use edge::{Context, Failure};
use kernel::{Id, Page, PageRequest, Refusal};
use serde_json::{Map, Value};

use super::{
    Provider, ProviderKind, ProviderSlug,
    error::ProviderError,
    input::{NewProvider, ProviderReplace},
    store::{self, ProviderRow},
};
use crate::settings::{SettingsUpdated, differing};

/// More than any sign-in screen can show.
const MOST: i64 = 50;

pub(super) async fn list(cx: &Context, request: &PageRequest<String>) -> Result<Page<ProviderRow, String>, Failure> {
    Ok(store::page(&cx.read(), request).await?)
}

/// Configure a provider, whether or not there was one of this name. A PUT that changes nothing is no change.
pub(super) async fn replace(cx: &Context, slug: ProviderSlug, body: ProviderReplace) -> Result<ProviderRow, Failure> {
    let before = store::find(&cx.read(), &slug).await?;
    // Of something that is not there, `If-Match` asks for a version that it can't have.
    cx.expect_version(before.as_ref().map_or(0, |row| row.provider.version))?;
    let kept_at = before.as_ref().filter(|row| row.secret.is_some()).map(|row| row.provider.details.issuer.as_deref());
    let new = body.checked(ProviderKind::of(&slug), kept_at)?;
    let changed = changed(before.as_ref(), &slug, &new);
    let after = row(cx, before.as_ref(), slug, new);
    match before {
        Some(before) if changed.is_empty() => return Ok(before),
        Some(before) => {
            let tx = cx.tx().await?;
            if !store::update(tx, before.provider.version, &after, cx.now()).await? {
                return Err(ProviderError::Changed.into());
            }
        }
        None => {
            let tx = cx.tx().await?;
            if store::count(tx).await? >= MOST {
                return Err(ProviderError::TooMany.into());
            }
            if !store::insert(tx, &after, cx.now()).await? {
                return Err(ProviderError::Changed.into());
            }
        }
    }
    emit(cx, changed).await?;
    Ok(after)
}

/// Identities that came by it stay, and lead in again once it is configured anew with the same issuer.
pub(super) async fn delete(cx: &Context, slug: &ProviderSlug) -> Result<(), Failure> {
    let row = store::find(&cx.read(), slug).await?.ok_or_else(Refusal::not_found)?;
    cx.expect_version(row.provider.version)?;
    if !store::delete(cx.tx().await?, slug, row.provider.version).await? {
        return Err(ProviderError::Changed.into());
    }
    emit(cx, vec![format!("providers.{slug}")]).await
}

async fn emit(cx: &Context, changed: Vec<String>) -> Result<(), Failure> {
    cx.tx().await?.emit(&SettingsUpdated { application_id: Id::from_uuid(cx.tenant_id().uuid()), changed });
    Ok(())
}

fn row(cx: &Context, before: Option<&ProviderRow>, slug: ProviderSlug, new: NewProvider) -> ProviderRow {
    let secret = match new.secret {
        None => before.and_then(|row| row.secret.clone()),
        Some(secret) => secret.map(|secret| store::seal(cx, &slug, &secret)),
    };
    let provider = Provider {
        slug,
        version: before.map_or(1, |row| row.provider.version + 1),
        is_enabled: new.is_enabled,
        client_id: new.client_id,
        details: new.details,
        created_at: before.map_or(cx.now(), |row| row.provider.created_at),
        updated_at: cx.now(),
    };
    ProviderRow { provider, secret }
}

/// `providers.google.client_id`: the names and not the values.
fn changed(before: Option<&ProviderRow>, slug: &ProviderSlug, new: &NewProvider) -> Vec<String> {
    let Some(before) = before else { return vec![format!("providers.{slug}")] };
    let fields = |is_enabled: bool, client_id: &str, details| {
        let mut fields = match serde_json::to_value(details) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        fields.insert("enabled".to_owned(), is_enabled.into());
        fields.insert("client_id".to_owned(), client_id.into());
        fields
    };
    let old = &before.provider;
    let old = fields(old.is_enabled, &old.client_id, &old.details);
    let mut changed = Vec::new();
    differing(&old, &fields(new.is_enabled, &new.client_id, &new.details), &format!("providers.{slug}."), &mut changed);
    let is_secret_new = match &new.secret {
        None => false,
        Some(secret) => secret.is_some() || before.secret.is_some(),
    };
    if is_secret_new {
        changed.push(format!("providers.{slug}.secret"));
    }
    changed
}
