//! An import as a job: its rows are left in chunks, and worked off one chunk a turn on whichever node is free.

use ::store::{Db, NewJob, Origin, StoreError, Tx};
use edge::{Context, Failure, LineReader};
use identity::users::Delegations;
use kernel::{Env, Id, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Import,
    batch::{self, apply},
    error::ImportError,
    event::{ImportFinished, ImportProgressed, ImportStarted},
    model::{ImportState, ImportSummary},
    options::ImportOptions,
    row::Row,
    store::{self, WaitingLine},
};

/// The kind of the job.
pub const JOB: &str = "lifecycle.import";

const MOST_BYTES: usize = 64 * 1_024 * 1_024;
const MOST_LINES: u64 = 200_000;
/// A chunk is one row of the store.
const CHUNK_BYTES: usize = 256 * 1_024;

#[derive(Serialize, Deserialize)]
struct Payload {
    import_id: Id<Import>,
    number: i64,
}

/// Take the rows in, and leave the job behind.
pub(super) async fn receive(cx: &Context, options: ImportOptions, rows: Received) -> Result<Import, Failure> {
    let (db, id) = (cx.store().clone(), cx.new_id());
    let tx = db.begin(cx.own_origin()).await?;
    store::insert(&tx, id, ImportState::Receiving, options, cx.now()).await?;
    tx.commit().await?;
    // Each chunk commits by itself: a slow sender must not hold the writer.
    let mut chunks = Chunks { db, origin: cx.own_origin(), id, number: 0, lines: Vec::new(), bytes: 0, total: 0 };
    match rows {
        Received::Lines(mut lines) => {
            while let Some(line) = lines.next().await? {
                let text = line.text.map(|text| String::from_utf8_lossy(&text).into_owned());
                chunks.push(line.number, text).await?;
            }
        }
        Received::List(list) => {
            for (number, value) in (1..).zip(list) {
                chunks.push(number, Some(value.to_string())).await?;
            }
        }
    }
    chunks.flush().await?;
    let tx = cx.tx().await?;
    store::queue(tx, id, chunks.number, cx.now()).await?;
    tx.enqueue(turn(id, 0, cx.env()));
    tx.emit(&ImportStarted { import_id: id, existing: options.existing, replace_passwords: options.replace_passwords });
    Ok(store::find(tx, id).await?.ok_or(ImportError::Unknown)?)
}

pub(super) enum Received {
    Lines(LineReader),
    List(Vec<Value>),
}

struct Chunks {
    db: Db,
    origin: Origin,
    id: Id<Import>,
    number: i64,
    lines: Vec<WaitingLine>,
    bytes: usize,
    total: usize,
}

impl Chunks {
    async fn push(&mut self, number: u64, text: Option<String>) -> Result<(), ImportError> {
        let bytes = text.as_ref().map_or(0, String::len);
        self.total += bytes;
        if self.total > MOST_BYTES || number > MOST_LINES {
            return Err(ImportError::TooLarge);
        }
        self.bytes += bytes;
        self.lines.push((number, text));
        if self.lines.len() >= batch::SIZE || self.bytes > CHUNK_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let tx = self.db.begin(self.origin.clone()).await?;
        store::insert_chunk(&tx, self.id, self.number, &self.lines).await?;
        tx.commit().await?;
        self.number += 1;
        self.bytes = 0;
        self.lines.clear();
        Ok(())
    }
}

/// One turn: the rows of one chunk, and the next turn, in one transaction that the worker commits.
pub async fn run(
    db: &Db,
    env: &Env,
    delegations: Delegations,
    tenant: TenantId,
    payload: &Value,
) -> Result<Tx, StoreError> {
    let Payload { import_id, number } =
        Payload::deserialize(payload).map_err(|error| StoreError::Internal(error.to_string()))?;
    let tx = db.begin(Origin::system(tenant)).await?;
    let Some(import) = store::find(&tx, import_id).await? else { return Ok(tx) };
    let now = env.now();
    let mut summary = import.summary;
    if let Some(lines) = store::waiting(&tx, import_id, number).await? {
        let rows: Vec<Row> =
            lines.iter().map(|(line, text)| Row::read(*line, text.as_ref().map(String::as_bytes), now)).collect();
        let results = apply(&tx, env, delegations, import.options, &rows).await?;
        let more = ImportSummary::of(&results);
        if !store::advance(&tx, import_id, summary.lines, more, now).await? {
            return Err(StoreError::LeaseLost);
        }
        store::put_results(&tx, import_id, number, &results).await?;
        tx.emit(&ImportProgressed::of(import_id, &results));
        summary = summary.plus(more);
    }
    if number + 1 < import.chunks.unwrap_or_default() {
        tx.enqueue(turn(import_id, number + 1, env));
    } else {
        store::finish(&tx, import_id, now).await?;
        tx.emit(&ImportFinished::of(import_id, summary));
    }
    Ok(tx)
}

fn turn(import_id: Id<Import>, number: i64, env: &Env) -> NewJob {
    let payload = serde_json::to_value(Payload { import_id, number }).unwrap_or_default();
    NewJob { kind: JOB, payload, run_at: env.now(), unique_key: None }
}

/// Forget imports that ended a week ago, and what was sent of those that never began; how many are gone.
pub async fn purge(db: &Db, env: &Env) -> Result<u64, StoreError> {
    store::purge(db, env.now()).await
}
