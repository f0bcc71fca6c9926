use store::{Query, StoreError, params};

use crate::{
    cats::{self, DELETE_CAT, FIND_CAT, INSERT_CAT, LOSE_LIFE, cat},
    kit::{ACME, GLOBEX, origin, stores},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_read_and_what_was_not_is_not() {
    for kit in stores().await {
        let (kept, rolled_back, dropped) = (cat("kept"), cat("rolled back"), cat("dropped"));
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &kept).await.unwrap();
        assert_eq!(cats::find(&tx, kept.id).await.as_ref(), Some(&kept), "its own transaction sees it");
        assert_eq!(cats::find(&kit.db.read(ACME), kept.id).await, None, "nobody else does");
        tx.commit().await.unwrap();

        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &rolled_back).await.unwrap();
        tx.rollback().await;

        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &dropped).await.unwrap();
        drop(tx);

        let read = kit.db.read(ACME);
        assert_eq!(cats::find(&read, kept.id).await, Some(kept));
        assert_eq!(cats::find(&read, rolled_back.id).await, None);
        assert_eq!(cats::find(&read, dropped.id).await, None);
        kit.db.health().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn returning_answers_and_rows_are_counted() {
    for kit in stores().await {
        let cat = cats::saved(&kit.db, ACME, "tom").await;
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        let lives = tx.one(&LOSE_LIFE, params![cat.id], |row| row.get::<u32>(0)).await.unwrap();
        assert_eq!(lives, Some(8));
        assert!(tx.has_changed());
        assert_eq!(tx.execute(&DELETE_CAT, params![cat.id]).await.unwrap(), 1);
        assert_eq!(tx.execute(&DELETE_CAT, params![cat.id]).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_ends_its_transaction_on_both_databases() {
    for kit in stores().await {
        let taken = cats::saved(&kit.db, ACME, "tom").await;
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        let other = cat("other");
        cats::insert(&tx, &other).await.unwrap();
        let twin = cats::CatRow { name: "twin".to_owned(), ..taken };
        assert!(matches!(cats::insert(&tx, &twin).await, Err(StoreError::Conflict { .. })));
        assert!(matches!(tx.one(&FIND_CAT, params![twin.id], cats::cat_of).await, Err(StoreError::Internal(_))));
        assert!(matches!(tx.commit().await, Err(StoreError::Internal(_))));
        assert_eq!(cats::find(&kit.db.read(ACME), other.id).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_does_not_write_and_scopes_do_not_mix() {
    for kit in stores().await {
        let db = &kit.db;
        let cat = cats::saved(db, ACME, "tom").await;
        let internal = |result: Result<Option<i64>, StoreError>| matches!(result, Err(StoreError::Internal(_)));
        assert!(internal(db.read(ACME).one(&LOSE_LIFE, params![cat.id], |row| row.get(0)).await));
        assert!(internal(db.read(ACME).one(&cats::COUNT_ALL_CATS, params![], |row| row.get(0)).await));
        assert!(internal(db.system_read().one(&cats::COUNT_CATS, params![], |row| row.get(0)).await));
        let tx = db.begin_system(origin(GLOBEX)).await.unwrap();
        assert_eq!(cats::count(&tx).await, 0, "its origin's tenant, where none is named");
        assert_eq!(tx.execute(&DELETE_CAT, params![cat.id]).await.unwrap(), 0);
        assert_eq!(tx.one(&cats::COUNT_ALL_CATS, params![], |row| row.get::<i64>(0)).await.unwrap(), Some(1));
        assert_eq!(tx.execute_as(GLOBEX, &DELETE_CAT, params![cat.id]).await.unwrap(), 0);
        assert_eq!(tx.execute_as(ACME, &DELETE_CAT, params![cat.id]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let tx = db.begin(origin(ACME)).await.unwrap();
        assert!(tx.execute_as(GLOBEX, &DELETE_CAT, params![cat.id]).await.is_err(), "not bound to that tenant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_of_values_is_refused() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        assert!(matches!(tx.execute(&INSERT_CAT, params![1]).await, Err(StoreError::Internal(_))));
        assert!(matches!(tx.execute(&DELETE_CAT, params![1, 2]).await, Err(StoreError::Internal(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_loses_a_deadlock_is_a_serialization_error() {
    for kit in stores().await {
        // SQLite has one writer at a time, so nothing to lose there.
        if kit.place.postgres().is_none() {
            continue;
        }
        let (a, b) = (cats::saved(&kit.db, ACME, "a").await, cats::saved(&kit.db, ACME, "b").await);
        let first = kit.db.begin(origin(ACME)).await.unwrap();
        let second = kit.db.begin(origin(ACME)).await.unwrap();
        first.execute(&DELETE_CAT, params![a.id]).await.unwrap();
        second.execute(&DELETE_CAT, params![b.id]).await.unwrap();
        let (one, two) = tokio::join!(
            async {
                first.execute(&DELETE_CAT, params![b.id]).await?;
                first.commit().await
            },
            async {
                second.execute(&DELETE_CAT, params![a.id]).await?;
                second.commit().await
            },
        );
        let lost = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(lost.as_slice(), [StoreError::Serialization(_)]), "{lost:?}");
    }
}
