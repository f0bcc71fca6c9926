//! A database that belongs to one test and goes with it.

use std::{
    fs, process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use kernel::Env;
use store::{Db, Durability, Query, StoreOptions, StoreUrl, params};
use tempfile::TempDir;
use tokio_postgres::{NoTls, error::SqlState};

use super::variable;

/// An empty file, or an empty database in the PostgreSQL that `TEST_STORE` names.
pub(crate) enum TestStore {
    Sqlite(TempDir),
    Postgres { admin: String, name: String },
}

impl TestStore {
    pub(crate) async fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Some(admin) = variable("TEST_STORE") else {
            return Self::Sqlite(tempfile::tempdir().unwrap());
        };
        let name = format!("it_{}_{}", process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        run_as_admin(&admin, &format!("create database {name}")).await;
        Self::Postgres { admin, name }
    }

    pub(crate) fn url(&self) -> StoreUrl {
        match self {
            Self::Sqlite(folder) => StoreUrl::sqlite(folder.path().join("it.db")),
            Self::Postgres { admin, name } => named(admin, name).parse().unwrap(),
        }
    }

    /// The address for a server in another process; `None` for a file.
    pub(crate) fn address(&self) -> Option<String> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres { admin, name } => Some(named(admin, name)),
        }
    }

    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let Self::Sqlite(folder) = self else { return None };
        let files = fs::read_dir(folder.path()).unwrap();
        Some(files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect())
    }

    pub(crate) async fn open(&self, env: Env) -> Db {
        // No test cuts the power; a disk flush for each commit would be most of a run.
        let options = StoreOptions { durability: Durability::Normal, pool_size: 8, ..StoreOptions::default() };
        Db::open(&self.url(), &options, env).await.unwrap()
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        let Self::Postgres { admin, name } = self else { return };
        let (admin, drop) = (admin.clone(), format!("drop database if exists {name} with (force)"));
        // The test's own runtime may be the one that is being torn down.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run_as_admin(&admin, &drop));
        });
        assert!(dropped.join().is_ok() || std::thread::panicking(), "the database {name} could not be dropped");
    }
}

/// A database can't be dropped while the server's own worker cleans it, which takes a moment and is nobody's fault.
const TRIES: u32 = 20;

async fn run_as_admin(url: &str, statement: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let done = async move {
        for left in (0..TRIES).rev() {
            match client.batch_execute(statement).await {
                Err(error) if left > 0 && error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
                done => return done.unwrap(),
            }
        }
    };
    // The connection ends once its client is dropped.
    let (connected, ()) = tokio::join!(connection, done);
    connected.unwrap();
}

/// The same server and role, another database: `postgres://role@host:port/DATABASE?options`.
fn named(admin: &str, name: &str) -> String {
    let (location, options) =
        admin.split_once('?').map_or((admin, None), |(location, options)| (location, Some(options)));
    let (server, _) = location.rsplit_once('/').unwrap();
    options.map_or_else(|| format!("{server}/{name}"), |options| format!("{server}/{name}?{options}"))
}

store::sql! {
    /// Of all tenants, the console's among them.
    system COUNT_EVENTS = "select count(*) from events";
    system PASSWORD_HASHES = "select phc from passwords order by phc";
}

/// How many events were ever emitted.
pub(crate) async fn count_events(db: &Db) -> i64 {
    db.system_read().one(&COUNT_EVENTS, params![], |row| row.get(0)).await.unwrap().unwrap()
}

/// Every stored password hash.
pub(crate) async fn password_hashes(db: &Db) -> Vec<String> {
    db.system_read().all(&PASSWORD_HASHES, params![], |row| row.get(0)).await.unwrap()
}
