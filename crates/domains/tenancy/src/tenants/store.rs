//! Rows of tenants. No decisions.
//!
//! Tenants are not rows of a tenant, so the table has no `tenant_id`; statements on one's own row take the tenant as `$1` all the
//! same, and the others are the system's.

use kernel::{TenantId, Timestamp};
use store::{Query, Row, StoreError, Tx, params, sql};

use super::{Environment, Slug, TenantRecord, TenantState};
use crate::settings::Settings;

sql! {
    FIND = "
        select id, slug, name, environment, state, team_id, is_primary, settings, version, created_at, updated_at,
               deleted_at
        from tenants
        where id = $1";
    SAVE = "update tenants
            set name = $3, state = $4, settings = $5, version = version + 1, updated_at = $6, deleted_at = $7
            where id = $1 and version = $2";
    DELETE_ORIGINS = "delete from tenant_origins where tenant_id = $1";
    INSERT_ORIGIN = "insert into tenant_origins (tenant_id, origin) values ($1, $2) on conflict do nothing";

    system INSERT = "
        insert into tenants (id, slug, name, environment, state, team_id, is_primary, settings, version, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (slug) do nothing";
    system FIND_PRIMARY = "select id from tenants where is_primary";
    system FIND_BY_SLUG = "select id from tenants where slug = $1 and team_id is not null";
    system FIND_BY_HOST = "select tenant_id from tenant_hosts where host = $1 and verified_at is not null";
    system KNOWS_ORIGIN = "select 1 from tenant_origins where origin = $1 limit 1";
}

/// The tenant that `db` is bound to.
pub(crate) async fn find(db: &impl Query) -> Result<Option<TenantRecord>, StoreError> {
    db.one(&FIND, params![], record).await
}

/// In a system transaction. `false`: the slug is taken.
pub(crate) async fn insert(tx: &Tx, tenant: &TenantRecord) -> Result<bool, StoreError> {
    let inserted = tx
        .execute(
            &INSERT,
            params![
                tenant.id,
                tenant.slug.as_str(),
                &tenant.name,
                tenant.environment.as_str(),
                tenant.state.as_str(),
                tenant.team_id,
                tenant.is_primary,
                tenant.settings.to_json(),
                tenant.version,
                tenant.created_at,
                tenant.updated_at
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Save a tenant over the version it was made from, as a transaction of its own or of the system; `false` where someone else was
/// faster. Origins are written again as a whole: they are few.
pub(crate) async fn save(
    tx: &Tx,
    before: &TenantRecord,
    after: &TenantRecord,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let fields =
        params![before.version, &after.name, after.state.as_str(), after.settings.to_json(), now, after.deleted_at];
    if tx.execute_as(after.id, &SAVE, fields).await? == 0 {
        return Ok(false);
    }
    if before.settings.allowed_origins != after.settings.allowed_origins {
        tx.execute_as(after.id, &DELETE_ORIGINS, params![]).await?;
        for origin in &after.settings.allowed_origins {
            tx.execute_as(after.id, &INSERT_ORIGIN, params![origin]).await?;
        }
    }
    Ok(true)
}

pub(crate) async fn find_primary(system: &impl Query) -> Result<Option<TenantId>, StoreError> {
    system.one(&FIND_PRIMARY, params![], |row| row.get(0)).await
}

/// Never the console, which no host leads to.
pub(crate) async fn find_by_slug(system: &impl Query, slug: &str) -> Result<Option<TenantId>, StoreError> {
    system.one(&FIND_BY_SLUG, params![slug], |row| row.get(0)).await
}

pub(crate) async fn find_by_host(system: &impl Query, host: &str) -> Result<Option<TenantId>, StoreError> {
    system.one(&FIND_BY_HOST, params![host], |row| row.get(0)).await
}

/// Has any tenant registered it?
pub(crate) async fn knows_origin(system: &impl Query, origin: &str) -> Result<bool, StoreError> {
    Ok(system.one(&KNOWS_ORIGIN, params![origin], |_| Ok(())).await?.is_some())
}

pub(crate) fn record(row: &Row<'_>) -> Result<TenantRecord, StoreError> {
    Ok(TenantRecord {
        id: row.get(0)?,
        slug: Slug::stored(row.get(1)?),
        name: row.get(2)?,
        environment: row.named(3, "an environment", Environment::from_name)?,
        state: row.named(4, "a tenant's state", TenantState::from_name)?,
        team_id: row.get(5)?,
        is_primary: row.get(6)?,
        settings: row.named(7, "settings in JSON", Settings::from_json)?,
        version: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
        deleted_at: row.get(11)?,
    })
}
