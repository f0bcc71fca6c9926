use std::sync::Arc;

use store::{Query, params};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    cats::{INSERT_CODE, USE_CODE, id},
    kit::{ACME, origin, stores},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_take_a_code_at_once_one_has_it() {
    for kit in stores().await {
        for _ in 0..10 {
            let code = id();
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            tx.execute(&INSERT_CODE, params![code]).await.unwrap();
            tx.commit().await.unwrap();

            let start = Arc::new(Barrier::new(50));
            let mut tasks = JoinSet::new();
            for _ in 0..50 {
                let (db, now, start) = (kit.db.clone(), kit.now(), Arc::clone(&start));
                tasks.spawn(async move {
                    start.wait().await;
                    let tx = db.begin(origin(ACME)).await.unwrap();
                    let taken = tx.one(&USE_CODE, params![code, now], |row| row.get::<uuid::Uuid>(0)).await.unwrap();
                    tx.commit().await.unwrap();
                    taken.is_some()
                });
            }
            assert_eq!(tasks.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
        }
    }
}
