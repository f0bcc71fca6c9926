//! Verifying: computing every chain again, in bounded memory, while the server runs or not.

use kernel::{Id, TenantId};
use store::{Db, StoreError};

use super::{
    report::{Head, Progress, Report},
    store as rows,
    walk::{Stored, Tip, Walk},
};
use crate::{AuditEvent, hexadecimal::hexadecimal};

/// Events read at once.
const PAGE: i64 = 500;

/// Walk the chain of one tenant, or of all, and say what is not as it was sealed. Told of the progress after each page.
pub async fn verify(
    db: &Db,
    tenant: Option<TenantId>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, StoreError> {
    let mut report = Report::default();
    if let Some(tenant) = tenant {
        verify_tenant(db, tenant, &mut report, progress).await?;
        return Ok(report);
    }
    let read = db.system_read();
    let mut after = TenantId::from_u128(0);
    while let Some(tenant) = rows::next_tenant(&read, after).await? {
        verify_tenant(db, tenant, &mut report, progress).await?;
        after = tenant;
    }
    Ok(report)
}

async fn verify_tenant(
    db: &Db,
    tenant: TenantId,
    report: &mut Report,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), StoreError> {
    let read = db.read(tenant);
    let mut walk = Walk::new(tenant, rows::find_head(&read).await?);
    let mut after = Some((i64::MIN, Id::from_u128(0)));
    while let Some(position) = after {
        let page = rows::page(&read, position, PAGE).await?;
        for stored in &page {
            walk.step(stored, report);
        }
        after = page.last().and_then(position_of);
        progress(Progress { tenant, tenants: report.tenants, events: report.events });
    }
    let head = rows::find_head(&read).await?;
    report.heads.extend(head.as_ref().map(|head| published(tenant, head)));
    walk.finish(head, report);
    report.unsealed += rows::count_unsealed(&read).await?;
    report.tenants += 1;
    Ok(())
}

/// Where the next page goes on. A sequence that is no number sorts behind all that are, so nothing follows it; an id
/// that can't be read sorts before those that can.
fn position_of(stored: &Stored) -> Option<(i64, Id<AuditEvent>)> {
    match stored {
        Stored::Sealed(sealed) => Some((sealed.place.sequence, sealed.facts.id)),
        Stored::Unreadable { sequence, event } => Some(((*sequence)?, event.unwrap_or(Id::from_u128(0)))),
    }
}

fn published(tenant: TenantId, head: &Tip) -> Head {
    Head { tenant, sequence: head.sequence, hash: hexadecimal(&head.hash) }
}
