//! A store with a clock to turn, and events to put into it.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use events::{Flaw, Report};
use kernel::{Actor, ActorKind, Clock, Entropy, Env, Id, TenantId, Timestamp};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Db, Migration, Origin, StoreOptions, StoreUrl, Tx};
use tempfile::TempDir;

pub(crate) struct User;
kernel::resource! { User, prefix: "usr", noun: "user" }

/// A person signed in.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.signed_in", target = user_id)]
pub(crate) struct SignedIn {
    pub(crate) user_id: Id<User>,
    pub(crate) email: String,
}

/// A person did not sign in.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.sign_in_failed", target = user_id, failure)]
pub(crate) struct SignInFailed {
    pub(crate) user_id: Id<User>,
}

/// A person was erased.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.deleted", target = user_id)]
pub(crate) struct Deleted {
    pub(crate) user_id: Id<User>,
}

pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn turn(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::Relaxed);
    }
}

/// Other numbers in every run, because a PostgreSQL keeps what earlier runs left.
struct TestEntropy(RandomState, AtomicU64);

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.hash_one(self.1.fetch_add(1, Ordering::Relaxed)).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

pub(crate) struct Kit {
    pub(crate) db: Db,
    pub(crate) env: Env,
    pub(crate) clock: Arc<TestClock>,
    url: StoreUrl,
    directory: TempDir,
}

pub(crate) fn migrations() -> Vec<Migration> {
    [store::MIGRATIONS, tenancy::module().migrations, events::module().migrations].concat()
}

#[expect(clippy::disallowed_methods, reason = "which store a test run uses is said from outside")]
fn store_of_this_run() -> Option<String> {
    std::env::var("TEST_STORE").ok()
}

impl Kit {
    pub(crate) async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match store_of_this_run() {
            Some(url) => url.parse().unwrap(),
            None => StoreUrl::sqlite(directory.path().join("audit.db")),
        };
        let clock = Arc::new(TestClock(AtomicI64::new(1_768_469_400_000_000)));
        let entropy = Arc::new(TestEntropy(RandomState::new(), AtomicU64::new(0)));
        let env = Env { clock: clock.clone(), entropy };
        let db = Db::open(&url, &StoreOptions::default(), env.clone()).await.unwrap();
        db.migrate(&migrations(), &mut |_| {}).await.unwrap();
        Self { db, env, clock, url, directory }
    }

    /// Another node at the same database.
    pub(crate) async fn another_node(&self) -> Db {
        Db::open(&self.url, &StoreOptions::default(), self.env.clone()).await.unwrap()
    }

    /// Does this run have the database to itself?
    pub(crate) fn is_alone(&self) -> bool {
        self.url.path().is_some_and(|path| path.starts_with(self.directory.path()))
    }

    pub(crate) fn new_tenant(&self) -> TenantId {
        self.env.new_id()
    }

    /// A millisecond after the last one, because only the events of one transaction are in order at one time.
    pub(crate) async fn begin(&self, tenant: TenantId, actor: Actor) -> Tx {
        self.clock.turn(Duration::from_millis(1));
        let origin = Origin {
            tenant,
            actor,
            request_id: Some(format!("req_{}", self.env.new_id::<User>())),
            ip: Some([192, 0, 2, 1].into()),
            user_agent: Some("Enquire/1.0".to_owned()),
        };
        self.db.begin(origin).await.unwrap()
    }

    /// One person signs in, so many times, a second apart.
    pub(crate) async fn sign_in(&self, tenant: TenantId, user: Id<User>, times: usize) {
        for _ in 0..times {
            self.clock.turn(Duration::from_secs(1));
            let tx = self.begin(tenant, by(user)).await;
            tx.emit(&SignedIn { user_id: user, email: "ada@example.com".to_owned() });
            tx.commit().await.unwrap();
        }
    }

    /// Other tests may share the database, and two nodes may meet: rerun what lost a race.
    pub(crate) async fn seal(&self) {
        seal(&self.db, &self.env).await;
    }

    pub(crate) async fn verify(&self, tenant: TenantId) -> Report {
        events::verify(&self.db, Some(tenant), &mut |_| {}).await.unwrap()
    }

    /// A tenant with so many sealed events.
    pub(crate) async fn sealed_tenant(&self, events: usize) -> (TenantId, Id<User>) {
        let (tenant, user) = (self.new_tenant(), self.env.new_id());
        self.sign_in(tenant, user, events).await;
        self.seal().await;
        (tenant, user)
    }
}

pub(crate) async fn seal(db: &Db, env: &Env) {
    loop {
        match events::seal_pending(db, env).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.is_serialization() => {}
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) fn by(user: Id<User>) -> Actor {
    Actor { kind: ActorKind::User, id: Some(user.uuid()) }
}

pub(crate) fn flaws(report: &Report) -> Vec<(i64, Flaw)> {
    report.faults.iter().map(|fault| (fault.sequence.unwrap_or(-1), fault.what)).collect()
}
