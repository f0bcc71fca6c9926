//! `portcullis serve`: from the configuration to a listening server, and back down in order.

use std::{io, net::SocketAddr};

use anyhow::Context;
use identity::risk::Intelligence;
use store::Db;
use tenancy::{Bootstrapped, FirstStart, first_start};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use vault::PasswordPool;

use crate::{
    boot::{self, Installation},
    bootstrap_file::{BootstrapFile, FirstFacts},
    config::{ClientCertificates, Config, Origin},
    env, greeting,
    http::{self, Bounds, Listener},
    modules::{self, Parts},
    site::Site,
    telemetry::{Metrics, Telemetry},
    tls::{self, Refresher, Tls},
};

/// Scrapers at a time.
const METRICS_CONNECTIONS: usize = 16;

/// Run until a signal, then let what is in flight finish. A second signal ends the patience.
pub(crate) async fn run(config: &Config, telemetry: &Telemetry) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let OwnTls { tls, mtls, refresher } = OwnTls::open(config)?;
    let listener = bind("listen", config.listen)?;
    let mtls_listener = config.mtls_listen.map(|address| bind("mtls_listen", address)).transpose()?;
    let metrics_listener = config.metrics_listen.map(|address| bind("metrics_listen", address)).transpose()?;
    let address = listener.local_addr()?;
    let mtls_address = mtls_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let origin = config.origin(address);
    let mtls_origin = config.mtls_origin(&origin, mtls_address);

    let installation = boot::open(config, env::system()).await?;
    let first = set_up(config, &installation, &origin).await?;
    let Installation { db, vault, env, .. } = installation;
    let assembled = modules::assemble(Parts {
        db: db.clone(),
        env,
        vault,
        edge: config.edge_settings(&origin, mtls_origin.as_ref()),
        passwords: PasswordPool::new(config.pool_options())
            .context("the threads that hash passwords can't be started")?,
        courier: config.courier()?,
        intelligence: Intelligence::open(config.risk_sources()).context("risk_ip_lists or geoip_file")?,
        is_sign_up_open: config.is_sign_up_open(),
    })?;

    let (stop, stopped) = watch::channel(false);
    let bounds = Bounds { connections: config.max_connections.get() as usize, grace: config.shutdown_grace };
    let mtls_listener = mtls_listener.map(|socket| Listener { socket, tls: mtls });
    let serving_mtls = serve_mtls(mtls_listener, assembled.site.clone(), bounds, told(stopped.clone()));
    let serving = http::serve(Listener { socket: listener, tls }, assembled.site, bounds, told(stopped.clone()));
    let refreshing = refresh(refresher, told(stopped.clone()));
    let metrics = serve_metrics(metrics_listener, telemetry.metrics.clone(), db, told(stopped.clone()));
    #[expect(
        clippy::disallowed_methods,
        reason = "the worker's reads must not hold up the loop that accepts; it is awaited below"
    )]
    let worker = tokio::spawn(async move { assembled.worker.run(stopped).await });

    assembled.readiness.begin();
    greeting::greet(config, &origin, first.as_ref())?;
    let mtls = mtls_address.map(tracing::field::display);
    tracing::info!(%address, mtls_address = mtls, public_url = origin.as_str(), store = ?config.store_url(), "serving");

    let finish = async {
        let (is_graceful, is_mtls_graceful, (), ()) = tokio::join!(serving, serving_mtls, metrics, refreshing);
        worker.await.map(|()| is_graceful && is_mtls_graceful)
    };
    let signalled = async {
        signals.next().await;
        tracing::info!("stopping: requests in flight may finish");
        assembled.readiness.end();
        stop.send_replace(true);
        signals.next().await;
    };
    let is_graceful = tokio::select! {
        is_graceful = finish => is_graceful.context("the worker ended early")?,
        () = signalled => false,
    };
    if is_graceful {
        tracing::info!("stopped");
    } else {
        tracing::warn!("stopped while requests were in flight");
    }
    Ok(())
}

/// TLS of the server's own, where it is set.
#[derive(Default)]
struct OwnTls {
    /// At `listen`.
    tls: Option<Tls>,
    /// At `mtls_listen`.
    mtls: Option<Tls>,
    refresher: Option<(Refresher, Signal)>,
}

impl OwnTls {
    /// Only with TLS SIGHUP is listened to; else it ends the process, as it does by default.
    fn open(config: &Config) -> anyhow::Result<Self> {
        let Some(files) = config.tls_files() else { return Ok(Self::default()) };
        let hang_ups = signal(SignalKind::hangup())?;
        let refresher = tls::open(files)?;
        Ok(Self {
            tls: Some(Tls::new(&refresher, config.tls_client_certificates)?),
            mtls: Some(Tls::new(&refresher, ClientCertificates::Optional)?),
            refresher: Some((refresher, hang_ups)),
        })
    }
}

/// For clients with a certificate, if they have an address of their own.
async fn serve_mtls(listener: Option<Listener>, site: Site, bounds: Bounds, stop: impl Future<Output = ()>) -> bool {
    match listener {
        Some(listener) => http::serve(listener, site, bounds, stop).await,
        None => true,
    }
}

fn bind(key: &'static str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    http::bind(address).with_context(|| format!("{key}: {address} can't be listened on"))
}

/// At the first start of the installation, whichever node makes it: its first application, key and claim link.
async fn set_up(config: &Config, installation: &Installation, origin: &Origin) -> anyhow::Result<Option<Bootstrapped>> {
    let prepare = || {
        let path = config.bootstrap_file.as_deref();
        let prepared = path
            .map(|path| BootstrapFile::prepare(path).with_context(|| format!("bootstrap_file: {}", path.display())));
        prepared.transpose()
    };
    // Before the secrets exist: a folder that is missing must not swallow them.
    let file = if installation.is_new { prepare()? } else { None };
    let permissions = modules::permissions();
    let facts = FirstStart { public_url: origin.as_str(), permissions: permissions.names() };
    let Some(first) = first_start(&installation.db, &installation.vault, &installation.env, facts).await? else {
        return Ok(None);
    };
    if let Some(file) = file.map_or_else(prepare, |file| Ok(Some(file)))? {
        let facts = FirstFacts {
            base_url: origin.as_str(),
            application_id: &first.application_id.to_string(),
            api_key: first.api_key.reveal(),
            claim_url: &greeting::claim_url(origin, &first.claim_token),
        };
        file.write(&facts).context("bootstrap_file")?;
    }
    Ok(Some(first))
}

async fn serve_metrics(
    listener: Option<TcpListener>,
    metrics: Option<Metrics>,
    db: Db,
    stop: impl Future<Output = ()>,
) {
    if let (Some(listener), Some(metrics)) = (listener, metrics) {
        // A scrape that is cut off is asked for again.
        let bounds = Bounds { connections: METRICS_CONNECTIONS, grace: std::time::Duration::ZERO };
        http::serve(Listener { socket: listener, tls: None }, metrics.router(db), bounds, stop).await;
    }
}

async fn refresh(refresher: Option<(Refresher, Signal)>, stop: impl Future<Output = ()>) {
    if let Some((refresher, hang_ups)) = refresher {
        refresher.run(hang_ups, stop).await;
    }
}

/// Ready once the stop was told, or nobody is left to tell it.
async fn told(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
