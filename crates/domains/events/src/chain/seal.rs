//! Sealing: giving events their place in the chain, soon after they were committed.
//!
//! Not within the transaction that emits, because then every change of a tenant would wait for one row, the head. The
//! order of the chain is the order of sealing: oldest first among what is committed, which is nearly the order of the
//! ids. The head's row is locked first and moved by compare-and-set, so any number of nodes may seal beside each other.

use std::time::Duration;

use futures_util::future::try_join_all;
use kernel::{Env, TenantId, tenant::CONSOLE};
use store::{Db, Origin, StoreError, Tx};

use super::{
    link::hash,
    store::{self as rows, Unsealed},
    walk::Tip,
};
use crate::{
    erasure::{erase_in, is_erasure},
    model::Place,
};

/// Events per transaction: a millisecond or two, since on SQLite all other writers wait for it.
const BATCH: usize = 128;
/// Tenants per transaction; on PostgreSQL their heads are locked until its commit.
const TENANTS: usize = 64;
/// Rounds over all tenants per call. A tenant gets one batch a round, so a busy one can't keep the others waiting.
const ROUNDS: usize = 256;
/// An event that waited longer is worth a warning: no worker ran, or none keeps up.
const LATE: Duration = Duration::from_mins(1);

/// Seal what is committed and not sealed yet; returns how many events that were.
///
/// Meant to be called about once a second on every node. One call does a bounded amount of work: with much to do, a
/// result above zero means that more may be left. [`StoreError::Serialization`] means that another node was faster;
/// the next call goes on.
pub async fn seal_pending(db: &Db, env: &Env) -> Result<usize, StoreError> {
    let mut total = 0;
    for _ in 0..ROUNDS {
        let sealed = seal_round(db, env).await?;
        total += sealed;
        if sealed == 0 {
            break;
        }
    }
    Ok(total)
}

/// At most one batch of each tenant.
async fn seal_round(db: &Db, env: &Env) -> Result<usize, StoreError> {
    // Ids are never zero.
    let mut after = TenantId::from_u128(0);
    let mut total = 0;
    loop {
        let (tenants, reached) = waiting(db, after).await?;
        let Some(reached) = reached else { return Ok(total) };
        let (sealed, last) = seal_batch(db, env, &tenants).await?;
        total += sealed;
        after = last.unwrap_or(reached);
    }
}

/// Tenants with something to seal, behind `after`; and how far the search came, `None` at the end.
async fn waiting(db: &Db, after: TenantId) -> Result<(Vec<TenantId>, Option<TenantId>), StoreError> {
    let read = db.system_read();
    let (mut tenants, mut reached) = (Vec::new(), None);
    while tenants.len() < TENANTS
        && let Some(found) = rows::next_waiting(&read, reached.unwrap_or(after)).await?
    {
        reached = Some(found.tenant);
        if found.is_whole {
            tenants.push(found.tenant);
        } else {
            tracing::error!(tenant = %found.tenant, "an audit chain and its head disagree: not sealing; verify the trail");
        }
    }
    Ok((tenants, reached))
}

/// One transaction. Returns the number of events, and the tenant that it ended at when the batch was full before the
/// last tenant was reached.
async fn seal_batch(db: &Db, env: &Env, tenants: &[TenantId]) -> Result<(usize, Option<TenantId>), StoreError> {
    if tenants.is_empty() {
        return Ok((0, None));
    }
    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    let (mut sealed, mut last) = (0, None);
    for tenant in tenants {
        sealed += seal_tenant(&tx, env, *tenant, BATCH - sealed).await?;
        if sealed == BATCH {
            last = Some(*tenant);
            break;
        }
    }
    if sealed == 0 {
        tx.rollback().await;
    } else {
        tx.commit().await?;
    }
    Ok((sealed, last))
}

async fn seal_tenant(tx: &Tx, env: &Env, tenant: TenantId, limit: usize) -> Result<usize, StoreError> {
    let head = rows::lock_head(tx, tenant).await?;
    let events = rows::unsealed(tx, tenant, limit).await?;
    let Some(events) = events.into_iter().collect::<Option<Vec<_>>>() else {
        tracing::error!(%tenant, "an audit event can't be read: not sealing for this tenant");
        return Ok(0);
    };
    let (Some(oldest), Some(last)) = (events.first(), events.last()) else { return Ok(0) };
    let mut tip = head.clone();
    let places: Vec<Place> = events.iter().map(|event| behind(&mut tip, tenant, event)).collect();
    // Together: PostgreSQL is sent all of them before it answers the first.
    let seals = events.iter().zip(&places).map(|(event, place)| rows::seal(tx, tenant, event, place));
    try_join_all(seals).await.map_err(|error| {
        // Sealed between the look at the head and this: so PostgreSQL says it where both began before the first head was there.
        let is_sealed = error.conflict_on("events_pkey") || error.conflict_on("events_sequence");
        if is_sealed { moved() } else { error }
    })?;
    // No more and no less than were given a place.
    let is_exact = rows::delete_sealed(tx, tenant, last.facts.id).await? == events.len() as u64;
    if !is_exact || !rows::move_head(tx, tenant, &head, &tip).await? {
        return Err(moved());
    }
    for erasure in events.iter().filter(|event| is_erasure(&event.facts.event_type)) {
        erase_in(tx, tenant, erasure.facts.target_id).await?;
    }
    if env.now().since(oldest.facts.occurred_at) > LATE {
        tracing::warn!(%tenant, occurred_at = %oldest.facts.occurred_at, "audit events were sealed late");
    }
    Ok(events.len())
}

/// The place behind the tip, which the event then is.
fn behind(tip: &mut Tip, tenant: TenantId, event: &Unsealed) -> Place {
    let sequence = tip.sequence + 1;
    let hash = hash(tenant, sequence, &tip.hash, &event.facts, &event.digest);
    let before = std::mem::replace(tip, Tip { sequence, hash });
    Place { sequence, previous_hash: before.hash, hash }
}

fn moved() -> StoreError {
    StoreError::Serialization("an audit chain was moved by someone else".to_owned())
}
