//! The application's state: private to this crate, so that a handler reaches the store through its guard alone.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
    time::Duration,
};

use http::HeaderName;
use kernel::{
    Env,
    ports::{
        AccessTokenAuthenticator, ApiKeyAuthenticator, ClientOrigins, SessionAuthenticator, TeamDirectory,
        TenantDirectory,
    },
};
use store::Db;
use vault::Vault;

use crate::{limits::Limits, network::TrustedProxies};

/// How the edge behaves; from configuration.
#[derive(Clone, Debug)]
pub struct EdgeSettings {
    /// The deployment's origin, for example `https://auth.example.com`: links and issuers are built from it.
    pub public_url: String,
    /// Host names that name no tenant, beside loopback.
    pub base_hosts: Vec<String>,
    pub proxies: TrustedProxies,
    /// The header in which a trusted proxy passes its client's certificate on.
    pub client_certificate_header: Option<HeaderName>,
    /// The server's own TLS asks clients for a certificate, at some address.
    pub asks_for_certificates: bool,
    /// The deployment's origin for clients with a certificate, where that is not `public_url` itself.
    pub mtls_url: Option<String>,
    /// A request that takes longer answers 503 and is rolled back.
    pub deadline: Duration,
    /// Write a log line for every request, not only for those that failed in the server.
    pub log_requests: bool,
}

impl EdgeSettings {
    pub(crate) fn is_base_host(&self, name: &str) -> bool {
        let is_loopback = ["localhost", "127.0.0.1", "::1"].iter().any(|host| host.eq_ignore_ascii_case(name));
        is_loopback || self.base_hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    }

    /// Can a client's certificate be seen here at all?
    pub(crate) fn sees_certificates(&self) -> bool {
        self.asks_for_certificates || self.client_certificate_header.is_some()
    }

    /// Where clients with a certificate reach a tenant (RFC 8705, section 5): its own label stands before that host too. `None` for an
    /// issuer that is not below `public_url`.
    pub(crate) fn mtls_origin(&self, issuer: &str) -> Option<String> {
        let to = self.mtls_url.as_deref()?;
        if issuer == self.public_url {
            return Some(to.to_owned());
        }
        let (_, base) = self.public_url.split_once("://")?;
        let (scheme, to) = to.split_once("://")?;
        let label = issuer.split_once("://")?.1.strip_suffix(base)?.strip_suffix('.')?;
        Some(format!("{scheme}://{label}.{to}"))
    }

    /// The addresses of a path of a tenant: at its issuer, and where clients with a certificate reach it.
    pub(crate) fn addresses(&self, issuer: &str, path: &str) -> Vec<String> {
        [Some(issuer.to_owned()), self.mtls_origin(issuer)]
            .into_iter()
            .flatten()
            .map(|origin| format!("{origin}{path}"))
            .collect()
    }
}

/// Who answers what the edge must ask.
#[derive(Clone)]
pub struct Ports {
    pub tenants: Arc<dyn TenantDirectory>,
    pub api_keys: Arc<dyn ApiKeyAuthenticator>,
    pub sessions: Arc<dyn SessionAuthenticator>,
    pub tokens: Arc<dyn AccessTokenAuthenticator>,
    pub origins: Arc<dyn ClientOrigins>,
    pub teams: Arc<dyn TeamDirectory>,
}

/// Parts that modules bring along, one of a type.
#[derive(Default)]
pub struct AppParts(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl AppParts {
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, part: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(part));
        self
    }
}

#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    env: Env,
    vault: Vault,
    ports: Ports,
    settings: EdgeSettings,
    parts: AppParts,
    limits: Limits,
}

impl App {
    pub fn new(db: Db, env: Env, vault: Vault, ports: Ports, settings: EdgeSettings, parts: AppParts) -> Self {
        Self(Arc::new(Inner { db, env, vault, ports, settings, parts, limits: Limits::new() }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn env(&self) -> &Env {
        &self.0.env
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.0.ports
    }

    pub(crate) fn settings(&self) -> &EdgeSettings {
        &self.0.settings
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A part that may be missing.
    pub(crate) fn try_part<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.parts.0.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref())
    }

    /// A part that `modules.rs` put in; one that it forgot is found by the first test of the domain that needs it.
    pub(crate) fn part<T: Any + Send + Sync>(&self) -> &T {
        self.try_part()
            .unwrap_or_else(|| panic!("`{}` is not among the application's parts", std::any::type_name::<T>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_address_for_certificates_is_below_that_of_the_deployment() {
        let origin = |public_url: &str, mtls_url: Option<&str>, issuer: &str| {
            let settings = EdgeSettings {
                public_url: public_url.to_owned(),
                base_hosts: Vec::new(),
                proxies: TrustedProxies::default(),
                client_certificate_header: None,
                asks_for_certificates: true,
                mtls_url: mtls_url.map(str::to_owned),
                deadline: Duration::from_secs(1),
                log_requests: false,
            };
            settings.mtls_origin(issuer)
        };
        let (own, port) = ("https://auth.example.com", Some("https://auth.example.com:8443"));
        let host = Some("https://mtls.example.com");
        for (mtls_url, issuer, expected) in [
            (None, own, None),
            (port, own, port),
            (host, own, host),
            (port, "https://acme.auth.example.com", Some("https://acme.auth.example.com:8443")),
            (host, "https://acme.auth.example.com", Some("https://acme.mtls.example.com")),
            (host, "https://login.acme.example", None),
            (host, "https://evilauth.example.com", None),
        ] {
            assert_eq!(origin(own, mtls_url, issuer).as_deref(), expected, "{mtls_url:?} {issuer}");
        }
        let with_port = "https://auth.example.com:4433";
        let issuer = "https://acme.auth.example.com:4433";
        assert_eq!(origin(with_port, port, issuer).as_deref(), Some("https://acme.auth.example.com:8443"));
    }
}
