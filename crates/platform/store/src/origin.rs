//! Where a transaction comes from: written into each of its events.

use std::net::IpAddr;

use kernel::{Actor, TenantId};

/// Taken from credentials and from the connection, never from a body.
#[derive(Clone, Debug)]
pub struct Origin {
    pub tenant: TenantId,
    pub actor: Actor,
    pub request_id: Option<String>,
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
}

impl Origin {
    /// The server itself: a job, the command line.
    pub const fn system(tenant: TenantId) -> Self {
        Self { tenant, actor: Actor::SYSTEM, request_id: None, ip: None, user_agent: None }
    }
}
