use std::time::Duration;

use store::Invalidation;
use tokio::{
    sync::broadcast::{Receiver, error::TryRecvError},
    time::timeout,
};

use crate::kit::{ACME, client, origin, stores};

async fn hear(receiver: &mut Receiver<Invalidation>) -> Invalidation {
    timeout(Duration::from_secs(10), receiver.recv()).await.unwrap().unwrap()
}

fn clients(key: &str) -> Invalidation {
    Invalidation { topic: "clients".to_owned(), tenant: ACME, key: key.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_tells_this_node_once_and_a_roll_back_does_not() {
    for kit in stores().await {
        let mut receiver = kit.db.subscribe();
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.invalidate("clients", "1");
        tx.rollback().await;
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.invalidate("clients", "2");
        tx.invalidate("clients", "2");
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty), "not before the commit");
        tx.commit().await.unwrap();
        assert_eq!(hear(&mut receiver).await, clients("2"));
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.invalidate("clients", "3");
        tx.commit().await.unwrap();
        assert_eq!(hear(&mut receiver).await, clients("3"), "its own notice is not heard twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_nodes_hear_it_and_empty_their_caches_when_the_line_was_down() {
    for kit in stores().await {
        let Some(url) = kit.place.postgres() else { continue };
        let other = kit.second_node().await;
        let mut receiver = other.subscribe();
        // The listener needs a moment to be there.
        let first = timeout(Duration::from_secs(10), async {
            loop {
                let tx = kit.db.begin(origin(ACME)).await.unwrap();
                tx.invalidate("clients", "1");
                tx.commit().await.unwrap();
                if let Ok(Ok(heard)) = timeout(Duration::from_millis(100), receiver.recv()).await {
                    return heard;
                }
            }
        });
        assert_eq!(first.await.unwrap(), clients("1"));
        client(&url)
            .await
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                  where datname = current_database() and query like 'listen %'",
                &[],
            )
            .await
            .unwrap();
        while !hear(&mut receiver).await.is_all() {}
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.invalidate("clients", "2");
        tx.commit().await.unwrap();
        assert_eq!(hear(&mut receiver).await, clients("2"), "and the line is back");
    }
}
