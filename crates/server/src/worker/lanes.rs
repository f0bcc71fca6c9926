//! How many jobs run beside each other: so many in all, and of one tenant fewer, so that one whose mail server hangs holds nobody
//! else up.

use std::collections::HashMap;

use kernel::TenantId;
use store::StoreError;
use tokio::task::{Id, JoinError, JoinSet};

/// Jobs of all tenants on this node.
const LANES: usize = 64;
/// A tenant with so many gets no more. It is as many connections as are kept to a mail server, and as many as are taken at once: so a
/// tenant has nearly twice as many at most.
const OF_ONE_TENANT: usize = 4;

/// What runs now. Dropped, it stops.
pub(super) struct Lanes {
    most: usize,
    running: JoinSet<Result<(), StoreError>>,
    tenants: HashMap<Id, TenantId>,
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self { most: LANES, running: JoinSet::new(), tenants: HashMap::new() }
    }

    /// One after another.
    pub(super) fn one() -> Self {
        Self { most: 1, ..Self::new() }
    }

    /// How many may be taken, if any.
    pub(super) fn room(&self) -> Option<u32> {
        let room = self.most.saturating_sub(self.running.len()).min(OF_ONE_TENANT);
        u32::try_from(room).ok().filter(|room| *room > 0)
    }

    /// Tenants that have all they get.
    pub(super) fn full(&self) -> Vec<TenantId> {
        let mut counts: HashMap<TenantId, usize> = HashMap::new();
        for tenant in self.tenants.values() {
            *counts.entry(*tenant).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count >= OF_ONE_TENANT).map(|(tenant, _)| tenant).collect()
    }

    pub(super) fn start(
        &mut self,
        tenant: TenantId,
        job: impl Future<Output = Result<(), StoreError>> + Send + 'static,
    ) {
        let id = self.running.spawn(job).id();
        self.tenants.insert(id, tenant);
    }

    /// The end of the next one; `None` where none runs.
    pub(super) async fn next(&mut self) -> Option<Result<(), StoreError>> {
        let ended = self.running.join_next_with_id().await?;
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        self.tenants.remove(&id);
        // Its lease runs out, and it is tried again.
        Some(
            ended.map_or_else(
                |panic| Err(StoreError::Internal(format!("a job panicked: {panic}"))),
                |(_, result)| result,
            ),
        )
    }
}
