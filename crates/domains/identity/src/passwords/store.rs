use kernel::{Id, Timestamp};
use store::{Query, Row, StoreError, Tx, params, sql};

use crate::users::User;

/// How a person's password is kept.
pub(crate) struct StoredPassword {
    pub(crate) phc: String,
    pub(crate) must_change: bool,
}

sql! {
    FIND = "select phc, must_change from passwords where tenant_id = $1 and user_id = $2";
    PUT = "insert into passwords (tenant_id, user_id, phc, must_change, changed_at) values ($1, $2, $3, $4, $5)
           on conflict (tenant_id, user_id) do update set phc = excluded.phc, must_change = excluded.must_change, changed_at = excluded.changed_at";
    // Only over the very hash that was verified: a password set meanwhile wins.
    REPLACE_HASH = "update passwords set phc = $4 where tenant_id = $1 and user_id = $2 and phc = $3";
    DELETE = "delete from passwords where tenant_id = $1 and user_id = $2";
    DEMAND_CHANGE = "update passwords set must_change = true where tenant_id = $1 and user_id = $2";
}

pub(crate) async fn find(db: &impl Query, user: Id<User>) -> Result<Option<StoredPassword>, StoreError> {
    db.one(&FIND, params![user], |row: &Row<'_>| Ok(StoredPassword { phc: row.get(0)?, must_change: row.get(1)? }))
        .await
}

pub(crate) async fn put(
    tx: &Tx,
    user: Id<User>,
    phc: &str,
    must_change: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&PUT, params![user, phc, must_change, now]).await.map(drop)
}

pub(crate) async fn replace_hash(tx: &Tx, user: Id<User>, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(&REPLACE_HASH, params![user, old, new]).await.map(drop)
}

/// `false` where there was none.
pub(crate) async fn delete(tx: &Tx, user: Id<User>) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![user]).await? == 1)
}

/// `false` where the user has no password.
pub(crate) async fn demand_change(tx: &Tx, user: Id<User>) -> Result<bool, StoreError> {
    Ok(tx.execute(&DEMAND_CHANGE, params![user]).await? == 1)
}
