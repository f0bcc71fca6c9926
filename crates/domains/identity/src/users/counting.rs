//! How many users a tenant has: `tenancy` asks for its lists of applications and may not look itself.

use std::sync::Arc;

use kernel::{TenantId, ports::PortFuture};
use store::{Db, Query, StoreError, params};
use tenancy::{UserCounter, UserCounts};

/// Counting stops here, so that a list of applications stays fast however large they are.
const BOUND: i64 = 10_000;

store::sql! {
    COUNT_USERS = "select count(*) from (select 1 as one from users where tenant_id = $1 limit $2) as counted";
}

/// The counter, to be put among the application's parts.
pub fn user_counter(db: Db) -> UserCounts {
    UserCounts(Arc::new(Counter(db)))
}

struct Counter(Db);

impl UserCounter for Counter {
    fn users<'a>(&'a self, tenants: &'a [TenantId]) -> PortFuture<'a, Vec<u64>> {
        Box::pin(async move { Ok(self.count(tenants).await?) })
    }
}

impl Counter {
    async fn count(&self, tenants: &[TenantId]) -> Result<Vec<u64>, StoreError> {
        let mut counts = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let count = self.0.read(*tenant).one(&COUNT_USERS, params![BOUND], |row| row.get(0)).await?;
            counts.push(count.unwrap_or_default());
        }
        Ok(counts)
    }
}
