//! Carrying a message: what the worker does for one job.

use std::time::Duration;

use deliver::{Courier, DeliveryError};
use kernel::{Env, Id, Timestamp, tenant::CONSOLE};
use serde_json::Value;
use store::{Db, Origin, StoreError, Tx, jobs::Job};
use vault::Vault;

pub(super) use super::dispatch::Dispatch;
use super::{
    Message, MessageFailed,
    dispatch::Going,
    outgoing::{job as next_job, place},
    store::{self as rows, Content, MessageRow},
};
use crate::tenants;

/// The kind of a message's jobs.
pub const DELIVER_JOB: &str = "message.deliver";

/// Doubled after each attempt, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// Why a job could not be done at all; a message that could not be carried is no such failure, it waits for its next attempt.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryFailure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a message can't be opened: {0}")]
    Sealed(String),
}

/// Carry the job's message and return the transaction that says what became of it, still open. No transaction is open meanwhile.
pub async fn deliver(db: &Db, env: &Env, vault: &Vault, courier: &Courier, job: &Job) -> Result<Tx, DeliveryFailure> {
    let id = job.payload.get("message_id").and_then(Value::as_str).and_then(|id| id.parse::<Id<Message>>().ok());
    let row = match id {
        Some(id) => rows::find(&db.read(job.tenant), id).await?,
        None => None,
    };
    let Some(row) = row else { return Ok(db.begin(Origin::system(job.tenant)).await?) };
    let outcome = if row.expires_at <= env.now() {
        Err(DeliveryError::Permanent("it expired before it could be sent".to_owned()))
    } else {
        carry(db, env, vault, courier, job, &row).await?
    };
    let tx = db.begin(Origin::system(job.tenant)).await?;
    settle(&tx, &row, outcome, env.now()).await?;
    Ok(tx)
}

/// Rows whose jobs were lost with a dead letter; returns how many there were.
pub async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    let purged = rows::delete_expired(&tx, now - Duration::from_hours(24)).await?;
    tx.commit().await?;
    Ok(purged)
}

async fn carry(
    db: &Db,
    env: &Env,
    vault: &Vault,
    courier: &Courier,
    job: &Job,
    row: &MessageRow,
) -> Result<Result<(), DeliveryError>, DeliveryFailure> {
    let opened = vault
        .open(&place(job.tenant, &row.id), &row.content)
        .map_err(|error| DeliveryFailure::Sealed(error.to_string()))?;
    let content = Content::from_bytes(&opened).ok_or_else(|| DeliveryFailure::Sealed("not a message".to_owned()))?;
    let read = db.read(job.tenant);
    // A tenant that is gone has nobody left to write to.
    let Some(tenant) = tenants::store::find(&read).await? else { return Ok(Ok(())) };
    let dispatch = Dispatch::of(&read, vault, courier, tenant, row.template).await?;
    let going = Going {
        id: row.id,
        to: &content.to,
        locale: content.locale.as_deref(),
        facts: &content.facts,
        valid_for: row.expires_at.since(row.created_at),
        at: env.now(),
        is_first: row.attempts == 0,
        is_patient: true,
    };
    Ok(dispatch.send(&going).await)
}

/// Gone, to be tried again, or given up.
async fn settle(
    tx: &Tx,
    row: &MessageRow,
    outcome: Result<(), DeliveryError>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Err(error) = outcome else { return rows::delete(tx, row.id).await.map(drop) };
    let attempts = row.attempts + 1;
    let next = now + pause(attempts);
    if !error.is_permanent() && next < row.expires_at {
        if attempts == 1 {
            // Once a message, so that whoever set the sender up wrong reads why nothing arrives.
            tracing::warn!(message_id = %row.id, template = row.template.as_str(), %error, "a message waits for its next attempt");
        }
        rows::note_failure(tx, row.id, attempts).await?;
        tx.enqueue(next_job(row.id, next));
        return Ok(());
    }
    // Whoever deletes it says so: of two workers one.
    if rows::delete(tx, row.id).await? {
        tracing::warn!(message_id = %row.id, template = row.template.as_str(), %error, "a message was given up");
        tx.emit(&MessageFailed {
            message_id: row.id,
            template: row.template,
            channel: row.channel,
            attempts,
            cause: error.to_string(),
        });
    }
    Ok(())
}

fn pause(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let pauses = [1, 2, 3, 8, 9, 1_000].map(|attempts| pause(attempts).as_secs());
        assert_eq!(pauses, [5, 10, 20, 640, 900, 900]);
    }
}
