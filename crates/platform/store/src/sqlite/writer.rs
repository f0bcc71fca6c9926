//! One writer with group commit.
//!
//! Each transaction is a savepoint inside a `begin immediate` that it shares with those queued around it, from its first
//! statement that writes. Who commits releases it, joins the batch's waiting list and steps aside; a thread of its own
//! then takes its place in the same fair queue and runs the one `commit`. So transactions that were queued before it join
//! the batch, the disk is waited for once, and never on a thread of the runtime.
//!
//! A transaction sees what earlier ones of its batch wrote. That is safe: all of a batch reach the disk together or
//! not at all, and nobody is answered before they did.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{Mutex as FairMutex, OwnedMutexGuard, oneshot};

use super::{checkpoints, error, run};
use crate::{EachRow, StoreError, Wanted, call::Call, moments::Commits, tables::Tables};

pub(crate) struct Writer {
    batch: Arc<FairMutex<Batch>>,
    committer: mpsc::Sender<()>,
    acquire_timeout: Duration,
    commits: Arc<Commits>,
}

type Answer = oneshot::Receiver<Result<(), StoreError>>;

/// The connection and what has been released but not yet committed on it.
pub(super) struct Batch {
    pub(super) connection: Connection,
    waiting: Vec<oneshot::Sender<Result<(), StoreError>>>,
    /// Is there a committer?
    is_served: bool,
    /// What was written since the last commit.
    written: Tables,
    commits: Arc<Commits>,
}

/// Gone, for whatever reason, it leaves nobody waiting.
struct Committer(Arc<FairMutex<Batch>>);

/// One savepoint at most; dropped, it rolls back.
pub(crate) struct Transaction {
    held: Mutex<Held>,
    committer: mpsc::Sender<()>,
}

struct Held {
    batch: OwnedMutexGuard<Batch>,
    is_open: bool,
    /// Is there a savepoint that must be released or rolled back?
    is_saved: bool,
}

impl Writer {
    /// `checkpointer` is another connection to the same file.
    pub(super) fn start(
        mut connection: Connection,
        checkpointer: Connection,
        acquire_timeout: Duration,
    ) -> Result<Self, StoreError> {
        let commits = Arc::new(Commits::none());
        let log = checkpoints::Log::of(&mut connection)?;
        let (written, counted) = (Tables::default(), Arc::clone(&commits));
        let batch = Batch { connection, waiting: Vec::new(), is_served: true, written, commits: counted };
        let batch = Arc::new(FairMutex::new(batch));
        let (committer, signals) = mpsc::channel();
        let served = Committer(Arc::clone(&batch));
        checkpoints::start(checkpointer, log, Arc::downgrade(&batch))?;
        std::thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(move || {
                let Committer(batch) = &served;
                while signals.recv().is_ok() {
                    batch.blocking_lock().commit();
                }
            })
            .map_err(|error| StoreError::Unavailable(format!("no thread for commits: {error}")))?;
        Ok(Self { batch, committer, acquire_timeout, commits })
    }

    /// Counted before anybody is told of them.
    pub(super) fn commits(&self) -> &Commits {
        &self.commits
    }

    pub(super) async fn lock(&self) -> Result<OwnedMutexGuard<Batch>, StoreError> {
        // Nobody is overtaken: what is let go of belongs to whoever queued first.
        if let Ok(batch) = Arc::clone(&self.batch).try_lock_owned() {
            return Ok(batch);
        }
        tokio::time::timeout(self.acquire_timeout, Arc::clone(&self.batch).lock_owned())
            .await
            .map_err(|_| StoreError::Unavailable("the writer is held by a slow transaction".to_owned()))
    }

    pub(super) async fn begin(&self) -> Result<Transaction, StoreError> {
        let batch = self.lock().await?;
        batch.begin()?;
        Ok(Transaction {
            held: Mutex::new(Held { batch, is_open: true, is_saved: false }),
            committer: self.committer.clone(),
        })
    }

    /// Apply one migration in a transaction of its own. `false`: it was there already.
    pub(super) async fn migrate(
        &self,
        apply: impl FnOnce(&Connection) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let mut batch = self.lock().await?;
        batch.commit();
        batch.run("begin immediate")?;
        batch.written = Tables::ALL;
        let applied = apply(&batch.connection).and_then(|applied| batch.run_commit().map(|()| applied));
        if applied.is_err() && !batch.connection.is_autocommit() {
            batch.run("rollback")?;
        }
        applied
    }
}

