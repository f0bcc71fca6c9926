//! The bare commit on PostgreSQL: the row of a session is rotated by one prepared statement, which commits by itself.
//!
//! As many connections as the product's pool has, each with one statement at a time.

use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::Statement;

use super::committing_http::ROWS;
use crate::postgres::Session;

const CONNECTIONS: usize = 16;
const SCHEMA: &str = "
    create table if not exists ceiling_sessions (
      tenant_id bytea not null,
      id bigint not null,
      refresh_generation bigint not null,
      refresh_nonce bytea not null,
      refreshed_at bigint,
      refreshed_by bytea,
      last_seen_at bigint not null,
      revoked_at bigint,
      user_agent text,
      device text not null,
      primary key (tenant_id, id)
    )";
const FILL: &str = "
    insert into ceiling_sessions (tenant_id, id, refresh_generation, refresh_nonce, last_seen_at, user_agent, device)
    select $1, n, 1, $1, 0, 'bench', '{}' from generate_series(0, $2::bigint) n on conflict do nothing";
const ROTATE: &str = "
    update ceiling_sessions
    set refresh_generation = refresh_generation + 1, refreshed_at = $3, refreshed_by = $4, last_seen_at = $3
    where tenant_id = $1 and id = $2 and revoked_at is null";
const READ: &str = "select refresh_nonce, device from ceiling_sessions where tenant_id = $1 and id = $2";
const TENANT: &[u8] = &[7; 16];

struct Prepared {
    session: Session,
    rotate: Statement,
    read: Statement,
}

pub(super) struct Postgres {
    free: Mutex<Vec<Prepared>>,
    permits: Semaphore,
    turn: AtomicI64,
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut free = Vec::new();
        for number in 0..CONNECTIONS {
            let session = Session::open(url).await?;
            if number == 0 {
                session.client.batch_execute(SCHEMA).await?;
                session.client.execute(FILL, &[&TENANT, &ROWS]).await?;
            }
            let (rotate, read) = (session.client.prepare(ROTATE).await?, session.client.prepare(READ).await?);
            free.push(Prepared { session, rotate, read });
        }
        Ok(Self { free: Mutex::new(free), permits: Semaphore::new(CONNECTIONS), turn: AtomicI64::new(0) })
    }

    pub(super) async fn commit(&self) -> Result<()> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.with(async |prepared| {
            let Prepared { session, rotate, .. } = prepared;
            let rotated = session.client.execute(rotate, &[&TENANT, &(turn % ROWS), &turn, &TENANT]).await;
            rotated.map(drop).context("the commit failed")
        })
        .await
    }

    pub(super) async fn read(&self) -> Result<()> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.with(async |prepared| {
            let row = prepared.session.client.query_one(&prepared.read, &[&TENANT, &(turn % ROWS)]).await;
            row.map(drop).context("the read failed")
        })
        .await
    }

    async fn with(&self, work: impl AsyncFnOnce(&Prepared) -> Result<()>) -> Result<()> {
        let permit = self.permits.acquire().await?;
        let prepared = self.free.lock().await.pop().context("more permits than connections")?;
        let outcome = work(&prepared).await;
        self.free.lock().await.push(prepared);
        drop(permit);
        outcome
    }
}
