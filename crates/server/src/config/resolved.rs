//! What follows from several keys together: defaults that depend on others, and values that exclude each other.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use deliver::{Courier, CourierOptions, MailSender, Mailbox, Outbound, OutboundOptions, OutboundPolicy};
use edge::{EdgeSettings, TrustedProxies};
use identity::risk::Sources;
use store::{StoreOptions, StoreUrl};
use vault::PoolOptions;

use super::{ClientCertificates, Config, ConfigError, Durability, LogFormat, Origin, Setting, SignUp};

/// Where certificate and key lie.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.master_key.is_some() && self.master_key_file.is_some() {
            return Err(ConfigError::Conflict("master_key and master_key_file are both set; set one of them"));
        }
        if self.smtp_url.is_some() != self.mail_from.is_some() {
            return Err(ConfigError::Conflict("smtp_url and mail_from need each other; set both or none"));
        }
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err(ConfigError::Conflict("tls_certificate and tls_key need each other; set both or none"));
        }
        if self.tls_client_certificates != ClientCertificates::None && self.tls_certificate.is_none() {
            return Err(ConfigError::Conflict(
                "tls_client_certificates needs tls_certificate and tls_key: behind a proxy that ends TLS, set \
                 client_certificate_header instead",
            ));
        }
        if self.mtls_listen.is_some() && self.tls_certificate.is_none() {
            return Err(ConfigError::Conflict("mtls_listen needs tls_certificate and tls_key"));
        }
        if self.mtls_public_url.is_some() && !self.asks_for_certificates() && self.client_certificate_header.is_none() {
            return Err(ConfigError::Conflict(
                "mtls_public_url needs a way for certificates to get here: mtls_listen, tls_client_certificates or \
                 client_certificate_header",
            ));
        }
        if self.mtls_public_url.as_ref().is_some_and(|origin| !origin.as_str().starts_with("https://")) {
            return Err(ConfigError::Conflict("mtls_public_url begins with https://: a certificate is shown to TLS"));
        }
        if self.client_certificate_header.is_some() && self.trusted_proxies.is_empty() {
            return Err(ConfigError::Conflict(
                "client_certificate_header needs trusted_proxies: it is believed from them alone",
            ));
        }
        Ok(())
    }

    /// Where the server's own TLS has certificate and key from, if it speaks TLS.
    pub fn tls_files(&self) -> Option<TlsFiles> {
        let (certificate, key) = self.tls_certificate.clone().zip(self.tls_key.clone())?;
        Some(TlsFiles { certificate, key })
    }

    /// Does the server's own TLS ask clients for a certificate, at some address?
    fn asks_for_certificates(&self) -> bool {
        self.tls_client_certificates != ClientCertificates::None || self.mtls_listen.is_some()
    }

    /// Where clients with a certificate reach the server, if that is elsewhere. `listening` is the address that was really taken for
    /// them.
    pub fn mtls_origin(&self, origin: &Origin, listening: Option<SocketAddr>) -> Option<Origin> {
        self.mtls_public_url.clone().or_else(|| origin.https_at(listening?.port()))
    }

    /// Who carries messages, and what may be called.
    pub fn courier(&self) -> anyhow::Result<Courier> {
        let policy = OutboundPolicy { allow_loopback: self.dev };
        let mut options = OutboundOptions { policy, ..OutboundOptions::default() };
        if let Some(file) = &self.extra_ca_file {
            options = options.trusting(file).with_context(|| format!("extra_ca_file: {}", file.display()))?;
        }
        let outbound = Outbound::new(options).context("extra_ca_file")?;
        let mail = self.smtp_url.clone().map(MailSender::Smtp).zip(self.mail_from.clone());
        let mailbox = self.dev.then(Mailbox::default);
        Ok(Courier::new(CourierOptions { outbound, mail, mailbox }))
    }

    /// The origin that links are built from. `listening` is the address that was really taken.
    pub fn origin(&self, listening: SocketAddr) -> Origin {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        let default = || Origin::parse(&format!("{scheme}://localhost:{}", listening.port()));
        self.public_url.clone().or_else(default).expect("a loopback origin is one")
    }

    pub fn store_url(&self) -> StoreUrl {
        self.store.clone().unwrap_or_else(|| StoreUrl::sqlite(self.data.join("portcullis.db")))
    }

    pub fn store_options(&self) -> StoreOptions {
        StoreOptions {
            durability: match self.durability {
                Durability::Full => store::Durability::Full,
                Durability::Normal => store::Durability::Normal,
            },
            pool_size: self.postgres_pool.get() as usize,
            ..StoreOptions::default()
        }
    }

    pub fn master_key_path(&self) -> PathBuf {
        self.master_key_file.clone().unwrap_or_else(|| self.data.join("master.key"))
    }

    pub fn pool_options(&self) -> PoolOptions {
        let default = PoolOptions::default();
        let threads = self.hash_threads.map_or(default.threads, |threads| threads.get() as usize);
        PoolOptions {
            threads,
            queue: self
                .hash_queue
                .map_or(default.queue / default.threads.max(1) * threads, |queue| queue.get() as usize),
            nice: i32::try_from(self.hash_nice.get()).unwrap_or(default.nice),
        }
    }

    /// What is known of networks and places.
    pub fn risk_sources(&self) -> Sources {
        Sources { lists: self.risk_ip_lists.clone(), geoip: self.geoip_file.clone() }
    }

    pub fn is_sign_up_open(&self) -> bool {
        self.dashboard_sign_up.map_or(self.dev, |sign_up| sign_up == SignUp::Open)
    }

    /// The form of log lines, given whether a person watches.
    pub fn log_format(&self, is_terminal: bool) -> LogFormat {
        self.log_format.unwrap_or(if self.dev && is_terminal { LogFormat::Text } else { LogFormat::Json })
    }

    /// Host names that name no tenant, beside loopback.
    pub fn base_host_names(&self, origin: &Origin, mtls: Option<&Origin>) -> Vec<String> {
        let mut names = match &self.base_hosts {
            Some(hosts) => hosts.iter().map(|host| host.0.clone()).collect(),
            None => vec![origin.host().to_owned()],
        };
        names.extend(mtls.map(|mtls| mtls.host().to_owned()).filter(|host| host != origin.host()));
        names
    }

    pub fn edge_settings(&self, origin: &Origin, mtls: Option<&Origin>) -> EdgeSettings {
        EdgeSettings {
            public_url: origin.as_str().to_owned(),
            base_hosts: self.base_host_names(origin, mtls),
            proxies: TrustedProxies(self.trusted_proxies.clone()),
            client_certificate_header: self.client_certificate_header.clone(),
            asks_for_certificates: self.asks_for_certificates(),
            mtls_url: mtls.map(|mtls| mtls.as_str().to_owned()),
            deadline: self.request_deadline,
            log_requests: self.log_requests,
        }
    }
}
