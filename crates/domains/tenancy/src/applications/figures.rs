//! Key figures that other domains know.

use std::sync::Arc;

use kernel::{TenantId, Timestamp, ports::PortFuture};

/// What happens inside an application, in three numbers. Each count may stop at a bound, so that a large tenant does not make the
/// list slow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub users: u64,
    /// Of the last thirty days.
    pub new_users: u64,
    /// Sessions that began within the last day.
    pub sign_ins: u64,
}

/// Who counts: `identity`, which this domain may not import.
pub trait KeyFigures: Send + Sync {
    /// Of these tenants, in the order of the question.
    fn figures<'a>(&'a self, tenants: &'a [TenantId], now: Timestamp) -> PortFuture<'a, Vec<Figures>>;
}

/// The counter as a part of the application.
#[derive(Clone)]
pub struct FiguresOf(pub Arc<dyn KeyFigures>);