impl Batch {
    fn run(&self, sql: &str) -> Result<(), StoreError> {
        // Cached: these few words run with every transaction.
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute())
            .map(drop)
            .map_err(|error| error::map(&self.connection, &error))
    }

    fn run_commit(&mut self) -> Result<(), StoreError> {
        let outcome = self.run("commit");
        // After a failure too: what the file holds then is for the next read to find out.
        self.commits.add(std::mem::take(&mut self.written));
        outcome
    }

    fn begin(&self) -> Result<(), StoreError> {
        if !self.is_served {
            return Err(no_committer());
        }
        if self.connection.is_autocommit() { self.run("begin immediate") } else { Ok(()) }
    }

    /// End the batch: one commit, one answer for all.
    pub(super) fn commit(&mut self) {
        if self.connection.is_autocommit() {
            return;
        }
        let outcome = self.run_commit();
        if let Err(error) = &outcome {
            tracing::error!(%error, transactions = self.waiting.len(), "a group of transactions was lost");
            self.roll_back();
        }
        self.answer(&outcome);
    }

    fn answer(&mut self, outcome: &Result<(), StoreError>) {
        for waiting in self.waiting.drain(..) {
            // Whoever no longer waits has stopped caring about the outcome.
            let _ = waiting.send(outcome.clone());
        }
    }

    /// When space or the device fails, SQLite may undo the whole transaction by itself, and with it the batch
    /// (<https://www.sqlite.org/lang_transaction.html>, section 3).
    fn answer_if_lost(&mut self, error: &StoreError) -> bool {
        let is_lost = self.connection.is_autocommit();
        if is_lost {
            self.answer(&Err(StoreError::Unavailable(format!("lost with its group: {error}"))));
        }
        is_lost
    }

    fn roll_back_if_alone(&self) {
        if self.waiting.is_empty() {
            self.roll_back();
        }
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.run("rollback")
        {
            tracing::error!(%error, "a roll-back failed");
        }
    }
}

impl Transaction {
    pub(crate) fn rows(&self, call: &Call<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<u64, StoreError> {
        self.held.lock().run(call, |connection| run::rows(connection, call, wanted, each))
    }

    pub(crate) fn execute(&self, call: &Call<'_>) -> Result<u64, StoreError> {
        self.held.lock().run(call, |connection| run::execute(connection, call))
    }

    /// Run the last statements, and wait until the batch is on the disk. A caller that stops waiting leaves a transaction that commits
    /// all the same.
    pub(crate) async fn commit(self, last: &[Call<'_>]) -> Result<(), StoreError> {
        let answer = self.held.lock().finish(last, &self.committer)?;
        // Let the next one in before waiting.
        drop(self);
        answer.await.unwrap_or_else(|_| Err(no_committer()))
    }
}

impl Held {
    fn run<T>(
        &mut self,
        call: &Call<'_>,
        run: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if call.text.writes && self.is_open && !self.is_saved {
            self.control("savepoint one")?;
            self.is_saved = true;
        }
        self.run_bare(call, run)
    }

    /// Without a savepoint before it, what the statement does could not be rolled back.
    fn run_bare<T>(
        &mut self,
        call: &Call<'_>,
        run: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = self.statement(run);
        self.batch.written = self.batch.written.and(call.text.written());
        outcome
    }

    fn statement<T>(&mut self, run: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if !self.is_open {
            return Err(StoreError::Unavailable("the transaction was lost".to_owned()));
        }
        run(&self.batch.connection).inspect_err(|error| self.is_open = !self.batch.answer_if_lost(error))
    }

    fn control(&mut self, words: &str) -> Result<(), StoreError> {
        self.batch.run(words).inspect_err(|error| self.is_open = !self.batch.answer_if_lost(error))
    }

    fn finish(&mut self, last: &[Call<'_>], committer: &mpsc::Sender<()>) -> Result<Answer, StoreError> {
        match last {
            // One statement alone is undone by the database where it fails, and after it nothing can.
            [call] => {
                self.run_bare(call, |connection| run::execute(connection, call))?;
            }
            _ => {
                for call in last {
                    self.run(call, |connection| run::execute(connection, call))?;
                }
            }
        }
        self.release(committer)
    }

    fn release(&mut self, committer: &mpsc::Sender<()>) -> Result<Answer, StoreError> {
        self.statement(|_| Ok(()))?;
        if self.is_saved {
            self.control("release one")?;
        }
        self.is_open = false;
        let (waiting, answer) = oneshot::channel();
        if self.batch.waiting.is_empty() {
            // One that is gone tells everybody.
            let _ = committer.send(());
        }
        self.batch.waiting.push(waiting);
        Ok(answer)
    }

    fn roll_back(&mut self) {
        if !self.is_open {
            return;
        }
        self.is_open = false;
        if self.is_saved
            && let Err(error) = self.batch.run("rollback to one").and_then(|()| self.batch.run("release one"))
        {
            if !self.batch.answer_if_lost(&error) {
                // The savepoint may stand in the way of others' commits: give the whole batch up.
                self.batch.roll_back();
                self.batch.answer(&Err(error));
            }
            return;
        }
        self.batch.roll_back_if_alone();
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        let mut batch = self.0.blocking_lock();
        batch.is_served = false;
        batch.roll_back();
        batch.answer(&Err(no_committer()));
    }
}

fn no_committer() -> StoreError {
    StoreError::Unavailable("there is nobody who commits".to_owned())
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.held.get_mut().roll_back();
    }
}

#[cfg(test)]
mod tests;
