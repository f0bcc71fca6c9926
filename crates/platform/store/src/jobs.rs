//! Work that outlives its request: leased to one worker at a time, with a fence.
//!
//! A job waits, is leased, and is either completed (its row goes) or retried. A lease that runs out hands the job to
//! someone else and raises its fence, so that the first worker's late answer is refused ([`StoreError::LeaseLost`]).
//! A job can therefore run more than once: let its effect and [`complete`] share a transaction, or be idempotent.

use std::time::Duration;

use kernel::{Env, Id, Kind, TenantId, Timestamp};
use uuid::Uuid;

use crate::{Db, Origin, Query, Row, StoreError, Tx, emit::Write, params};

/// Names jobs.
struct JobKind;

impl Kind for JobKind {
    const PREFIX: &'static str = "job";
    const NOUN: &'static str = "job";
}

/// What [`Tx::enqueue`] leaves behind.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler, for example `mail.deliver`.
    pub kind: &'static str,
    pub payload: serde_json::Value,
    /// Not before.
    pub run_at: Timestamp,
    /// Of the tenant's jobs of one kind and key, one waits at most; a second one is dropped. A running one does not
    /// count, because it may have read its input already.
    pub unique_key: Option<String>,
}

/// A job on lease.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: Uuid,
    pub tenant: TenantId,
    pub kind: String,
    pub payload: serde_json::Value,
    /// Counted from 1: this one included.
    pub attempts: u32,
    pub lease_until: Timestamp,
    /// Rises with every lease.
    pub fence: i64,
    pub unique_key: Option<String>,
}

/// A job that has failed too often, kept for a person to look at.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    pub id: Uuid,
    pub tenant: TenantId,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub failed_at: Timestamp,
}

/// What became of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Waits for its next attempt.
    Scheduled,
    /// Dropped, because an equal job is waiting already.
    Merged,
    /// Became a dead letter.
    Dead,
}

/// An error text longer than this says nothing more, in bytes.
const ERROR_LENGTH: usize = 1_024;

crate::__statements! { [own] []
    INSERT_JOB = "
        insert into jobs (tenant_id, id, kind, payload, run_at, unique_key)
        values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing";

    /// Earliest first, and none of the tenants whose ids in hexadecimal digits stand in the list. A job whose lease has run out counts
    /// as due.
    system CLAIM_JOBS = {
        sqlite: "
            update jobs set lease_until = $2, fence = fence + 1, attempts = attempts + 1
             where id in (select id from jobs
                           where failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1)
                             and instr($4, hex(tenant_id)) = 0
                           order by run_at, id
                           limit $3)
            returning id, tenant_id, kind, payload, attempts, lease_until, fence, unique_key",
        postgres: "
            update jobs set lease_until = $2, fence = fence + 1, attempts = attempts + 1
             where id in (select id from jobs
                           where failed_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1)
                             and position(upper(encode(tenant_id, 'hex')) in $4) = 0
                           order by run_at, id
                           limit $3
                             for update skip locked)
            returning id, tenant_id, kind, payload, attempts, lease_until, fence, unique_key",
    };

    DELETE_JOB = "delete from jobs where tenant_id = $1 and id = $2 and fence = $3 and failed_at is null";

    EXTEND_LEASE = "
        update jobs set lease_until = $4
         where tenant_id = $1 and id = $2 and fence = $3 and failed_at is null";

    DELETE_IF_TWIN_WAITS = "
        delete from jobs
         where tenant_id = $1 and id = $2 and fence = $3
           and exists (select 1 from jobs twin
                        where twin.tenant_id = $1 and twin.kind = jobs.kind and twin.unique_key = jobs.unique_key
                          and twin.lease_until is null and twin.failed_at is null)";

    RESCHEDULE_JOB = "
        update jobs set run_at = $4, lease_until = null, last_error = $5
         where tenant_id = $1 and id = $2 and fence = $3 and failed_at is null";

    BURY_JOB = "
        update jobs set failed_at = $4, lease_until = null, last_error = $5
         where tenant_id = $1 and id = $2 and fence = $3 and failed_at is null";

    system NEXT_RUN = "
        select min(case when lease_until is null or run_at > lease_until then run_at else lease_until end)
          from jobs
         where failed_at is null";

    system COUNT_JOBS = "
        select count(case when failed_at is null then 1 end), count(failed_at)
          from jobs";

    system LIST_DEAD = "
        select id, tenant_id, kind, payload, attempts, last_error, failed_at
          from jobs
         where failed_at is not null
         order by failed_at desc, id desc
         limit $1";

    REVIVE_JOB = "
        update jobs set failed_at = null, attempts = 0, run_at = $3
         where tenant_id = $1 and id = $2 and failed_at is not null";

    system PURGE_DEAD = "delete from jobs where failed_at is not null and failed_at < $1";
}

