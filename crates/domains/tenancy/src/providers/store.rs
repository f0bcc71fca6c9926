//! Rows of providers. No decisions.

use edge::Context;
use kernel::{Page, PageRequest, Refusal, Secret, TenantId, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};
use vault::Place;

use super::{Provider, ProviderKind, ProviderSecret, ProviderSlug, pem};
use crate::settings::secrets;

macro_rules! select_providers {
    ($where:literal) => {
        concat!(
            "select slug, version, is_enabled, client_id, details, secret, created_at, updated_at
             from social_providers
             where tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_providers!(" and slug = $2");
    ENABLED = select_providers!(" and is_enabled order by created_at, slug limit 50");
    COUNT = "select count(*) from social_providers where tenant_id = $1";
    INSERT = "
        insert into social_providers (tenant_id, slug, version, is_enabled, client_id, details, secret, created_at, updated_at)
        values ($1, $2, 1, $3, $4, $5, $6, $7, $7)
        on conflict (tenant_id, slug) do nothing";
    UPDATE = "
        update social_providers
        set version = version + 1, is_enabled = $4, client_id = $5, details = $6, secret = $7, updated_at = $8
        where tenant_id = $1 and slug = $2 and version = $3";
    DELETE = "delete from social_providers where tenant_id = $1 and slug = $2 and version = $3";
}

listing! {
    PROVIDERS = {
        select: select_providers!(""),
        filters: {},
        order: "slug",
        keyset: "slug > ?",
    };
}

/// A provider and its secret, as it is stored.
pub(super) struct ProviderRow {
    pub(super) provider: Provider,
    /// Sealed.
    pub(super) secret: Option<Vec<u8>>,
}

impl ProviderRow {
    pub(super) fn open(&self, cx: &Context) -> Result<Option<ProviderSecret>, Refusal> {
        let Some(sealed) = &self.secret else { return Ok(None) };
        let secret = secrets::open(cx.vault(), &place(cx.tenant_id(), &self.provider.slug), sealed)?;
        Ok(match self.provider.kind() {
            // It was checked when it was set.
            ProviderKind::Apple => pem::es256_key(&secret).map(|key| ProviderSecret::PrivateKey(Box::new(key))),
            _ => Some(ProviderSecret::ClientSecret(secret)),
        })
    }
}

pub(super) fn seal(cx: &Context, slug: &ProviderSlug, secret: &Secret) -> Vec<u8> {
    cx.vault().seal(&place(cx.tenant_id(), slug), secret.reveal().as_bytes())
}

fn place(tenant: TenantId, slug: &ProviderSlug) -> Place<'_> {
    Place { tenant, column: "social_providers.secret", row: slug.as_str().as_bytes() }
}

pub(super) async fn find(db: &impl Query, slug: &ProviderSlug) -> Result<Option<ProviderRow>, StoreError> {
    db.one(&FIND, params![slug.as_str()], provider).await
}

pub(super) async fn enabled(db: &impl Query) -> Result<Vec<Provider>, StoreError> {
    db.all(&ENABLED, params![], |row| Ok(provider(row)?.provider)).await
}

pub(super) async fn count(db: &impl Query) -> Result<i64, StoreError> {
    Ok(db.one(&COUNT, params![], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn page(
    db: &impl Query,
    request: &PageRequest<String>,
) -> Result<Page<ProviderRow, String>, StoreError> {
    let mut query = PROVIDERS.query().limit(request.fetch());
    if let Some(slug) = &request.after {
        query = query.after(params![slug]);
    }
    let rows = db.list(query, provider).await?;
    Ok(request.page(rows, |row| row.provider.slug.to_string()))
}

/// `false` where somebody else was faster.
pub(super) async fn insert(tx: &Tx, row: &ProviderRow, now: Timestamp) -> Result<bool, StoreError> {
    let ProviderRow { provider, secret } = row;
    let fields = params![
        provider.slug.as_str(),
        provider.is_enabled,
        &provider.client_id,
        details(provider),
        secret.as_deref(),
        now
    ];
    Ok(tx.execute(&INSERT, fields).await? == 1)
}

/// Over the version that it was made from; `false` where somebody else was faster.
pub(super) async fn update(tx: &Tx, version: i64, row: &ProviderRow, now: Timestamp) -> Result<bool, StoreError> {
    let ProviderRow { provider, secret } = row;
    let fields = params![
        provider.slug.as_str(),
        version,
        provider.is_enabled,
        &provider.client_id,
        details(provider),
        secret.as_deref(),
        now
    ];
    Ok(tx.execute(&UPDATE, fields).await? == 1)
}

pub(super) async fn delete(tx: &Tx, slug: &ProviderSlug, version: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![slug.as_str(), version]).await? == 1)
}

fn details(provider: &Provider) -> String {
    serde_json::to_string(&provider.details).unwrap_or_else(|_| "{}".to_owned())
}

fn provider(row: &Row<'_>) -> Result<ProviderRow, StoreError> {
    let slug: String = row.get(0)?;
    let details: String = row.get(4)?;
    Ok(ProviderRow {
        provider: Provider {
            slug: slug.parse().map_err(|_| StoreError::corrupt(0, "a provider's name"))?,
            version: row.get(1)?,
            is_enabled: row.get(2)?,
            client_id: row.get(3)?,
            details: serde_json::from_str(&details).map_err(|_| StoreError::corrupt(4, "a provider's details"))?,
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
        },
        secret: row.get(5)?,
    })
}
