//! The server in this process, as `modules.rs` assembles it for the binary.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::body::Body;
use deliver::{Courier, CourierOptions, Mailbox, Outbound, OutboundOptions, OutboundPolicy, Resolved, Resolver};
use edge::{EdgeSettings, Endpoint, Sender, TrustedProxies};
use http::Request;
use http_body_util::BodyExt;
use identity::risk::Intelligence;
use kernel::{Clock, Env, Secret, Timestamp};
use server::{Parts, Site, http::Servable, modules, worker::Worker};
use store::Db;
use tenancy::{FirstStart, first_start};
use vault::{Argon2Params, MasterKeys, PasswordPool, PoolOptions, Vault};

use super::{
    Reply,
    actors::Client,
    environment::{SeededEntropy, TurnableClock},
    store::TestStore,
};

/// What a test may want otherwise.
pub(crate) struct Options {
    pub(crate) public_url: &'static str,
    pub(crate) trusted_proxies: &'static [&'static str],
    pub(crate) client_certificate_header: Option<&'static str>,
    /// Where clients with a certificate reach it.
    pub(crate) mtls_url: Option<&'static str>,
    pub(crate) is_sign_up_open: bool,
    pub(crate) deadline: Duration,
    /// Its own threads for passwords, instead of those that all servers share.
    pub(crate) pool: Option<PoolOptions>,
    /// Without it messages need a sender, as in production.
    pub(crate) has_mailbox: bool,
    /// What is known of networks and places.
    pub(crate) intelligence: Intelligence,
    /// Looks up names; unless said, none but this machine's are known, so that no test leaves it.
    pub(crate) resolver: Option<Arc<dyn Resolver>>,
    /// Authorities in PEM that are believed on the way out.
    pub(crate) authorities: Option<Vec<u8>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080",
            trusted_proxies: &[],
            client_certificate_header: None,
            mtls_url: None,
            is_sign_up_open: true,
            deadline: Duration::from_secs(30),
            pool: None,
            has_mailbox: true,
            intelligence: Intelligence::default(),
            resolver: None,
            authorities: None,
        }
    }
}

/// The names of this machine.
struct OwnNames;

impl Resolver for OwnNames {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolved<'a> {
        let is_own = host == "localhost" || host.ends_with(".localhost");
        Box::pin(async move {
            if is_own {
                Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
            } else {
                Err(std::io::ErrorKind::NotFound.into())
            }
        })
    }
}

/// One server on a store of its own. Clones are the same server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Inner>);

struct Inner {
    site: Site,
    worker: Worker,
    mailbox: Mailbox,
    db: Db,
    clock: Arc<TurnableClock>,
    first: FirstFacts,
    // Dropped last: the database must outlive whoever is connected to it.
    store: TestStore,
}

/// What the first start hands out.
struct FirstFacts {
    application_id: String,
    api_key: String,
    claim_token: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let clock = Arc::new(TurnableClock::new());
        let env = Env { clock: clock.clone(), entropy: Arc::new(SeededEntropy::new()) };
        let store = TestStore::migrated().await;
        let db = store.open(env.clone()).await;
        let vault = Vault::new(MasterKeys::generate(&*env.entropy), env.random(), env.entropy.clone());
        let permissions = modules::permissions();
        let facts = FirstStart { public_url: options.public_url, permissions: permissions.names() };
        let first = first_start(&db, &vault, &env, facts).await.unwrap().unwrap();
        let mailbox = Mailbox::default();
        let outbound = OutboundOptions {
            policy: OutboundPolicy { allow_loopback: true },
            resolver: options.resolver.unwrap_or_else(|| Arc::new(OwnNames)),
            extra_authorities: options.authorities,
        };
        let assembled = server::assemble(Parts {
            db: db.clone(),
            env,
            vault,
            edge: EdgeSettings {
                public_url: options.public_url.to_owned(),
                base_hosts: Vec::new(),
                proxies: TrustedProxies(
                    options.trusted_proxies.iter().map(|network| network.parse().unwrap()).collect(),
                ),
                client_certificate_header: options.client_certificate_header.map(|name| name.parse().unwrap()),
                asks_for_certificates: false,
                mtls_url: options.mtls_url.map(str::to_owned),
                deadline: options.deadline,
                log_requests: true,
            },
            passwords: options.pool.map_or_else(password_pool, |pool| PasswordPool::new(pool).unwrap()),
            courier: Courier::new(CourierOptions {
                outbound: Outbound::new(outbound).unwrap(),
                mail: None,
                mailbox: options.has_mailbox.then(|| mailbox.clone()),
            }),
            intelligence: options.intelligence,
            is_sign_up_open: options.is_sign_up_open,
        })
        .unwrap();
        assembled.readiness.begin();
        let first = FirstFacts {
            application_id: first.application_id.to_string(),
            api_key: first.api_key.reveal().to_owned(),
            claim_token: first.claim_token.reveal().to_owned(),
        };
        Self(Arc::new(Inner { site: assembled.site, worker: assembled.worker, mailbox, db, clock, first, store }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Every byte that lies on the disk; `None` where the database is somebody else's process.
    pub(crate) fn stored_bytes(&self) -> Option<Vec<u8>> {
        self.0.store.bytes()
    }

    /// The messages that were sent, once [`Self::run_jobs`] has run.
    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.0.mailbox
    }

    /// What its clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn turn_clock(&self, by: Duration) {
        self.0.clock.turn(by);
    }

    /// Everything that is due: sealing, jobs, rotations, purges.
    pub(crate) async fn run_jobs(&self) {
        self.0.worker.run_due().await.unwrap();
    }

    /// The first application.
    pub(crate) fn application_id(&self) -> &str {
        &self.0.first.application_id
    }

    /// From the set-up link.
    pub(crate) fn claim_token(&self) -> &str {
        &self.0.first.claim_token
    }

    /// The first API key: it may do everything.
    pub(crate) fn root_key(&self) -> &str {
        &self.0.first.api_key
    }

    /// Nobody in particular, at the first application.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(self.clone())
    }

    /// Each request comes a millisecond after the one before, so that what they make has an order.
    pub(crate) async fn send(&self, request: Request<Body>, peer: IpAddr) -> Reply {
        self.turn_clock(Duration::from_millis(1));
        let line = format!("{} {}", request.method(), request.uri());
        let sender = Sender { address: SocketAddr::new(peer, 4_711), certificate: None };
        let (head, body) = self.0.site.answer(request, &sender).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply::new(line, head, body)
    }
}

/// Every endpoint of every module that is for programs, as the server mounts them.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    modules::all().into_iter().flat_map(|module| module.endpoints).filter(|endpoint| !endpoint.is_page()).collect()
}

/// Every page of every module, for people.
pub(crate) fn pages() -> Vec<Endpoint> {
    modules::all().into_iter().flat_map(|module| module.endpoints).filter(Endpoint::is_page).collect()
}

/// One pool for all servers of the process. The usual cost is only pretended: half of a run would be hashing.
fn password_pool() -> PasswordPool {
    static POOL: LazyLock<PasswordPool> =
        LazyLock::new(|| PasswordPool::soft(PoolOptions { threads: 2, queue: 4_096, nice: 0 }).unwrap());
    POOL.clone()
}

/// A password hash as another system with cheaper parameters would have made it.
pub(crate) async fn cheap_hash(password: &str) -> String {
    let params = Argon2Params { memory_kib: 64, iterations: 1, parallelism: 1 };
    password_pool().hash(&Secret::new(password), params).await.unwrap()
}
