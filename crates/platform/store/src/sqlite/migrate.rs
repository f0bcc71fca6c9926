//! Migrations on SQLite: each in a transaction that holds the only write lock, so that two processes take turns.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Sqlite, error};
use crate::{Migration, StoreError, migration};

const TABLE: &str = "create table if not exists schema_migrations (\
    id text primary key, digest blob not null, applied_at bigint not null)";

impl Sqlite {
    /// `false`: it was applied before.
    pub(crate) async fn apply(&self, migration: &Migration, now: i64) -> Result<bool, StoreError> {
        self.writer
            .migrate(|connection| {
                connection.execute_batch(TABLE).map_err(|e| error::map(connection, &e))?;
                if let Some(digest) = applied(connection, migration.id)? {
                    return migration.check(&digest).map(|()| false);
                }
                let named = |e: &rusqlite::Error| StoreError::Migration(format!("{}: {e}", migration.id));
                connection.execute_batch(migration.for_sqlite()).map_err(|e| named(&e))?;
                connection
                    .execute(
                        "insert into schema_migrations (id, digest, applied_at) values (?1, ?2, ?3)",
                        params![migration.id, migration.digest(), now],
                    )
                    .map_err(|e| named(&e))?;
                Ok(true)
            })
            .await
    }

    /// Ids and digests of what was applied.
    pub(crate) async fn applied(&self) -> Result<Vec<migration::Applied>, StoreError> {
        self.readers
            .with(|connection| {
                let exists: bool = connection
                    .query_row(
                        "select exists (select 1 from sqlite_schema where name = 'schema_migrations')",
                        [],
                        |row| row.get(0),
                    )
                    .map_err(|e| error::map(connection, &e))?;
                if !exists {
                    return Ok(Vec::new());
                }
                let mut statement = connection
                    .prepare("select id, digest from schema_migrations order by id")
                    .map_err(|e| error::map(connection, &e))?;
                statement
                    .query_map([], |row| Ok(migration::Applied { id: row.get(0)?, digest: row.get(1)? }))
                    .and_then(Iterator::collect)
                    .map_err(|e| error::map(connection, &e))
            })
            .await
    }
}

fn applied(connection: &Connection, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row("select digest from schema_migrations where id = ?1", [id], |row| row.get(0))
        .optional()
        .map_err(|e| error::map(connection, &e))
}
