//! Moving pages from the write-ahead log into the file, beside the writer instead of within one of its commits.
//!
//! Whoever reads looks for each page in the log first, and the longer that is the longer it takes: a page that was written a thousand
//! times stands in the way of its neighbours a thousand times. What has been moved is not looked at. So the log is moved soon after
//! it was written, and when it grows long.
//!
//! A passive checkpoint waits for nobody and nobody waits for it (<https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>). But the
//! log starts over only once all of it has been moved while nothing is added, and under steady writing something always is. So from a
//! long one, what little is left after a passive checkpoint is moved with the writer held.

use std::{
    mem,
    sync::{Arc, Weak},
    thread,
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, hooks::Wal};
use tokio::sync::Mutex as FairMutex;

use super::{error, writer::Batch};
use crate::StoreError;

/// A log is long when so many pages were added, many of them several times: 128 MiB of the usual size. The end of its checkpoint holds
/// commits up, so the rarer it comes the fewer feel it.
const LONG: i32 = 32_768;
/// So long after something was written, the log is moved however short it is. Commits that fall together with the end of a checkpoint
/// wait for the disk twice, some ten milliseconds: once a second they are fewer than one in a hundred.
const SOON: Duration = Duration::from_secs(1);

/// What the writer tells of its log.
#[derive(Default)]
pub(super) struct Log {
    state: Mutex<State>,
    told: Condvar,
}

#[derive(Default)]
struct State {
    is_written: bool,
    is_long: bool,
    is_over: bool,
}

/// Tells the log's story from within the connection that writes, to its end.
struct Teller(Arc<Log>);

impl Log {
    /// The log of the connection that writes.
    pub(super) fn of(writer: &mut Connection) -> Result<Arc<Self>, StoreError> {
        let log = Arc::new(Self::default());
        let (teller, mut moved_at) = (Teller(Arc::clone(&log)), 0);
        let after_commit = move |_: &mut Wal, pages| {
            if pages < moved_at {
                // It has started over.
                moved_at = 0;
            }
            let is_long = pages - moved_at >= LONG;
            if is_long {
                moved_at = pages;
            }
            teller.written(is_long);
            Ok(())
        };
        writer.wal_hook(Some(after_commit)).map_err(|failure| error::map(writer, &failure))?;
        Ok(log)
    }

    /// When it is time for a checkpoint: is the log long? `None` once the writer is gone.
    fn wait(&self) -> Option<bool> {
        let mut state = self.state.lock();
        self.told.wait_while(&mut state, |state| !state.is_written && !state.is_over);
        self.told.wait_while_for(&mut state, |state| !state.is_long && !state.is_over, SOON);
        if state.is_over {
            return None;
        }
        state.is_written = false;
        Some(mem::take(&mut state.is_long))
    }
}

impl Teller {
    fn written(&self, is_long: bool) {
        let mut state = self.0.state.lock();
        let is_news = !state.is_written || is_long;
        state.is_written = true;
        state.is_long |= is_long;
        if is_news {
            self.0.told.notify_one();
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.0.state.lock().is_over = true;
        self.0.told.notify_one();
    }
}

/// A thread that checkpoints whenever it is time.
pub(super) fn start(connection: Connection, log: Arc<Log>, writer: Weak<FairMutex<Batch>>) -> Result<(), StoreError> {
    thread::Builder::new()
        .name("store-checkpointer".to_owned())
        .spawn(move || {
            while let Some(is_long) = log.wait() {
                let moved = if is_long { whole(&connection, &writer) } else { passive(&connection) };
                if let Err(error) = moved {
                    // The log grows meanwhile, and the next turn tries again.
                    tracing::warn!(%error, "the write-ahead log could not be checkpointed");
                }
            }
        })
        .map(drop)
        .map_err(|error| StoreError::Unavailable(format!("no thread for checkpoints: {error}")))
}

/// To the end, so that the log starts over.
fn whole(connection: &Connection, writer: &Weak<FairMutex<Batch>>) -> Result<(), StoreError> {
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
