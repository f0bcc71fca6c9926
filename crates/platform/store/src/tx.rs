//! A transaction: its statements, and what it leaves behind when it commits.

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::{Event, TenantId};
use parking_lot::Mutex;

use crate::{
    Asked, Db, EachRow, Invalidation, NewJob, Origin, Query, Row, Scope, Statement, StoreError, Value, Wanted,
    call::{Binding, Call},
    db::Engine,
    emit::{self, Write},
    invalidation::Notice,
    jobs, postgres, sqlite,
    statement::Text,
};

/// Commits on [`Tx::commit`]; dropped, it rolls back.
///
/// A statement that the database refused ends the transaction on both databases: what follows fails, and so does the
/// commit.
pub struct Tx {
    db: Db,
    binding: Binding,
    origin: Origin,
    outbox: Mutex<Outbox>,
    is_broken: AtomicBool,
    has_changed: AtomicBool,
    engine: Transaction,
}

enum Transaction {
    Sqlite(sqlite::Transaction),
    Postgres(Box<postgres::Transaction>),
}

/// What is written, or told, at the commit.
#[derive(Default)]
struct Outbox {
    statements: Vec<Write>,
    events: Vec<Write>,
    jobs: Vec<Write>,
    invalidations: Vec<Invalidation>,
    /// How many events were said.
    said: u16,
    fault: Option<StoreError>,
}

impl Tx {
    pub(crate) async fn begin(db: Db, binding: Binding, origin: Origin) -> Result<Self, StoreError> {
        let engine = match db.engine() {
            Engine::Sqlite(sqlite) => Transaction::Sqlite(sqlite.begin().await?),
            Engine::Postgres(postgres) => Transaction::Postgres(Box::new(postgres.begin(binding).await?)),
        };
        Ok(Self {
            db,
            binding,
            origin,
            outbox: Mutex::default(),
            is_broken: AtomicBool::new(false),
            has_changed: AtomicBool::new(false),
            engine,
        })
    }

    /// Who runs this transaction, and for which tenant.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The store that this writes to.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// Run a statement for its effect; returns the number of rows that it touched.
    pub async fn execute(&self, statement: &'static Statement, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let text = statement.text();
        self.run(&Call::new(text, self.tenant_for(&text)?, params)?).await
    }

    /// Run a statement with the commit, after all others: for rows whose fate nobody has to know before. Such a one waits for no answer
    /// of its own, and where it is all that a transaction writes there is nothing else to undo.
    pub fn execute_last(&self, statement: &'static Statement, params: Vec<Value<'static>>) {
        let write = Write { statement, tenant: self.origin.tenant, params };
        self.has_changed.store(true, Ordering::Relaxed);
        self.outbox.lock().statements.push(write);
    }

    /// [`Tx::execute`] on the rows of a named tenant: for system transactions.
    pub async fn execute_as(
        &self,
        tenant: TenantId,
        statement: &'static Statement,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        self.run(&self.call_as(tenant, statement.text(), params)?).await
    }

    /// [`Query::one`] on the rows of a named tenant: for system transactions.
    pub async fn one_as<T: Send>(
        &self,
        tenant: TenantId,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        let mut keep = |row: &Row<'_>| map(row).map(|value| found = Some(value));
        self.answer(&self.call_as(tenant, statement.text(), params)?, Wanted::First, &mut keep).await?;
        Ok(found)
    }

    /// [`Query::all`] on the rows of a named tenant: for system transactions.
    pub async fn all_as<T: Send>(
        &self,
        tenant: TenantId,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut keep = |row: &Row<'_>| map(row).map(|value| found.push(value));
        self.answer(&self.call_as(tenant, statement.text(), params)?, Wanted::All, &mut keep).await?;
        Ok(found)
    }

    /// A system transaction acts for its origin's tenant, unless a statement names another.
    fn tenant_for(&self, text: &Text<'_>) -> Result<Option<TenantId>, StoreError> {
        match (self.binding, text.scope) {
            (Binding::System, Scope::Tenant) => Ok(Some(self.origin.tenant)),
            (binding, _) => binding.tenant_for(text),
        }
    }

    /// Say what happened. Written by the commit, so it is true exactly if the change is.
    pub fn emit<E: Event>(&self, event: &E) {
        self.emit_as(self.origin.tenant, event);
    }

    /// [`Tx::emit`] into the stream of another tenant: for system transactions.
    pub fn emit_as<E: Event>(&self, tenant: TenantId, event: &E) {
        let mut outbox = self.outbox.lock();
        match emit::event(self.db.env(), &self.origin, tenant, outbox.said, event) {
            Ok(write) => {
                emit::gather(&mut outbox.events, write);
                outbox.said = outbox.said.saturating_add(1);
            }
            Err(error) => outbox.fault = Some(error),
        }
    }

