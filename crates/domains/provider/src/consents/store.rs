//! Rows of consents. No decisions.

use identity::users::UserId;
use kernel::Timestamp;
use oauth::Scopes;
use store::{Query, StoreError, Tx, params, sql};

use super::model::Consent;
use crate::clients::ClientId;

sql! {
    FIND = "select scope, resources, details from oauth_consents where tenant_id = $1 and user_id = $2 and client_id = $3";
    PUT = "
        insert into oauth_consents (tenant_id, user_id, client_id, scope, resources, details, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        on conflict (tenant_id, user_id, client_id) do update
        set scope = excluded.scope, resources = excluded.resources, details = excluded.details, updated_at = excluded.updated_at";
    DELETE = "delete from oauth_consents where tenant_id = $1 and user_id = $2 and client_id = $3";
    // Clients with a consent, and those of the tenant's own that hold a live grant without one.
    OF_USER = "
        select c.id, c.name, c.metadata, c.document_url, o.scope, o.created_at, o.updated_at
        from oauth_consents o join clients c on c.tenant_id = o.tenant_id and c.id = o.client_id
        where o.tenant_id = $1 and o.user_id = $2
        order by o.updated_at desc, c.id desc
        limit 200";
    GRANTED_TO_USER = "
        select c.id, c.name, c.metadata, c.document_url, g.scope, g.created_at, g.created_at
        from oauth_grants g join clients c on c.tenant_id = g.tenant_id and c.id = g.client_id
        where g.tenant_id = $1 and g.user_id = $2 and g.ended_at is null and g.expires_at > $3
          and not exists (
            select 1 from oauth_consents o where o.tenant_id = g.tenant_id and o.user_id = g.user_id and o.client_id = g.client_id)
        order by g.id desc
        limit 200";
}

/// A client that has access, and since when.
pub(super) struct Holder {
    pub(super) client_id: ClientId,
    pub(super) name: String,
    pub(super) metadata: oauth::ClientMetadata,
    pub(super) document_url: Option<String>,
    pub(super) scope: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

pub(crate) async fn find(db: &impl Query, user: UserId, client: ClientId) -> Result<Option<Consent>, StoreError> {
    db.one(&FIND, params![user, client], |row| {
        Ok(Consent {
            scopes: row.named(0, "scopes", |text| Scopes::parse(text).ok())?,
            resources: row.named(1, "resources", |text| serde_json::from_str(text).ok())?,
            details: row.named(2, "authorization details", |text| serde_json::from_str(text).ok())?,
        })
    })
    .await
}

pub(crate) async fn put(
    tx: &Tx,
    user: UserId,
    client: ClientId,
    consent: &Consent,
    now: Timestamp,
) -> Result<(), StoreError> {
    let resources = serde_json::json!(consent.resources).to_string();
    let details = serde_json::json!(consent.details).to_string();
    tx.execute(&PUT, params![user, client, consent.scopes.to_string(), resources, details, now]).await.map(drop)
}

/// `false` where there was none.
pub(super) async fn delete(tx: &Tx, user: UserId, client: ClientId) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![user, client]).await? == 1)
}

/// Newest first.
pub(super) async fn of_user(db: &impl Query, user: UserId, now: Timestamp) -> Result<Vec<Holder>, StoreError> {
    let holder = |row: &store::Row<'_>| {
        Ok(Holder {
            client_id: row.get(0)?,
            name: row.get(1)?,
            metadata: row.named(2, "a client's metadata", |text| serde_json::from_str(text).ok())?,
            document_url: row.get(3)?,
            scope: row.get(4)?,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    };
    let mut holders = db.all(&OF_USER, params![user], holder).await?;
    for granted in db.all(&GRANTED_TO_USER, params![user, now], holder).await? {
        if !holders.iter().any(|known| known.client_id == granted.client_id) {
            holders.push(granted);
        }
    }
    Ok(holders)
}
