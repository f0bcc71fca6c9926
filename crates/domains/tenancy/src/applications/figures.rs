//! Key figures that other domains know.

use std::sync::Arc;

use kernel::{TenantId, ports::PortFuture};

/// How many users do these tenants have? Answered by `identity`, which this domain may not import.
pub trait UserCounter: Send + Sync {
    /// In the order of the question. A count may stop at a bound, so that a large tenant does not make the list slow.
    fn users<'a>(&'a self, tenants: &'a [TenantId]) -> PortFuture<'a, Vec<u64>>;
}

/// The counter as a part of the application.
#[derive(Clone)]
pub struct UserCounts(pub Arc<dyn UserCounter>);
