//! What only a full disk brings out, with SQLite's page limit in the disk's place: the same code, `SQLITE_FULL`.

use kernel::TenantId;

use super::*;
use crate::{Scope, Statement, StoreOptions, Value, params, sqlite::connection};

const TENANT: TenantId = TenantId::from_u128(1);

static INSERT: Statement = both("INSERT", "insert into blobs (tenant_id, data) values ($1, $2)");
static COUNT: Statement = both("COUNT", "select count(*) from blobs where tenant_id = $1");

const fn both(name: &'static str, sql: &'static str) -> Statement {
    Statement::new(name, Scope::Tenant, sql, sql)
}

struct Disk {
    writer: Writer,
    _folder: tempfile::TempDir,
}

async fn disk() -> Disk {
    let folder = tempfile::tempdir().unwrap();
    let (path, options) = (folder.path().join("full.db"), StoreOptions::default());
    let connection = connection::writer(&path, &options).unwrap();
    let checkpointer = connection::checkpointer(&path, &options).unwrap();
    connection.execute_batch("create table blobs (tenant_id blob, data blob)").unwrap();
    let disk =
        Disk { writer: Writer::start(connection, checkpointer, Duration::from_secs(5)).unwrap(), _folder: folder };
    disk.limit(64).await;
    disk
}

impl Disk {
    async fn limit(&self, pages: u32) {
        let batch = self.writer.lock().await.unwrap();
        let _: u32 =
            batch.connection.query_row(&format!("pragma max_page_count = {pages}"), [], |row| row.get(0)).unwrap();
    }

    async fn count(&self) -> i64 {
        let tx = self.writer.begin().await.unwrap();
        run(&tx, &COUNT, &[]).unwrap().unwrap()
    }
}

fn run(tx: &Transaction, statement: &'static Statement, params: &[Value<'_>]) -> Result<Option<i64>, StoreError> {
    let mut found = None;
    let mut keep = |row: &crate::Row<'_>| row.get(0).map(|value| found = Some(value));
    tx.rows(&Call::new(statement.text(), Some(TENANT), params)?, Wanted::First, &mut keep)?;
    Ok(found)
}

fn insert(tx: &Transaction, size: usize) -> Result<(), StoreError> {
    run(tx, &INSERT, params![vec![7_u8; size]]).map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_heals_by_itself() {
    let disk = disk().await;
    let tx = disk.writer.begin().await.unwrap();
    insert(&tx, 1_000).unwrap();
    tx.commit(&[]).await.unwrap();
    assert_eq!(disk.count().await, 1);

    let tx = disk.writer.begin().await.unwrap();
    let error = insert(&tx, 1_000_000).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    drop(tx);
    assert_eq!(disk.count().await, 1, "reading goes on");

    disk.limit(10_000).await;
    let tx = disk.writer.begin().await.unwrap();
    insert(&tx, 1_000_000).unwrap();
    tx.commit(&[]).await.unwrap();
    assert_eq!(disk.count().await, 2);
}

/// What SQLite does by itself on some failures of the device.
fn lose(tx: &Transaction) {
    let lost = tx.held.lock().statement(|connection| {
        connection.execute_batch("rollback").unwrap();
        Err::<(), _>(StoreError::Unavailable("disk I/O error".to_owned()))
    });
    assert!(lost.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_undoes_the_whole_group_everyone_in_it_hears_of_it() {
    let disk = disk().await;
    let first = disk.writer.begin().await.unwrap();
    insert(&first, 1_000).unwrap();
    // The second queues before the first lets the committer know, so it joins the first's group.
    let mut queued = Box::pin(disk.writer.begin());
    std::future::poll_fn(|context| {
        assert!(queued.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    let answer = first.held.lock().release(&first.committer).unwrap();
    drop(first);
    let second = queued.await.unwrap();
    insert(&second, 1_000).unwrap();

    lose(&second);
    assert!(matches!(answer.await.unwrap(), Err(StoreError::Unavailable(_))), "the first is not acknowledged");
    assert!(matches!(insert(&second, 1), Err(StoreError::Unavailable(_))), "nothing runs outside of a transaction");
    assert!(matches!(second.commit(&[]).await, Err(StoreError::Unavailable(_))));
    let reader = disk.writer.begin().await.unwrap();
    lose(&reader);
    assert!(matches!(reader.commit(&[]).await, Err(StoreError::Unavailable(_))), "nobody would ever answer it");

    assert_eq!(disk.count().await, 0);
    let tx = disk.writer.begin().await.unwrap();
    insert(&tx, 1_000).unwrap();
    tx.commit(&[]).await.unwrap();
    assert_eq!(disk.count().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_committer_nobody_waits_for_one() {
    let disk = disk().await;
    let tx = disk.writer.begin().await.unwrap();
    insert(&tx, 1_000).unwrap();
    // Nobody hears that it is ready.
    let answer = tx.held.lock().release(&mpsc::channel().0).unwrap();
    drop(tx);
    let gone = Committer(Arc::clone(&disk.writer.batch));
    tokio::task::spawn_blocking(move || drop(gone)).await.unwrap();
    assert!(matches!(answer.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(disk.writer.begin().await.map(drop), Err(StoreError::Unavailable(_))));
}
