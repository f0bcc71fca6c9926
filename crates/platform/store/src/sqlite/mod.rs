//! SQLite: many readers called directly, one writer that puts what has queued into one commit.

mod checkpoints;
pub(crate) mod connection;
pub(crate) mod error;
mod migrate;
mod readers;
mod run;
mod statistics;
mod touched;
mod writer;

use std::path::Path;

use crate::{EachRow, StoreError, StoreOptions, Wanted, call::Call, moments::Commits, statement::Text};

pub(crate) use writer::Transaction;

pub(crate) struct Sqlite {
    readers: readers::Readers,
    writer: writer::Writer,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        // The writer first: it makes the file and puts it into WAL mode.
        let writer = connection::writer(path, options)?;
        let checkpointer = connection::checkpointer(path, options)?;
        let writer = writer::Writer::start(writer, checkpointer, options.acquire_timeout)?;
        Ok(Self { readers: readers::Readers::new(path, options), writer })
    }

    pub(crate) async fn rows(&self, call: &Call<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<u64, StoreError> {
        self.readers.with(|connection| run::rows(connection, call, wanted, each)).await
    }

    pub(crate) fn commits(&self) -> &Commits {
        self.writer.commits()
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        self.writer.begin().await
    }

    pub(crate) async fn health(&self) -> Result<(), StoreError> {
        self.readers
            .with(|connection| connection.execute_batch("select 1").map_err(|e| error::map(connection, &e)))
            .await
    }

    /// What `explain query plan` says (<https://www.sqlite.org/eqp.html>).
    pub(crate) async fn plan(&self, text: &Text<'_>) -> Result<Vec<String>, StoreError> {
        let explain = format!("explain query plan {}", text.sqlite);
        self.readers
            .with(|connection| {
                let mapped = |error: rusqlite::Error| error::map(connection, &error);
                let mut statement = connection.prepare(&explain).map_err(mapped)?;
                let mut rows = statement.raw_query();
                let mut steps = Vec::new();
                while let Some(row) = rows.next().map_err(mapped)? {
                    steps.push(row.get("detail").map_err(mapped)?);
                }
                Ok(steps)
            })
            .await
    }

    /// Does the database understand the text? Returns the complaint.
    pub(crate) async fn prepare(&self, text: &Text<'_>) -> Result<Option<String>, StoreError> {
        self.readers.with(|connection| Ok(connection.prepare(text.sqlite).err().map(|error| error.to_string()))).await
    }
}
