//! `portcullis serve`: from the configuration to a listening server, and back down in order.

use std::{net::SocketAddr, path::Path, process::ExitCode};

use anyhow::Context;
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
    config::{Config, Origin},
    env,
    greeting,
    http::{self, Bounds},
    modules::{self, Parts},
    telemetry,
};

/// Scrapers at a time.
const METRICS_CONNECTIONS: usize = 16;

/// Run until a signal, then finish what is in flight.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let telemetry = telemetry::start(config)?;
    let mut signals = Signals::new()?;
    let listener = bind("listen", config.listen)?;
    let metrics_listener = config.metrics_listen.map(|address| bind("metrics_listen", address)).transpose()?;
    let address = listener.local_addr()?;
    let origin = config.origin(address);
    let installation = boot::open(config, env::system()).await?;
    let first = set_up(config, &installation, &origin).await?;
    let Installation { db, vault, env, .. } = installation;
    let assembled = modules::assemble(Parts {
        db: db.clone(),
        env,
        vault,
        edge: config.edge_settings(&origin),
        passwords: PasswordPool::new(config.pool_options()).context("the threads that hash passwords can't be started")?,
        is_sign_up_open: config.is_sign_up_open(),
    })?;
    let (stop, stopped) = watch::channel(false);
    let bounds = Bounds { connections: config.max_connections.get() as usize, grace: config.shutdown_grace };
    assembled.readiness.begin();
    greeting::greet(config, &origin, first.as_ref())?;
    tracing::info!(%address, public_url = origin.as_str(), store = ?config.store_url(), "serving");

    let door = http::serve(listener, assembled.router, bounds, until(stopped.clone()));
    let worker = assembled.worker.run(stopped.clone());
    let metrics = serve_metrics(metrics_listener, telemetry.metrics.clone(), db, until(stopped));
    let signalled = async {
        signals.received().await;
        tracing::info!("stopping: requests in flight may finish");
        assembled.readiness.end();
        stop.send_replace(true);
    };
    let everything = async { tokio::join!(door, worker, metrics, signalled).0 };
    let is_graceful = tokio::select! {
        is_graceful = everything => is_graceful,
        // Who asks twice does not want to wait.
        () = signals_again(config) => false,
    };
    if !is_graceful {
        tracing::warn!("stopped while requests were in flight");
    }
    // The exporters send what they hold; they block, which a thread of the runtime must not.
    tokio::task::spawn_blocking(move || drop(telemetry)).await?;
    Ok(ExitCode::SUCCESS)
}