/// The row of a new job, written by the commit.
pub(crate) fn insert(env: &Env, tenant: TenantId, job: NewJob) -> Write {
    let id = env.new_id::<JobKind>();
    let params = params![id, job.kind, job.payload.to_string(), job.run_at, job.unique_key];
    Write { statement: &INSERT_JOB, tenant, params: params.into() }
}

/// Take up to `limit` due jobs on lease until `now + lease`, of all tenants but these.
pub async fn claim(
    db: &Db,
    now: Timestamp,
    lease: Duration,
    limit: u32,
    but: &[TenantId],
) -> Result<Vec<Job>, StoreError> {
    let but: Vec<String> = but.iter().map(|tenant| format!("{:X}", tenant.uuid().simple())).collect();
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let mut jobs = tx.all(&CLAIM_JOBS, params![now, now + lease, limit, but.join(",")], job).await?;
    // An update returns its rows in whatever order; people should get their messages in the order in which they were caused.
    jobs.sort_by_key(|job| job.id);
    if jobs.is_empty() {
        tx.rollback().await;
    } else {
        tx.commit().await?;
    }
    Ok(jobs)
}

/// The job is done: its row goes, in the transaction that holds its effect.
pub async fn complete(tx: &Tx, job: &Job) -> Result<(), StoreError> {
    kept(tx.execute_as(job.tenant, &DELETE_JOB, params![job.id, job.fence]).await?)
}

/// Keep the lease until `until`: for work that takes longer than it.
pub async fn extend(db: &Db, job: &Job, until: Timestamp) -> Result<(), StoreError> {
    let tx = db.begin(Origin::system(job.tenant)).await?;
    kept(tx.execute(&EXTEND_LEASE, params![job.id, job.fence, until]).await?)?;
    tx.commit().await
}

/// The attempt failed: try again at `run_at`, unless it was the last of `max_attempts`.
pub async fn retry(db: &Db, job: &Job, run_at: Timestamp, error: &str, max_attempts: u32) -> Result<Retry, StoreError> {
    let error = &error[..error.floor_char_boundary(ERROR_LENGTH)];
    let tx = db.begin(Origin::system(job.tenant)).await?;
    let retry = if job.attempts >= max_attempts {
        kept(tx.execute(&BURY_JOB, params![job.id, job.fence, db.env().now(), error]).await?)?;
        Retry::Dead
    } else if tx.execute(&DELETE_IF_TWIN_WAITS, params![job.id, job.fence]).await? > 0 {
        Retry::Merged
    } else {
        kept(tx.execute(&RESCHEDULE_JOB, params![job.id, job.fence, run_at, error]).await?)?;
        Retry::Scheduled
    };
    tx.commit().await?;
    Ok(retry)
}

/// Returns once a transaction of this node has enqueued something. Other nodes' jobs are found by asking.
pub async fn enqueued(db: &Db) {
    db.inner().jobs.notified().await;
}

/// When the next job will be due, or the lease of a running one will have run out.
pub async fn next_run(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    Ok(db.system_read().one(&NEXT_RUN, params![], |row| row.get(0)).await?.flatten())
}

/// How many jobs are waiting or running, and how many are dead letters.
pub async fn count(db: &Db) -> Result<(u64, u64), StoreError> {
    let counts = db.system_read().one(&COUNT_JOBS, params![], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(counts.unwrap_or_default())
}

/// The latest dead letters of all tenants.
pub async fn dead_letters(db: &Db, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
    db.system_read().all(&LIST_DEAD, params![limit], dead_letter).await
}

/// Give a dead letter all its attempts again. `false`: there is none of that id, or an equal job is waiting already.
pub async fn revive(db: &Db, tenant: TenantId, id: Uuid, run_at: Timestamp) -> Result<bool, StoreError> {
    let tx = db.begin(Origin::system(tenant)).await?;
    match tx.execute(&REVIVE_JOB, params![id, run_at]).await {
        Ok(revived) => tx.commit().await.map(|()| revived > 0),
        Err(error) if error.conflict_on("jobs_waiting") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Forget the dead letters from before `before`; returns how many there were.
pub async fn purge_dead_letters(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let purged = tx.execute(&PURGE_DEAD, params![before]).await?;
    tx.commit().await?;
    Ok(purged)
}

fn kept(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.get(0)?,
        tenant: row.get::<Id<_>>(1)?,
        kind: row.get(2)?,
        payload: row.named(3, "JSON", |text| serde_json::from_str(text).ok())?,
        attempts: row.get(4)?,
        lease_until: row.get(5)?,
        fence: row.get(6)?,
        unique_key: row.get(7)?,
    })
}

fn dead_letter(row: &Row<'_>) -> Result<DeadLetter, StoreError> {
    Ok(DeadLetter {
        id: row.get(0)?,
        tenant: row.get(1)?,
        kind: row.get(2)?,
        payload: row.named(3, "JSON", |text| serde_json::from_str(text).ok())?,
        attempts: row.get(4)?,
        last_error: row.get(5)?,
        failed_at: row.get(6)?,
    })
}
