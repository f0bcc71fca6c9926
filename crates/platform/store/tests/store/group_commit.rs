use std::{sync::Arc, time::Duration};

use kernel::Id;
use store::{StoreError, params};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    cats::{self, DELETE_CAT, cat},
    kit::{ACME, origin, stores},
};

/// Three of four commit, one of four gives up: who shares a commit must not share a fate.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_at_once_keep_what_they_committed_and_nothing_else() {
    for kit in stores().await {
        let start = Arc::new(Barrier::new(64));
        let mut tasks = JoinSet::new();
        for task in 0..64 {
            let (db, start) = (kit.db.clone(), Arc::clone(&start));
            tasks.spawn(async move {
                start.wait().await;
                for round in 0..8 {
                    let cat = cat(&format!("{task}-{round}"));
                    let tx = db.begin(origin(ACME)).await.unwrap();
                    cats::insert(&tx, &cat).await.unwrap();
                    let keep = (task + round) % 4 != 0;
                    if keep {
                        tx.commit().await.unwrap();
                    } else if round % 2 == 0 {
                        tx.rollback().await;
                    } else {
                        drop(tx);
                    }
                    assert_eq!(cats::find(&db.read(ACME), cat.id).await.is_some(), keep, "read after the answer");
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        assert_eq!(cats::count(&kit.db.read(ACME)).await, 64 * 8 * 3 / 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_spares_the_rest_of_its_group() {
    for kit in stores().await {
        let taken = cats::saved(&kit.db, ACME, "tom").await;
        let mut tasks = JoinSet::new();
        for task in 0..32 {
            let (db, taken) = (kit.db.clone(), taken.clone());
            tasks.spawn(async move {
                let tx = db.begin(origin(ACME)).await.unwrap();
                if task % 2 == 0 {
                    cats::insert(&tx, &cat(&task.to_string())).await.unwrap();
                    tx.commit().await.unwrap();
                } else {
                    assert!(cats::insert(&tx, &taken).await.is_err());
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        assert_eq!(cats::count(&kit.db.read(ACME)).await, 17);
    }
}

/// What is written with the commit is undone without a savepoint, or with one where there is more than one statement.
#[tokio::test(flavor = "multi_thread")]
async fn last_statements_are_kept_together_or_not_at_all_and_spare_the_rest_of_their_group() {
    for kit in stores().await {
        let taken = cats::saved(&kit.db, ACME, "tom").await;
        let mut tasks = JoinSet::new();
        for task in 0..32 {
            let (db, taken) = (kit.db.clone(), taken.clone());
            tasks.spawn(async move {
                let tx = db.begin(origin(ACME)).await.unwrap();
                let own = cat(&task.to_string());
                let (is_alone, is_refused) = (task % 2 == 0, task % 4 >= 2);
                if !(is_alone && is_refused) {
                    cats::insert_last(&tx, &own);
                }
                if is_refused {
                    cats::insert_last(&tx, &taken);
                } else if !is_alone {
                    cats::insert_last(&tx, &cat(&format!("friend of {task}")));
                }
                assert_eq!(cats::find(&tx, own.id).await, None, "not before the commit");
                assert_eq!(tx.commit().await.is_err(), is_refused);
                assert_eq!(cats::find(&db.read(ACME), own.id).await.is_some(), !is_refused);
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        assert_eq!(cats::count(&kit.db.read(ACME)).await, 1 + 8 + 16);
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert_last(&tx, &cat("given up"));
        assert!(tx.has_changed());
        tx.rollback().await;
        assert_eq!(cats::count(&kit.db.read(ACME)).await, 1 + 8 + 16);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_not_waited_for_commits_or_not_but_never_blocks() {
    for kit in stores().await {
        for task in 0..20 {
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            cats::insert(&tx, &cat(&task.to_string())).await.unwrap();
            // Given up in the middle of the commit, at moments that differ.
            let _ = tokio::time::timeout(Duration::from_micros(task * 20), tx.commit()).await;
        }
        cats::saved(&kit.db, ACME, "last").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_does_not_let_go_makes_others_fail_in_time() {
    for kit in stores().await {
        // PostgreSQL lets many write.
        if kit.place.postgres().is_some() {
            continue;
        }
        let held = kit.db.begin(origin(ACME)).await.unwrap();
        let Err(error) = kit.db.begin(origin(ACME)).await else { panic!("two writers at once") };
        assert!(matches!(error, StoreError::Unavailable(_)));
        assert_eq!(held.execute(&DELETE_CAT, params![Id::<cats::Cat>::from_u128(1)]).await.unwrap(), 0);
        held.commit().await.unwrap();
        cats::saved(&kit.db, ACME, "afterwards").await;
    }
}
