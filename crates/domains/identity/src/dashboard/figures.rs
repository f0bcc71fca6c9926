//! What a list of applications tells of each: `tenancy` asks, and may not look itself.

use std::{sync::Arc, time::Duration};

use kernel::{Id, TenantId, Timestamp, ports::PortFuture};
use store::{Db, Query, Row, StoreError, params};
use tenancy::{Figures, FiguresOf, KeyFigures};

use crate::sessions::Session;

/// Counting stops here, so that a list of applications stays fast however large they are.
const BOUND: i64 = 10_000;
/// So long a user is a new one.
const NEW: Duration = Duration::from_hours(30 * 24);
/// So long ago a session may have begun.
const RECENT: Duration = Duration::from_hours(24);

store::sql! {
    // The id of a session tells when it began.
    COUNT = "
        select (select count(*) from (select 1 as one from users where tenant_id = $1 limit $2) as counted),
               (select count(*) from (select 1 as one from users where tenant_id = $1 and created_at >= $3 limit $2) as counted),
               (select count(*) from (select 1 as one from sessions where tenant_id = $1 and id >= $4 limit $2) as counted)";
}

/// Whoever counts, to be put among the application's parts.
pub fn key_figures(db: Db) -> FiguresOf {
    FiguresOf(Arc::new(Counting(db)))
}

struct Counting(Db);

impl KeyFigures for Counting {
    fn figures<'a>(&'a self, tenants: &'a [TenantId], now: Timestamp) -> PortFuture<'a, Vec<Figures>> {
        PortFuture::coming(async move { Ok(self.count(tenants, now).await?) })
    }
}

impl Counting {
    async fn count(&self, tenants: &[TenantId], now: Timestamp) -> Result<Vec<Figures>, StoreError> {
        let first: Id<Session> = Id::first_at(now - RECENT);
        let mut figures = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let read = self.0.read(*tenant);
            let found = read.one(&COUNT, params![BOUND, now - NEW, first], of_row).await?;
            figures.push(found.unwrap_or_default());
        }
        Ok(figures)
    }
}

fn of_row(row: &Row<'_>) -> Result<Figures, StoreError> {
    Ok(Figures { users: row.get(0)?, new_users: row.get(1)?, sign_ins: row.get(2)? })
}
