use std::sync::Arc;

use store::{Migration, MigrationStep, Query, StoreError};
use tokio::task::JoinSet;

use crate::{
    cats,
    kit::{ACME, migrations, open, places, stores},
};

const FIRST: Migration = Migration::new("t/0001", "create table t (tenant_id blob not null, id blob)");
const BROKEN: Migration = Migration::new("t/0002", "create table u (id blob); insert into nowhere values (1)");

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_applied_once() {
    for kit in stores().await {
        assert_eq!(kit.db.pending(&migrations()).await.unwrap(), Vec::<&str>::new());
        let list = [migrations(), vec![FIRST]].concat();
        assert_eq!(kit.db.pending(&list).await.unwrap(), ["t/0001"]);
        let mut steps = Vec::new();
        assert_eq!(kit.db.migrate(&list, &mut |step| steps.push(step)).await.unwrap(), ["t/0001"]);
        let last_two = &steps[steps.len() - 2..];
        assert_eq!(last_two, [MigrationStep::Applying { id: "t/0001" }, MigrationStep::Applied { id: "t/0001" }]);
        assert_eq!(steps[0], MigrationStep::Skipped { id: list[0].id });
        assert_eq!(kit.db.migrate(&list, &mut |_| {}).await.unwrap(), Vec::<&str>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_an_error_before_anything_is_done() {
    for kit in stores().await {
        kit.db.migrate(&[FIRST], &mut |_| {}).await.unwrap();
        let changed = Migration { sql: "create table t (id text)", ..FIRST };
        let list = [changed, Migration::new("t/0003", "create table v (id text)")];
        assert!(matches!(kit.db.pending(&list).await, Err(StoreError::Migration(_))));
        assert!(matches!(kit.db.migrate(&list, &mut |_| {}).await, Err(StoreError::Migration(_))));
        assert_eq!(kit.db.pending(&list[1..]).await.unwrap(), ["t/0003"]);
        let forked = Migration { postgres: Some("create table t (id text)"), ..FIRST };
        assert!(kit.db.pending(&[forked]).await.is_err(), "a fork counts as a change");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_nothing_of_itself() {
    for kit in stores().await {
        let error = kit.db.migrate(&[FIRST, BROKEN], &mut |_| {}).await.unwrap_err();
        assert!(matches!(&error, StoreError::Migration(text) if text.contains("t/0002")), "{error:?}");
        assert_eq!(kit.db.pending(&[FIRST, BROKEN]).await.unwrap(), ["t/0002"]);
        let mended = Migration { sql: "create table u (id blob)", ..BROKEN };
        assert_eq!(kit.db.migrate(&[FIRST, mended], &mut |_| {}).await.unwrap(), ["t/0002"]);
        cats::saved(&kit.db, ACME, "tom").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_take_turns() {
    for place in places().await {
        let clock = Arc::new(crate::kit::clock());
        let mut nodes = JoinSet::new();
        for _ in 0..6 {
            let (url, clock) = (place.url(), Arc::clone(&clock));
            nodes.spawn(async move {
                let db = open(&url, &clock).await;
                db.migrate(&migrations(), &mut |_| {}).await.unwrap().len()
            });
        }
        let applied: usize = nodes.join_all().await.into_iter().sum();
        assert_eq!(applied, migrations().len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_binary_ignores_what_a_newer_one_applied() {
    for kit in stores().await {
        kit.db.migrate(&[FIRST], &mut |_| {}).await.unwrap();
        assert_eq!(kit.db.pending(&migrations()).await.unwrap(), Vec::<&str>::new());
        let none = kit.db.read(ACME).all(&cats::COUNT_CATS, store::params![], |row| row.get::<i64>(0)).await.unwrap();
        assert_eq!(none, [0]);
    }
}
