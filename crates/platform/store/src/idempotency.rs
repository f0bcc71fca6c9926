//! One effect per `Idempotency-Key`, however often the request arrives.
//!
//! How the edge uses it:
//!
//! 1. [`claim`] before the handler runs. It commits at once, so that a twin on any node sees it.
//! 2. [`Claim::New`]: run the handler; in the transaction that holds its effect call [`finish`] with the sealed reply,
//!    then commit. Effect and reply become true together.
//! 3. The handler failed in a way that a second try may mend (5xx): [`release`]. A refusal that should be replayed is
//!    finished like a success.
//! 4. [`Claim::Replay`]: answer with the stored reply. [`Claim::Running`]: 409 with `Retry-After`. [`Claim::Mismatch`]:
//!    422, the key was used for another request.
//!
//! A node that dies between claim and finish leaves the claim locked until its lock runs out; then a twin with the same
//! fingerprint takes it over, and should the first still be alive, its [`finish`] fails with
//! [`StoreError::LeaseLost`] and its transaction must roll back.

use std::time::Duration;

use kernel::{TenantId, Timestamp};

use crate::{Db, Origin, Query, StoreError, Tx, params};

/// A request that carries an `Idempotency-Key`.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub tenant: TenantId,
    /// Whose key it is: keys of different callers never meet. For example `api_key:{id}`.
    pub principal: &'a str,
    pub key: &'a str,
    /// A digest of method, path and body.
    pub fingerprint: [u8; 32],
    /// How long the handler may take before a twin may start over.
    pub lock: Duration,
    /// How long the reply is kept.
    pub keep: Duration,
}

/// What the key is worth.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Nobody has used it: go on, then [`finish`] or [`release`].
    New(Ticket),
    /// It was used for this very request, and this was the answer.
    Replay {
        status: u16,
        /// Sealed, as it was given to [`finish`].
        reply: Vec<u8>,
    },
    /// A twin is being handled; its lock runs out then.
    Running { until: Timestamp },
    /// It was used for another request.
    Mismatch,
}

/// The right to finish a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    tenant: TenantId,
    principal: String,
    key: String,
    /// Doubles as the fence: whoever takes the claim over sets a later one.
    locked_until: Timestamp,
}

crate::__statements! { [own] []
    /// One statement decides who wins. Rows that are expired, or whose handler died, are taken over.
    CLAIM_KEY = "
        insert into idempotency (tenant_id, principal, key, fingerprint, state, locked_until, expires_at)
        values ($1, $2, $3, $4, 'running', $5, $6)
        on conflict (tenant_id, principal, key) do update
           set fingerprint = excluded.fingerprint, state = 'running', status = null, reply = null,
               locked_until = excluded.locked_until, expires_at = excluded.expires_at
         where idempotency.expires_at <= $7
            or (idempotency.state = 'running' and idempotency.locked_until <= $7
                and idempotency.fingerprint = excluded.fingerprint)
        returning locked_until";

    FIND_KEY = "
        select fingerprint, state, status, reply, locked_until, expires_at
          from idempotency
         where tenant_id = $1 and principal = $2 and key = $3";

    FINISH_KEY = "
        update idempotency set state = 'done', status = $5, reply = $6
         where tenant_id = $1 and principal = $2 and key = $3 and state = 'running' and locked_until = $4";

    RELEASE_KEY = "
        delete from idempotency
         where tenant_id = $1 and principal = $2 and key = $3 and state = 'running' and locked_until = $4";

    system PURGE_KEYS = "delete from idempotency where expires_at <= $1";
}

/// Claim the key, or learn what became of it. Commits by itself: call it before the handler's transaction is open.
pub async fn claim(db: &Db, request: &Request<'_>) -> Result<Claim, StoreError> {
    let now = db.env().now();
    // Whoever comes first finds no row, so this reads before it writes: a replay costs no commit.
    if let Some(claim) = find(&db.read(request.tenant), request, now).await? {
        return Ok(claim);
    }
    let tx = db.begin(Origin::system(request.tenant)).await?;
    let locked_until = now + request.lock;
    let claimed = tx
        .one(
            &CLAIM_KEY,
            params![request.principal, request.key, &request.fingerprint, locked_until, now + request.keep, now],
            |row| row.get::<Timestamp>(0),
        )
        .await?;
    let claim = if claimed.is_some() {
        Claim::New(Ticket {
            tenant: request.tenant,
            principal: request.principal.to_owned(),
            key: request.key.to_owned(),
            locked_until,
        })
    } else {
        // A twin won in between; if its row is gone again already, it is as good as running.
        find(&tx, request, now).await?.unwrap_or(Claim::Running { until: now })
    };
    tx.commit().await?;
    Ok(claim)
}

/// Store the reply in the transaction of the effect. On [`StoreError::LeaseLost`] that transaction must roll back: a
/// twin has taken over.
pub async fn finish(tx: &Tx, ticket: &Ticket, status: u16, reply: &[u8]) -> Result<(), StoreError> {
    let params = params![&ticket.principal, &ticket.key, ticket.locked_until, status, reply];
    match tx.execute_as(ticket.tenant, &FINISH_KEY, params).await? {
        0 => Err(StoreError::LeaseLost),
        _ => Ok(()),
    }
}

/// Give the key back unused. Nothing happens where a twin has taken it over.
pub async fn release(db: &Db, ticket: &Ticket) -> Result<(), StoreError> {
    let tx = db.begin(Origin::system(ticket.tenant)).await?;
    tx.execute(&RELEASE_KEY, params![&ticket.principal, &ticket.key, ticket.locked_until]).await?;
    tx.commit().await
}

/// Forget what has expired, in all tenants; returns how many there were. For a job that runs now and then.
pub async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let purged = tx.execute(&PURGE_KEYS, params![now]).await?;
    tx.commit().await?;
    Ok(purged)
}

/// `None` where the key is free to be claimed.
async fn find(query: &impl Query, request: &Request<'_>, now: Timestamp) -> Result<Option<Claim>, StoreError> {
    query
        .one(&FIND_KEY, params![request.principal, request.key], |row| {
            let fingerprint: [u8; 32] = row.get(0)?;
            let is_done = row.named(1, "a claim's state", |state| match state {
                "running" => Some(false),
                "done" => Some(true),
                _ => None,
            })?;
            let locked_until: Timestamp = row.get(4)?;
            let expires_at: Timestamp = row.get(5)?;
            Ok(if expires_at <= now {
                None
            } else if fingerprint != request.fingerprint {
                Some(Claim::Mismatch)
            } else if is_done {
                Some(Claim::Replay { status: row.get(2)?, reply: row.get(3)? })
            } else if locked_until > now {
                Some(Claim::Running { until: locked_until })
            } else {
                None
            })
        })
        .await
        .map(Option::flatten)
}
