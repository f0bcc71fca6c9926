//! Rows of imports and of the chunks that wait. No decisions.

use std::time::Duration;

use kernel::{Id, Timestamp};
use store::{Db, Origin, Query, Row, StoreError, Tx, params, sql};

use super::{
    Import,
    model::{ImportLine, ImportState, ImportSummary},
    options::ImportOptions,
};

sql! {
    FIND = "select id, state, options, chunks, lines, created, updated, skipped, failed, created_at, finished_at
            from imports where tenant_id = $1 and id = $2";
    INSERT = "insert into imports (tenant_id, id, state, options, lines, created, updated, skipped, failed, created_at, updated_at)
              values ($1, $2, $3, $4, 0, 0, 0, 0, 0, $5, $5)
              on conflict (tenant_id, id) do nothing";
    // Of two that carry one import on, one moves it.
    ADVANCE = "update imports
               set lines = $4, created = created + $5, updated = updated + $6, skipped = skipped + $7, failed = failed + $8,
                   updated_at = $9
               where tenant_id = $1 and id = $2 and lines = $3 and state <> 'finished'";
    QUEUE = "update imports set state = 'running', chunks = $3, updated_at = $4
             where tenant_id = $1 and id = $2 and state = 'receiving'";
    FINISH = "update imports set state = 'finished', finished_at = $3, updated_at = $3
              where tenant_id = $1 and id = $2 and state <> 'finished'";
    INSERT_CHUNK = "insert into import_chunks (tenant_id, import_id, number, lines) values ($1, $2, $3, $4)";
    FIND_LINES = "select lines from import_chunks where tenant_id = $1 and import_id = $2 and number = $3 and lines is not null";
    PUT_RESULTS = "update import_chunks set lines = null, results = $4
                   where tenant_id = $1 and import_id = $2 and number = $3";
    RESULTS = "select results from import_chunks
               where tenant_id = $1 and import_id = $2 and number = $3 and results is not null";
    system PURGE = "delete from imports where (tenant_id, id) in
                      (select tenant_id, id from imports where updated_at < $1 limit 20)";
}

/// A line that waits: its number, and its text unless that was too long.
pub(super) type WaitingLine = (u64, Option<String>);

pub(super) async fn find(db: &impl Query, id: Id<Import>) -> Result<Option<Import>, StoreError> {
    db.one(&FIND, params![id], import).await
}

/// `false` where there is one of this id already.
pub(super) async fn insert(
    tx: &Tx,
    id: Id<Import>,
    state: ImportState,
    options: ImportOptions,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let options = serde_json::to_string(&options).unwrap_or_default();
    Ok(tx.execute(&INSERT, params![id, state.as_str(), options, now]).await? == 1)
}

/// `false` where somebody else has moved it.
pub(super) async fn advance(
    tx: &Tx,
    id: Id<Import>,
    from: u64,
    more: ImportSummary,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let values = params![
        id,
        number(from),
        number(more.lines),
        number(more.created),
        number(more.updated),
        number(more.skipped),
        number(more.failed),
        now
    ];
    Ok(tx.execute(&ADVANCE, values).await? == 1)
}

pub(super) async fn queue(tx: &Tx, id: Id<Import>, chunks: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&QUEUE, params![id, chunks, now]).await.map(drop)
}

pub(super) async fn finish(tx: &Tx, id: Id<Import>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&FINISH, params![id, now]).await.map(drop)
}

pub(super) async fn insert_chunk(
    tx: &Tx,
    id: Id<Import>,
    number: i64,
    lines: &[WaitingLine],
) -> Result<(), StoreError> {
    let lines = serde_json::to_string(lines).map_err(|error| StoreError::Internal(error.to_string()))?;
    tx.execute(&INSERT_CHUNK, params![id, number, lines]).await.map(drop)
}

/// `None` where they are done, or were never there.
pub(super) async fn waiting(
    db: &impl Query,
    id: Id<Import>,
    number: i64,
) -> Result<Option<Vec<WaitingLine>>, StoreError> {
    db.one(&FIND_LINES, params![id, number], |row| row.named(0, "lines", |text| serde_json::from_str(text).ok())).await
}

pub(super) async fn put_results(
    tx: &Tx,
    id: Id<Import>,
    number: i64,
    results: &[ImportLine],
) -> Result<(), StoreError> {
    let results = serde_json::to_string(results).map_err(|error| StoreError::Internal(error.to_string()))?;
    tx.execute(&PUT_RESULTS, params![id, number, results]).await.map(drop)
}

pub(super) async fn results(
    db: &impl Query,
    id: Id<Import>,
    number: i64,
) -> Result<Option<Vec<ImportLine>>, StoreError> {
    db.one(&RESULTS, params![id, number], |row| row.named(0, "results", |text| serde_json::from_str(text).ok())).await
}

/// Forget the imports that nothing has moved since `before`, with the rows that they were sent; how many are gone.
pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    const KEPT: Duration = Duration::from_hours(7 * 24);
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now - KEPT]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn import(row: &Row<'_>) -> Result<Import, StoreError> {
    let count = |column| row.get::<i64>(column).map(|count| u64::try_from(count).unwrap_or_default());
    Ok(Import {
        id: row.get(0)?,
        state: row.named(1, "an import's state", ImportState::from_name)?,
        options: row.named(2, "options", |text| serde_json::from_str(text).ok())?,
        chunks: row.get(3)?,
        summary: ImportSummary {
            lines: count(4)?,
            created: count(5)?,
            updated: count(6)?,
            skipped: count(7)?,
            failed: count(8)?,
        },
        created_at: row.get(9)?,
        finished_at: row.get(10)?,
    })
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
