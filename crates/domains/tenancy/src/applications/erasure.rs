//! The end of an application that was deleted thirty days ago: all of its rows in every table, bite by bite.
//!
//! First it is buried: nobody's, without a name, so that it can't come back while its rows go. What stays is the row with its id and
//! slug, by which the console's trail still names it, and no other application takes the slug.

use kernel::{Id, TenantId, Timestamp, tenant::CONSOLE};
use store::{Db, Origin, Query, StoreError, TenantTable, params, sql};

use super::{ApplicationErased, model::RESTORABLE};
use crate::tenants;

sql! {
    system NEXT_DELETED = "
        select id, team_id is null
        from tenants
        where deleted_at <= $1 and erased_at is null
        order by deleted_at, id
        limit 1";
    /// Only as long as it is deleted still: of this and bringing it back one wins.
    BURY = "
        update tenants
        set team_id = null, is_primary = false, name = '', settings = '{}', version = version + 1, updated_at = $2
        where id = $1 and state = 'deleted' and deleted_at <= $3 and team_id is not null";
    CLOSE = "update tenants set erased_at = $2, updated_at = $2 where id = $1 and erased_at is null";
}

/// One step of the oldest erasure that is due; returns how much was done, and 0 once nothing is left to do.
pub async fn erase_deleted(db: &Db, now: Timestamp, tables: impl Fn() -> Vec<TenantTable>) -> Result<u64, StoreError> {
    let before = now - RESTORABLE;
    let next = |row: &store::Row<'_>| Ok((row.get::<TenantId>(0)?, row.get::<bool>(1)?));
    let Some((tenant, is_buried)) = db.system_read().one(&NEXT_DELETED, params![before], next).await? else {
        return Ok(0);
    };
    if !is_buried {
        let tx = db.begin_system(Origin::system(CONSOLE)).await?;
        let buried = tx.execute_as(tenant, &BURY, params![now, before]).await?;
        tenants::hosts_changed(&tx, tenant);
        tx.commit().await?;
        return Ok(buried);
    }
    let mut gone = 0;
    for table in tables() {
        // A transaction for each bite, so that others get in between.
        let tx = db.begin_system(Origin::system(CONSOLE)).await?;
        gone += tx.execute_as(tenant, table.erase, params![]).await?;
        tx.commit().await?;
    }
    if gone > 0 {
        return Ok(gone);
    }
    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    let closed = tx.execute_as(tenant, &CLOSE, params![now]).await?;
    if closed == 1 {
        tx.emit(&ApplicationErased { application_id: Id::from_uuid(tenant.uuid()) });
    }
    tx.commit().await?;
    Ok(closed)
}
