//! The way in: address, TLS, timeouts, pool.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::{Config, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{StoreError, StoreOptions};

/// How to reach the database.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) config: Config,
    pub(super) tls: Tls,
}

#[derive(Clone)]
pub(super) enum Tls {
    None,
    Rustls(MakeRustlsConnect),
}

/// How long a connection may be silent before the system asks whether the other side still lives.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// A transaction that waits for its client so long is given up by the server.
const IDLE_IN_TRANSACTION: Duration = Duration::from_mins(1);

impl Door {
    pub(super) fn new(url: &str, options: &StoreOptions) -> Result<Self, StoreError> {
        // The certificate is always checked in full, so libpq's stricter modes mean what `require` does here.
        let url = url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
        let mut config: Config =
            url.parse().map_err(|error| StoreError::Internal(format!("the address of the store: {error}")))?;
        config
            .application_name("portcullis")
            .connect_timeout(options.connect_timeout)
            .tcp_user_timeout(options.statement_timeout + super::GRACE)
            .keepalives_idle(KEEPALIVE);
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => Tls::None,
            _ => Tls::Rustls(MakeRustlsConnect::new(client_config()?)),
        };
        Ok(Self { config, tls })
    }

    pub(super) fn pool(&self, options: &StoreOptions) -> Result<Pool, StoreError> {
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match &self.tls {
            Tls::None => Manager::from_config(self.config.clone(), NoTls, manager),
            Tls::Rustls(tls) => Manager::from_config(self.config.clone(), tls.clone(), manager),
        };
        let session = format!(
            "set statement_timeout = {}; set idle_in_transaction_session_timeout = {}",
            options.statement_timeout.as_millis(),
            IDLE_IN_TRANSACTION.as_millis()
        );
        Pool::builder(manager)
            .max_size(options.pool_size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(options.acquire_timeout))
            .create_timeout(Some(options.connect_timeout))
            .post_create(Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
                let session = session.clone();
                Box::pin(async move { client.batch_execute(&session).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| StoreError::Internal(error.to_string()))
    }
}

fn client_config() -> Result<ClientConfig, StoreError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        tracing::warn!("the system has no root certificates: TLS to the database will fail");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Internal(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