    /// Has any statement changed a row?
    pub fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Relaxed)
    }

    /// Has anything been said yet? A change that emits nothing must give its reason.
    pub fn has_emitted(&self) -> bool {
        self.outbox.lock().said > 0
    }

    /// Leave work behind for after the commit.
    pub fn enqueue(&self, job: NewJob) {
        self.enqueue_as(self.origin.tenant, job);
    }

    /// [`Tx::enqueue`] on behalf of another tenant: for system transactions.
    pub fn enqueue_as(&self, tenant: TenantId, job: NewJob) {
        let mut outbox = self.outbox.lock();
        outbox.jobs.push(jobs::insert(self.db.env(), tenant, job));
    }

    /// Once committed, tell the caches of every node that an entry is old.
    pub fn invalidate(&self, topic: impl Into<String>, key: impl Into<String>) {
        self.invalidate_as(self.origin.tenant, topic, key);
    }

    /// [`Tx::invalidate`] for another tenant: for system transactions.
    pub fn invalidate_as(&self, tenant: TenantId, topic: impl Into<String>, key: impl Into<String>) {
        let invalidation = Invalidation { topic: topic.into(), tenant, key: key.into() };
        let invalidations = &mut self.outbox.lock().invalidations;
        if !invalidations.contains(&invalidation) {
            invalidations.push(invalidation);
        }
    }

    /// Make it true. When this returns `Ok`, the change is on the disk.
    ///
    /// On [`StoreError::Unavailable`] it may or may not have happened, as with every database whose answer is lost.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { db, binding, outbox, is_broken, engine, .. } = self;
        let outbox = outbox.into_inner();
        if is_broken.into_inner() {
            return Err(StoreError::Internal("a commit after a statement that was refused".to_owned()));
        }
        if let Some(fault) = outbox.fault {
            return Err(fault);
        }
        let mut last = Vec::with_capacity(outbox.statements.len() + outbox.events.len() + outbox.jobs.len());
        for write in outbox.statements.iter().chain(&outbox.events).chain(&outbox.jobs) {
            last.push(write.call(binding)?);
        }
        match engine {
            Transaction::Sqlite(transaction) => transaction.commit(&last).await?,
            Transaction::Postgres(transaction) => {
                transaction.commit(&last, &notices(db.inner().node, &outbox.invalidations)?).await?;
            }
        }
        for invalidation in outbox.invalidations {
            db.inner().bus.send(invalidation);
        }
        if !outbox.jobs.is_empty() {
            db.inner().jobs.notify_one();
        }
        Ok(())
    }

    /// Undo it now. Dropping does the same; on PostgreSQL this keeps the connection.
    pub async fn rollback(self) {
        match self.engine {
            Transaction::Sqlite(transaction) => drop(transaction),
            Transaction::Postgres(transaction) => {
                if let Err(error) = transaction.rollback().await {
                    // The connection was closed instead, which undoes it too.
                    tracing::debug!(%error, "a roll-back by closing the connection");
                }
            }
        }
    }

    fn call_as<'a>(&self, tenant: TenantId, text: Text<'a>, params: &'a [Value<'a>]) -> Result<Call<'a>, StoreError> {
        if self.binding != Binding::System && self.binding != Binding::Tenant(tenant) {
            return Err(StoreError::Internal(format!("{} for another tenant than the transaction's", text.name)));
        }
        Call::new(text, Binding::Tenant(tenant).tenant_for(&text)?, params)
    }

    async fn run(&self, call: &Call<'_>) -> Result<u64, StoreError> {
        self.unbroken()?;
        let result = match &self.engine {
            Transaction::Sqlite(transaction) => transaction.execute(call),
            Transaction::Postgres(transaction) => transaction.execute(call).await,
        };
        self.note(call, result)
    }

    async fn answer(&self, call: &Call<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<(), StoreError> {
        self.unbroken()?;
        let result = match &self.engine {
            Transaction::Sqlite(transaction) => transaction.rows(call, wanted, each),
            Transaction::Postgres(transaction) => transaction.rows(call, wanted, each).await,
        };
        self.note(call, result).map(drop)
    }

    fn unbroken(&self) -> Result<(), StoreError> {
        if self.is_broken.load(Ordering::Relaxed) {
            Err(StoreError::Internal("a statement after one that was refused".to_owned()))
        } else {
            Ok(())
        }
    }

    /// Remember whether the transaction is still good, and whether it has changed a row. `result` is how many the statement touched.
    fn note(&self, call: &Call<'_>, result: Result<u64, StoreError>) -> Result<u64, StoreError> {
        match &result {
            Err(_) => self.is_broken.store(true, Ordering::Relaxed),
            Ok(touched) if call.text.writes && *touched > 0 => self.has_changed.store(true, Ordering::Relaxed),
            Ok(_) => {}
        }
        result
    }
}

fn notices(node: u64, invalidations: &[Invalidation]) -> Result<Vec<String>, StoreError> {
    invalidations
        .iter()
        .map(|invalidation| serde_json::to_string(&Notice::new(node, invalidation)))
        .collect::<Result<_, _>>()
        .map_err(|error| StoreError::Internal(error.to_string()))
}

impl Query for Tx {
    async fn rows(&self, asked: Asked<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<(), StoreError> {
        match asked {
            Asked::Statement(statement, params) => {
                let text = statement.text();
                self.answer(&Call::new(text, self.tenant_for(&text)?, params)?, wanted, each).await
            }
            Asked::List(query) => {
                let (composed, params) = query.compose()?;
                let text = composed.text();
                self.answer(&Call::new(text, self.tenant_for(&text)?, &params)?, wanted, each).await
            }
        }
    }
}
