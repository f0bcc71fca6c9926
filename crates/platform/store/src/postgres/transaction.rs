//! A transaction on a connection of its own.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use deadpool_postgres::Object;
use parking_lot::Mutex;

use super::{
    error,
    run::{self, Sent},
};
use crate::{
    EachRow, StoreError, Wanted,
    call::{Binding, Call},
};

/// The channel that tells other nodes about invalidations.
pub(super) const CHANNEL: &str = "portcullis_invalidation";

/// Dropped without an end, it takes its connection with it: closing it is the roll-back. One that was never used goes back.
pub(crate) struct Transaction {
    client: Option<Object>,
    patience: Duration,
    /// What begins it, until it is sent with the first statement.
    opening: Mutex<Option<String>>,
    /// Was anything asked on it?
    is_used: AtomicBool,
}

impl Transaction {
    /// Sends nothing yet: `begin`, and the setting for row-level security, which ends with the transaction, travel with the first
    /// statement.
    pub(super) fn begin(client: Object, binding: Binding, patience: Duration) -> Self {
        // The setting is 32 hexadecimal digits or `*`: nothing in it could end the literal.
        let opening = format!("begin; select set_config('portcullis.tenant', '{}', true)", binding.setting());
        Self { client: Some(client), patience, opening: Mutex::new(Some(opening)), is_used: AtomicBool::new(false) }
    }

    /// `work` sends its first message when it is polled for the first time, and is given nothing to wait for before.
    async fn opened<T>(
        &self,
        client: &Object,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let opening = self.opening.lock().take();
        let Some(opening) = opening else { return work.await };
        let (began, done) = tokio::join!(biased; client.batch_execute(&opening), work);
        began.map_err(|error| error::map(&error)).and(done)
    }

    /// How many rows were handed over.
    pub(crate) async fn rows(&self, call: &Call<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<u64, StoreError> {
        run::hand_over(&self.fetch(call).await?, wanted, each)
    }

    async fn fetch(&self, call: &Call<'_>) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let client = self.client()?;
        run::within(self.patience, async {
            let statement = run::prepared(client, call.text.postgres, call.text.is_cached).await?;
            self.opened(client, run::rows(client, &statement, call)).await
        })
        .await
    }

    pub(crate) async fn execute(&self, call: &Call<'_>) -> Result<u64, StoreError> {
        let client = self.client()?;
        run::within(self.patience, async {
            let statement = run::prepared(client, call.text.postgres, call.text.is_cached).await?;
            self.opened(client, run::execute(client, &statement, call)).await
        })
        .await
    }

    /// The last statements, the notices and `commit`, in one round trip.
    pub(crate) async fn commit(mut self, last: &[Call<'_>], notices: &[String]) -> Result<(), StoreError> {
        let client = self.client()?;
        run::within(self.patience, async {
            let mut prepared = Vec::with_capacity(last.len());
            for call in last {
                prepared.push((run::prepared(client, call.text.postgres, call.text.is_cached).await?, call));
            }
            let notify = match notices {
                [] => None,
                _ => Some(run::prepared(client, "select pg_notify($1, $2)", true).await?),
            };
            let mut statements: Vec<Sent<'_>> = Vec::with_capacity(prepared.len() + notices.len() + 1);
            for (statement, call) in &prepared {
                statements.push(Box::pin(async move { run::execute(client, statement, call).await.map(drop) }));
            }
            for (notify, notice) in notify.iter().flat_map(|notify| notices.iter().map(move |notice| (notify, notice)))
            {
                statements.push(Box::pin(async move {
                    client.execute(notify, &[&CHANNEL, notice]).await.map(drop).map_err(|error| error::map(&error))
                }));
            }
            statements.push(Box::pin(async move {
                client.batch_execute("commit").await.map_err(|error| error::map(&error))
            }));
            self.opened(client, run::pipeline(statements)).await
        })
        .await?;
        // Ended well: back into the pool.
        self.client = None;
        Ok(())
    }

    pub(crate) async fn rollback(mut self) -> Result<(), StoreError> {
        if self.opening.get_mut().is_none() {
            let client = self.client()?;
            let undo = async { client.batch_execute("rollback").await.map_err(|error| error::map(&error)) };
            run::within(self.patience, undo).await?;
            self.client = None;
        }
        Ok(())
    }

    fn client(&self) -> Result<&Object, StoreError> {
        self.is_used.store(true, Ordering::Relaxed);
        self.client.as_ref().ok_or_else(|| StoreError::Internal("the transaction has ended".to_owned()))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(client) = self.client.take()
            && *self.is_used.get_mut()
        {
            drop(Object::take(client));
        }
    }
}
