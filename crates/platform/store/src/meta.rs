//! Values of the whole deployment: the check value of the root key, the mark that set-up is over.

use crate::{Db, Origin, Query, StoreError, Tx, params};

crate::__statements! { [own] []
    system FIND_META = "select value from meta where key = $1";

    system INSERT_META = "insert into meta (key, value) values ($1, $2) on conflict do nothing";

    system SAVE_META = "
        insert into meta (key, value) values ($1, $2)
        on conflict (key) do update set value = excluded.value";
}

pub async fn find(db: &Db, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    db.system_read().one(&FIND_META, params![key], |row| row.get(0)).await
}

/// The value that stands there from now on: the given one, unless there was one before. One winner among all nodes.
pub async fn find_or_insert(db: &Db, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    if let Some(found) = find(db, key).await? {
        return Ok(found);
    }
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    insert(&tx, key, value).await?;
    let found = tx.one(&FIND_META, params![key], |row| row.get(0)).await?;
    tx.commit().await?;
    found.ok_or_else(|| StoreError::Internal(format!("the value {key} vanished")))
}

/// In a system transaction. `false`: there is a value already, and it stays.
pub async fn insert(tx: &Tx, key: &str, value: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute(&INSERT_META, params![key, value]).await? > 0)
}

/// In a system transaction: the value becomes this one.
pub async fn save(tx: &Tx, key: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.execute(&SAVE_META, params![key, value]).await.map(drop)
}
