//! The wall: every row, key, token and event belongs to exactly one tenant.

use std::{any::Any, sync::Arc};

use crate::id::{Id, Kind};

/// Names tenants; a tenant's data lives in `tenancy`.
pub struct Tenant;

impl Kind for Tenant {
    const PREFIX: &'static str = "tnt";
    const NOUN: &'static str = "tenant";
}

pub type TenantId = Id<Tenant>;

/// The built-in tenant whose users are the dashboard's accounts.
pub const CONSOLE: TenantId = Id::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// What the edge must know of a tenant before a request may run.
pub struct TenantFacts {
    pub id: TenantId,
    /// Stands in host names and webhook bodies.
    pub slug: String,
    /// The primary origin, for example `https://acme.example.com`; from configuration, never from a request header.
    pub issuer: String,
    /// A suspended tenant answers 403 `tenant_suspended` to everything.
    pub suspended: bool,
    /// Origins that a browser may call from (Fetch standard, CORS protocol), compared byte for byte.
    pub allowed_origins: Vec<String>,
    /// Overrides of the default rate limits, by limit name.
    pub limits: Vec<LimitOverride>,
    /// `tenancy`'s own settings type, which the edge carries and does not read.
    pub settings: Arc<dyn Any + Send + Sync>,
}

/// A tenant's own figure for one named rate limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitOverride {
    pub name: String,
    /// Requests per window.
    pub requests: u32,
    /// The window in seconds.
    pub seconds: u32,
}
