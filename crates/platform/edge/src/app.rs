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
