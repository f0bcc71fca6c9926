//! The bare commit on SQLite: the row of a session is rotated, in WAL mode with `synchronous = full`.
//!
//! One writer thread puts what has queued into one commit, as the product's writer does: under 64 connections the disk
//! is then waited for once for many, and a ceiling without it would be too low to mean anything.

use std::{
    hint::black_box,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use anyhow::{Context, Result, anyhow};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::committing_http::ROWS;

const SCHEMA: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    create table if not exists sessions (
      tenant_id blob not null,
      id blob not null,
      refresh_generation bigint not null,
      refresh_nonce blob not null,
      refreshed_at bigint,
      refreshed_by blob,
      last_seen_at bigint not null,
      revoked_at bigint,
      user_agent text,
      device text not null,
      primary key (tenant_id, id)
    );";
const INSERT: &str = "
    insert into sessions (tenant_id, id, refresh_generation, refresh_nonce, last_seen_at, user_agent, device)
    values (?1, ?2, 1, randomblob(16), 0, 'bench', '{}') on conflict do nothing";
const ROTATE: &str = "
    update sessions set refresh_generation = refresh_generation + 1, refreshed_at = ?3, refreshed_by = ?4, last_seen_at = ?3
    where tenant_id = ?1 and id = ?2 and revoked_at is null";
const READ: &str = "select refresh_nonce, device from sessions where tenant_id = ?1 and id = ?2";
const TENANT: [u8; 16] = [7; 16];

type Answer = oneshot::Sender<std::result::Result<(), String>>;

pub(super) struct Sqlite {
    writer: Sender<Answer>,
    reader: Mutex<Connection>,
    turn: AtomicI64,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        for row in 0..ROWS {
            connection.execute(INSERT, (TENANT, id(row)))?;
        }
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new().name("writer".to_owned()).spawn(move || write(&connection, &receiver))?;
        Ok(Self { writer: sender, reader: Mutex::new(Connection::open(path)?), turn: AtomicI64::new(0) })
    }

    /// One row by its key, on the thread that asks: with one core there is nobody to wait for.
    pub(super) fn read(&self) -> Result<()> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut statement = reader.prepare_cached(READ)?;
        let row: (Vec<u8>, String) =
            statement.query_row((TENANT, id(turn % ROWS)), |row| Ok((row.get(0)?, row.get(1)?)))?;
        black_box(row);
        Ok(())
    }

    pub(super) async fn commit(&self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.writer.send(answer).ok().context("the writer is gone")?;
        answered.await?.map_err(|error| anyhow!("{error}"))
    }
}

fn write(connection: &Connection, queue: &Receiver<Answer>) {
    let mut turn = 0;
    while let Ok(first) = queue.recv() {
        let batch: Vec<Answer> = std::iter::once(first).chain(queue.try_iter()).collect();
        let outcome = rotate(connection, batch.len(), &mut turn).map_err(|error| error.to_string());
        for answer in batch {
            // Whoever no longer waits does not care.
            let _ = answer.send(outcome.clone());
        }
    }
}

fn rotate(connection: &Connection, count: usize, turn: &mut i64) -> rusqlite::Result<()> {
    let run = |sql| connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
    run("begin immediate")?;
    for _ in 0..count {
        *turn += 1;
        connection.prepare_cached(ROTATE)?.execute((TENANT, id(*turn % ROWS), *turn, [9_u8; 16]))?;
    }
    run("commit").map(drop)
}

fn id(row: i64) -> [u8; 16] {
    let mut id = [1; 16];
    id[8..].copy_from_slice(&row.to_be_bytes());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_of_a_batch_is_one_durable_update() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ceiling.db");
        let store = Sqlite::open(&path).unwrap();
        store.read().unwrap();
        drop(store);
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let mut turn = 0;
        rotate(&connection, 20, &mut turn).unwrap();
        rotate(&connection, 5, &mut turn).unwrap();
        let rotated: i64 =
            connection.query_row("select sum(refresh_generation - 1) from sessions", (), |row| row.get(0)).unwrap();
        assert_eq!(rotated, 25);
        let settings: (String, i64) = connection
            .query_row("select * from pragma_journal_mode, pragma_synchronous", (), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(settings, ("wal".to_owned(), 2), "synchronous = full is 2");
    }
}
