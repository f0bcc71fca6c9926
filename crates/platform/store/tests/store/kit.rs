//! A migrated store of each kind, with a clock to turn.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use kernel::{Clock, Entropy, Env, TenantId, Timestamp};
use store::{Db, Durability, MIGRATIONS, Migration, Origin, StoreOptions, StoreUrl};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::cats;

/// A moment in November 2026, in seconds.
const START: i64 = 1_795_000_000;

pub(crate) const ACME: TenantId = TenantId::from_u128(0xac);
pub(crate) const GLOBEX: TenantId = TenantId::from_u128(0x61);

pub(crate) struct Kit {
    pub(crate) db: Db,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) place: Place,
}

pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres { admin: String, name: String },
}

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

struct Chance;

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom::new().fill(bytes).unwrap();
    }
}

/// Stands at the start until it is turned.
pub(crate) const fn clock() -> TestClock {
    TestClock(AtomicI64::new(START * 1_000_000))
}

/// One store of each kind that is at hand, with the tables of [`cats`].
pub(crate) async fn stores() -> Vec<Kit> {
    let mut kits = Vec::new();
    for place in places().await {
        let clock = Arc::new(clock());
        let db = open(&place.url(), &clock).await;
        db.migrate(&migrations(), &mut |_| {}).await.unwrap();
        kits.push(Kit { db, clock, place });
    }
    kits
}

/// Empty databases.
pub(crate) async fn places() -> Vec<Place> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut places = vec![Place::Sqlite(tempfile::tempdir().unwrap())];
    #[expect(clippy::disallowed_methods, reason = "the tests' one setting, the same as the product tests'")]
    if let Ok(admin) = std::env::var("TEST_STORE") {
        let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        run(&admin, &format!("create database {name}")).await;
        places.push(Place::Postgres { admin, name });
    }
    places
}

pub(crate) fn migrations() -> Vec<Migration> {
    [MIGRATIONS, cats::MIGRATIONS].concat()
}

pub(crate) async fn open(url: &StoreUrl, clock: &Arc<TestClock>) -> Db {
    let env = Env { clock: Arc::clone(clock) as Arc<dyn Clock>, entropy: Arc::new(Chance) };
    let options = StoreOptions { durability: Durability::Normal, ..StoreOptions::default() };
    Db::open(url, &options, env).await.unwrap()
}

impl Kit {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Another node on the same database.
    pub(crate) async fn second_node(&self) -> Db {
        open(&self.place.url(), &self.clock).await
    }
}

impl Place {
    pub(crate) fn url(&self) -> StoreUrl {
        match self {
            Self::Sqlite(folder) => StoreUrl::sqlite(folder.path().join("store.db")),
            Self::Postgres { admin, name } => named(admin, name).parse().unwrap(),
        }
    }

    /// The address for a client of one's own.
    pub(crate) fn postgres(&self) -> Option<String> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres { admin, name } => Some(named(admin, name)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Postgres { admin, name } = self else { return };
        let (admin, sql) = (admin.clone(), format!("drop database if exists {name} with (force)"));
        // The test's own runtime may be on its way out.
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(&admin, &sql));
        });
        assert!(dropped.join().is_ok() || std::thread::panicking(), "the database {name} could not be dropped");
    }
}

fn named(admin: &str, name: &str) -> String {
    let (address, parameters) = admin.split_once('?').map_or((admin, ""), |(address, rest)| (address, rest));
    let server = address.rsplit_once('/').unwrap().0;
    format!("{server}/{name}?{parameters}")
}

/// A client of one's own, without the store's settings.
pub(crate) async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with its client")]
    tokio::spawn(connection);
    client
}

async fn run(url: &str, sql: &str) {
    client(url).await.batch_execute(sql).await.unwrap();
}

pub(crate) fn origin(tenant: TenantId) -> Origin {
    Origin::system(tenant)
}
