//! PostgreSQL: pooled connections, prepared statements, row-level security as a second lock, notifications.

mod bound;
mod connect;
mod error;
mod listen;
mod migrate;
mod param;
mod run;
mod tenant_wall;
mod transaction;

use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::task::AbortHandle;

use crate::{
    EachRow, StoreError, StoreOptions, Wanted,
    call::{Binding, Call},
    invalidation::Bus,
    statement::Text,
};

pub(crate) use transaction::Transaction;

pub(crate) struct Postgres {
    pool: Pool,
    /// For one statement, waiting for its answer included.
    patience: Duration,
    bound: bound::Bound,
    listener: AbortHandle,
}

/// Added to the server's own statement timeout, which should speak first because it says why.
const GRACE: Duration = Duration::from_secs(2);

impl Postgres {
    /// Fails where the database can't be reached.
    pub(crate) async fn open(url: &str, options: &StoreOptions, node: u64, bus: Bus) -> Result<Self, StoreError> {
        let door = connect::Door::new(url, options)?;
        let pool = door.pool(options)?;
        let patience = options.statement_timeout + GRACE;
        let first = pool.get().await.map_err(|error| error::pool(&error))?;
        tenant_wall::warn_if_bypassed(&first).await?;
        drop(first);
        #[expect(clippy::disallowed_methods, reason = "one listener a store, aborted when the store is dropped")]
        let listener = tokio::spawn(listen::run(door, node, bus)).abort_handle();
        Ok(Self { pool, patience, bound: bound::Bound::new(options.pool_size), listener })
    }

    /// How many rows were handed over.
    pub(crate) async fn rows(
        &self,
        binding: Binding,
        call: &Call<'_>,
        wanted: Wanted,
        each: EachRow<'_>,
    ) -> Result<u64, StoreError> {
        run::hand_over(&self.fetch(binding, call).await?, wanted, each)
    }

    /// One round trip: the setting for row-level security and the query are sent together. The setting is the session's; it is
    /// made anew unless this very connection made the same one last.
    async fn fetch(&self, binding: Binding, call: &Call<'_>) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let client = self.connection().await?;
        let id = Object::id(&client);
        let is_bound = self.bound.take(id) == Some(binding);
        let result = run::within(self.patience, async {
            let statement = run::prepared(&client, call.text.postgres, call.text.is_cached).await?;
            if is_bound {
                return run::rows(&client, &statement, call).await;
            }
            let bind = run::prepared(&client, SET_TENANT, true).await?;
            let setting = binding.setting();
            let (bound, rows) = tokio::join!(
                biased;
                async { client.execute(&bind, &[&setting]).await.map_err(|error| error::map(&error)) },
                run::rows(&client, &statement, call),
            );
            bound.and(rows)
        })
        .await;
        if result.is_ok() {
            self.bound.note(id, binding);
        }
        run::forget_if_unsure(client, result)
    }

    pub(crate) async fn begin(&self, binding: Binding) -> Result<Transaction, StoreError> {
        Ok(Transaction::begin(self.connection().await?, binding, self.patience))
    }

    pub(crate) async fn health(&self) -> Result<(), StoreError> {
        let client = self.connection().await?;
        let result =
            run::within(self.patience, async { client.batch_execute("select 1").await.map_err(|e| error::map(&e)) })
                .await;
        run::forget_if_unsure(client, result)
    }

    /// Does the database understand the text, and does it answer with types that rows can be read from? Returns the
    /// complaint.
    pub(crate) async fn prepare(&self, text: &Text<'_>) -> Result<Option<String>, StoreError> {
        let client = self.connection().await?;
        Ok(match client.prepare(text.postgres).await {
            Ok(statement) => statement
                .columns()
                .iter()
                .find(|column| !param::is_readable(column.type_()))
                .map(|column| format!("column {} is of type {}", column.name(), column.type_())),
            Err(error) => Some(error::map(&error).to_string()),
        })
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|error| error::pool(&error))
    }
}

const SET_TENANT: &str = "select set_config('portcullis.tenant', $1, false)";

impl Drop for Postgres {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
