//! A database that belongs to one test and goes with it.

use std::{
    fs,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use kernel::Env;
use server::modules;
use store::{Db, Durability, Query, StoreOptions, StoreUrl, backup, params};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_postgres::{NoTls, error::SqlState};

use super::{
    environment::{SeededEntropy, TurnableClock},
    variable,
};

/// A file, or a database in the PostgreSQL that `TEST_STORE` names.
pub(crate) enum TestStore {
    Sqlite(TempDir),
    Postgres { admin: String, name: String },
}

/// The migrated schema, made once a run: copying it is several times as fast as migrating.
enum Template {
    File(Vec<u8>),
    /// Stays until the whole cluster goes.
    Database(TestStore),
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

impl Template {
    async fn make() -> Self {
        let store = TestStore::create().await;
        let env = Env { clock: Arc::new(TurnableClock::new()), entropy: Arc::new(SeededEntropy::new()) };
        let db = store.open(env).await;
        db.migrate(&modules::migrations(), &mut |_| {}).await.unwrap();
        let TestStore::Sqlite(folder) = &store else { return Self::Database(store) };
        let copy = folder.path().join("copy.db");
        backup::to_file(&store.url(), &copy, &mut |_| {}).unwrap();
        Self::File(fs::read(copy).unwrap())
    }
}

impl TestStore {
    /// Empty.
    pub(crate) async fn create() -> Self {
        match variable("TEST_STORE") {
            None => Self::Sqlite(tempfile::tempdir().unwrap()),
            Some(admin) => Self::create_database(admin, "").await,
        }
    }

    /// With the schema and no rows.
    pub(crate) async fn migrated() -> Self {
        match TEMPLATE.get_or_init(Template::make).await {
            Template::File(bytes) => {
                let folder = tempfile::tempdir().unwrap();
                fs::write(file_in(&folder), bytes).unwrap();
                Self::Sqlite(folder)
            }
            Template::Database(Self::Postgres { admin, name }) => {
                Self::create_database(admin.clone(), &format!("template {name}")).await
            }
            Template::Database(Self::Sqlite(_)) => unreachable!("a file is kept as its bytes"),
        }
    }

    async fn create_database(admin: String, options: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("it_{}_{}", process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        run_as_admin(&admin, &format!("create database {name} {options}")).await;
        Self::Postgres { admin, name }
    }

    pub(crate) fn url(&self) -> StoreUrl {
        match self {
            Self::Sqlite(folder) => StoreUrl::sqlite(file_in(folder)),
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

fn file_in(folder: &TempDir) -> PathBuf {
    folder.path().join("it.db")
}

/// A database can't be dropped while the server's own worker cleans it, nor copied while a connection to it is on its way out. Both
/// take a moment and are nobody's fault.
const TRIES: u32 = 50;
const IS_BUSY: [SqlState; 2] = [SqlState::INSUFFICIENT_PRIVILEGE, SqlState::OBJECT_IN_USE];

async fn run_as_admin(url: &str, statement: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let done = async move {
        for left in (0..TRIES).rev() {
            match client.batch_execute(statement).await {
                Err(error) if left > 0 && error.code().is_some_and(|code| IS_BUSY.contains(code)) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
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
    system COUNT_EVENTS = "select (select count(*) from events) + (select count(*) from unsealed_events)";
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
