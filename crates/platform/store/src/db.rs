//! The store as the rest of the product holds it.

use std::sync::Arc;

use kernel::{Env, TenantId};
use tokio::sync::{Notify, broadcast};

use crate::{
    Invalidation, Migration, MigrationStep, Moment, Origin, Read, StoreError, StoreOptions, StoreUrl, Tx,
    call::Binding,
    invalidation::Bus,
    migration::{self, Applied},
    options::Place,
    postgres::Postgres,
    sqlite::Sqlite,
    statement::Text,
};

/// Cheap to clone; the last clone closes the connections.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) env: Env,
    /// Tells this node's notices from others'.
    pub(crate) node: u64,
    pub(crate) bus: Bus,
    pub(crate) jobs: Notify,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    Sqlite,
    Postgres,
}

impl Db {
    /// Open the file, making it where there is none, or connect to the server. The schema is left alone.
    pub async fn open(url: &StoreUrl, options: &StoreOptions, env: Env) -> Result<Self, StoreError> {
        let node = u64::from_ne_bytes(env.random());
        let bus = Bus::new();
        let engine = match &url.0 {
            Place::Sqlite(path) => Engine::Sqlite(Sqlite::open(path, options)?),
            Place::Postgres(url) => Engine::Postgres(Postgres::open(url, options, node, bus.clone()).await?),
        };
        Ok(Self(Arc::new(Inner { engine, env, node, bus, jobs: Notify::new() })))
    }

    pub fn kind(&self) -> StoreKind {
        match self.0.engine {
            Engine::Sqlite(_) => StoreKind::Sqlite,
            Engine::Postgres(_) => StoreKind::Postgres,
        }
    }

    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// Does the database answer? One cheap round trip.
    pub async fn health(&self) -> Result<(), StoreError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.health().await,
            Engine::Postgres(postgres) => postgres.health().await,
        }
    }

    /// To be asked before rows are read that are to be kept, where all commits are made here: on SQLite. The rows are what a read would
    /// find again for as long as the moment [is still](Self::is_still), and until [`Moment::of`] says which statements read them,
    /// any commit ends that.
    ///
    /// `None` on PostgreSQL, where other nodes commit too. Another program that writes to the file goes unnoticed, so whoever
    /// keeps rows on this word keeps them for a second only.
    pub fn moment(&self) -> Option<Moment> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => Some(Moment::now(sqlite.commits().count())),
            Engine::Postgres(_) => None,
        }
    }

    /// Has no commit since then written to the tables that were read? A commit is counted before it returns.
    pub fn is_still(&self, moment: &Moment) -> bool {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => !sqlite.commits().has_written(moment),
            Engine::Postgres(_) => false,
        }
    }

    /// Apply what is missing, in the order of the list, each in a transaction of its own; returns what was applied.
    /// Fails without touching anything more where an applied migration's text has changed. Many nodes may call it at
    /// once.
    pub async fn migrate(
        &self,
        migrations: &[Migration],
        on_step: &mut (dyn FnMut(MigrationStep) + Send),
    ) -> Result<Vec<&'static str>, StoreError> {
        migration::check_list(migrations)?;
        let now = self.0.env.now().as_micros();
        match &self.0.engine {
            Engine::Postgres(postgres) => postgres.migrate(migrations, now, on_step).await,
            Engine::Sqlite(sqlite) => {
                let missing = self.pending(migrations).await?;
                let mut applied = Vec::new();
                for migration in migrations {
                    let id = migration.id;
                    if missing.contains(&id) {
                        on_step(MigrationStep::Applying { id });
                    }
                    if sqlite.apply(migration, now).await? {
                        on_step(MigrationStep::Applied { id });
                        applied.push(id);
                    } else {
                        on_step(MigrationStep::Skipped { id });
                    }
                }
                sqlite.describe().await?;
                Ok(applied)
            }
        }
    }

    /// What [`Db::migrate`] would apply; fails where an applied migration's text has changed.
    pub async fn pending(&self, migrations: &[Migration]) -> Result<Vec<&'static str>, StoreError> {
        let applied: Vec<Applied> = match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.applied().await?,
            Engine::Postgres(postgres) => postgres.applied().await?,
        };
        let mut pending = Vec::new();
        for migration in migrations {
            match applied.iter().find(|row| row.id == migration.id) {
                Some(row) => migration.check(&row.digest)?,
                None => pending.push(migration.id),
            }
        }
        Ok(pending)
    }

    /// Read one tenant's rows.
    pub fn read(&self, tenant: TenantId) -> Read {
        Read::new(self.clone(), Binding::Tenant(tenant))
    }

    /// Read across tenants, through [`crate::Scope::System`] statements only.
    pub fn system_read(&self) -> Read {
        Read::new(self.clone(), Binding::System)
    }

    /// A transaction on the rows of `origin.tenant`.
    ///
    /// On SQLite transactions take turns, so no hashing, mail or HTTP while one is open; and a task that begins a
    /// second one while it holds the first waits for itself until the acquire timeout.
    pub async fn begin(&self, origin: Origin) -> Result<Tx, StoreError> {
        let binding = Binding::Tenant(origin.tenant);
        Tx::begin(self.clone(), binding, origin).await
    }

    /// A transaction that is bound to no tenant: [`crate::Scope::System`] statements, and any tenant's with the tenant
    /// named each time ([`Tx::execute_as`]). Where none is named, statements and events are `origin.tenant`'s.
    pub async fn begin_system(&self, origin: Origin) -> Result<Tx, StoreError> {
        Tx::begin(self.clone(), Binding::System, origin).await
    }

    /// What committed transactions, here or on other nodes, have made old. Treat `Lagged` as everything.
    pub fn subscribe(&self) -> broadcast::Receiver<Invalidation> {
        self.0.bus.subscribe()
    }

    /// How many of them there were so far: a subscriber that has seen as many finds nothing new, and need not look.
    pub fn invalidations(&self) -> u64 {
        self.0.bus.sent()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// How SQLite would go about it, a line for each table; PostgreSQL decides by what the tables hold.
    pub(crate) async fn plan(&self, text: &Text<'_>) -> Result<Vec<String>, StoreError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.plan(text).await,
            Engine::Postgres(_) => Ok(Vec::new()),
        }
    }

    pub(crate) async fn prepare(&self, text: &Text<'_>) -> Result<Option<String>, StoreError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.prepare(text).await,
            Engine::Postgres(postgres) => postgres.prepare(text).await,
        }
    }
}
