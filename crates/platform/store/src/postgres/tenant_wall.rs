//! Row-level security: the second lock behind `tenant_id = $1`.
//!
//! The setting `portcullis.tenant` holds the tenant's id as 32 hexadecimal digits, or `*` for the system. Without it
//! no row is visible.

use deadpool_postgres::Object;
use tokio_postgres::Client;

use super::error;
use crate::StoreError;

/// Scalar subqueries, so that the setting is read and decoded once per statement and not once per row. `=` of bytea is
/// leakproof, so the statement's own conditions still go to the indexes before this one is asked.
const POLICY: &str = "\
    (select current_setting('portcullis.tenant', true)) = '*' \
    or tenant_id = (select decode(nullif(current_setting('portcullis.tenant', true), '*'), 'hex'))";

const UNGUARDED: &str = "\
    select quote_ident(c.relname) \
      from pg_class c \
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') \
       and exists (select 1 from pg_attribute a \
                    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) \
       and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_wall')";

/// Put the wall around every table that has a `tenant_id` and none yet. `force`: the owner is inside it too.
pub(super) async fn build(client: &Client) -> Result<(), StoreError> {
    let mapped = |error: tokio_postgres::Error| error::map(&error);
    for row in client.query(UNGUARDED, &[]).await.map_err(mapped)? {
        let table: String = row.try_get(0).map_err(mapped)?;
        let sql = format!(
            "alter table {table} enable row level security; \
             alter table {table} force row level security; \
             create policy tenant_wall on {table} using ({POLICY})"
        );
        client.batch_execute(&sql).await.map_err(mapped)?;
    }
    Ok(())
}

/// Superusers and roles with `bypassrls` walk through the wall.
pub(super) async fn warn_if_bypassed(client: &Object) -> Result<(), StoreError> {
    let bypassed = client
        .query_one("select rolsuper or rolbypassrls from pg_roles where rolname = current_user", &[])
        .await
        .and_then(|row| row.try_get::<_, bool>(0))
        .map_err(|error| error::map(&error))?;
    if bypassed {
        tracing::warn!("the database role bypasses row-level security: give the server a role without that right");
    }
    Ok(())
}
