//! Moving pages from the write-ahead log into the file, beside the writer instead of within one of its commits.
//!
//! A passive checkpoint waits for nobody and nobody waits for it (<https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>). But the
//! log starts over only once all of it has been moved while nothing is added, and under steady writing something always is. So
//! what little is left after a passive one is moved with the writer held.

use std::{
    sync::{Weak, mpsc},
    thread,
};

use rusqlite::{Connection, hooks::Wal};
use tokio::sync::Mutex as FairMutex;

use super::{error, writer::Batch};
use crate::StoreError;

/// So many pages are added to the log between two checkpoints, many of them several times, and each is moved once: 64 MiB of the
/// usual size. The end of a checkpoint holds commits up, so the rarer it comes the fewer feel it; what is kept waiting is read again
/// after a crash.
const PAGES_BETWEEN: i32 = 16_384;

/// Signals that a checkpoint is due, as the log of the connection that writes grows. They end with that connection.
pub(super) fn due(writer: &mut Connection) -> Result<mpsc::Receiver<()>, StoreError> {
    let (sender, signals) = mpsc::sync_channel(1);
    let mut asked_at = 0;
    let after_commit = move |_: &mut Wal, pages| {
        if pages < asked_at {
            // The log has started over.
            asked_at = 0;
        }
        if pages - asked_at >= PAGES_BETWEEN {
            asked_at = pages;
            // Full: one is on its way.
            let _ = sender.try_send(());
        }
        Ok(())
    };
    writer.wal_hook(Some(after_commit)).map_err(|failure| error::map(writer, &failure))?;
    Ok(signals)
}

/// A thread that checkpoints at each signal, until they end.
pub(super) fn start(
    connection: Connection,
    signals: mpsc::Receiver<()>,
    writer: Weak<FairMutex<Batch>>,
) -> Result<(), StoreError> {
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
        .map(drop)
        .map_err(|error| StoreError::Unavailable(format!("no thread for checkpoints: {error}")))
}

fn checkpoint(connection: &Connection, writer: &Weak<FairMutex<Batch>>) -> Result<(), StoreError> {
    passive(connection)?;
    // Again, for what came in during the first: the writer is to be held for a short rest.
    passive(connection)?;
    let Some(writer) = writer.upgrade() else { return Ok(()) };
    let mut batch = writer.blocking_lock();
    batch.commit();
    passive(connection)
}

fn passive(connection: &Connection) -> Result<(), StoreError> {
    connection
        .query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))
        .map_err(|failure| error::map(connection, &failure))
}
