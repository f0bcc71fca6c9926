//! Moving pages from the write-ahead log into the file, beside the writer instead of within one of its commits.
//!
//! A passive checkpoint waits for nobody and nobody waits for it (<https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>). But the
//! log starts over only once all of it has been moved while nothing is added, and under steady writing something always is. So
//! when it has grown long, what little is left after a passive one is moved with the writer held.

use std::{
    sync::{Weak, mpsc},
    thread,
};

use rusqlite::Connection;
use tokio::sync::Mutex as FairMutex;

use super::{error, writer::Batch};
use crate::StoreError;

/// Pages in the log from which on it is made to start over: 32 MiB of the usual size.
const LONG: i64 = 8_192;

/// A thread that checkpoints whenever it is told to, until the sender is dropped.
pub(super) fn start(
    connection: Connection,
    writer: Weak<FairMutex<Batch>>,
) -> Result<mpsc::SyncSender<()>, StoreError> {
    let (sender, signals) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("store-checkpointer".to_owned())
        .spawn(move || {
            while signals.recv().is_ok() {
                if let Err(error) = checkpoint(&connection, &writer) {
                    // The log grows meanwhile, and the next turn tries again.
                    tracing::warn!(%error, "the write-ahead log could not be checkpointed");
                }
            }
        })
        .map_err(|error| StoreError::Unavailable(format!("no thread for checkpoints: {error}")))?;
    Ok(sender)
}

fn checkpoint(connection: &Connection, writer: &Weak<FairMutex<Batch>>) -> Result<(), StoreError> {
    if passive(connection)? < LONG {
        return Ok(());
    }
    // Again, for what came in during the first: the writer is to be held for a short rest.
    passive(connection)?;
    let Some(writer) = writer.upgrade() else { return Ok(()) };
    let mut batch = writer.blocking_lock();
    batch.commit();
    passive(connection).map(drop)
}

/// Returns the pages that stood in the log.
fn passive(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .query_row("pragma wal_checkpoint(passive)", [], |row| row.get(1))
        .map_err(|failure| error::map(connection, &failure))
}
