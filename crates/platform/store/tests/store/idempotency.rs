use std::{sync::Arc, time::Duration};

use kernel::Timestamp;
use store::{
    Db, StoreError,
    idempotency::{self, Claim, Request, Ticket},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    cats::{self, cat},
    kit::{ACME, GLOBEX, origin, stores},
};

const LOCK: Duration = Duration::from_mins(1);

fn request(body: u8) -> Request<'static> {
    Request {
        tenant: ACME,
        principal: "api_key:1",
        key: "k",
        fingerprint: [body; 32],
        lock: LOCK,
        keep: Duration::from_hours(24),
    }
}

async fn claim(db: &Db, request: &Request<'_>) -> Claim {
    idempotency::claim(db, request).await.unwrap()
}

async fn claim_new(db: &Db, request: &Request<'_>) -> Ticket {
    match claim(db, request).await {
        Claim::New(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

async fn finish(db: &Db, ticket: &Ticket) -> Result<(), StoreError> {
    let tx = db.begin(origin(ACME)).await.unwrap();
    idempotency::finish(&tx, ticket, 201, b"sealed").await?;
    tx.commit().await
}

fn is_running_until(claim: &Claim, time: Timestamp) -> bool {
    matches!(claim, Claim::Running { until } if *until == time)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_new_then_running_then_replayed_then_new_again() {
    for kit in stores().await {
        let db = &kit.db;
        let ticket = claim_new(db, &request(1)).await;
        assert!(is_running_until(&claim(db, &request(1)).await, kit.now() + LOCK));
        assert!(matches!(claim(db, &request(2)).await, Claim::Mismatch));
        finish(db, &ticket).await.unwrap();
        match claim(db, &request(1)).await {
            Claim::Replay { status, reply } => assert_eq!((status, &*reply), (201, b"sealed".as_slice())),
            other => panic!("{other:?}"),
        }
        assert!(matches!(claim(db, &request(2)).await, Claim::Mismatch));
        claim_new(db, &Request { tenant: GLOBEX, ..request(2) }).await;
        claim_new(db, &Request { principal: "api_key:2", ..request(2) }).await;
        kit.clock.advance(24 * 3_600);
        claim_new(db, &request(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_stored_together_with_its_effect_or_not_at_all() {
    for kit in stores().await {
        let db = &kit.db;
        let ticket = claim_new(db, &request(1)).await;
        let tom = cat("tom");
        let tx = db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &tom).await.unwrap();
        idempotency::finish(&tx, &ticket, 201, b"sealed").await.unwrap();
        tx.rollback().await;
        assert!(is_running_until(&claim(db, &request(1)).await, kit.now() + LOCK));
        idempotency::release(db, &ticket).await.unwrap();
        claim_new(db, &request(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_over_can_neither_finish_nor_release() {
    for kit in stores().await {
        let db = &kit.db;
        let slow = claim_new(db, &request(1)).await;
        kit.clock.advance(60);
        assert!(matches!(claim(db, &request(2)).await, Claim::Mismatch), "the key stays the first body's");
        let second = claim_new(db, &request(1)).await;
        assert!(matches!(finish(db, &slow).await, Err(StoreError::LeaseLost)));
        idempotency::release(db, &slow).await.unwrap();
        assert!(is_running_until(&claim(db, &request(1)).await, kit.now() + LOCK));
        finish(db, &second).await.unwrap();
        assert!(matches!(finish(db, &second).await, Err(StoreError::LeaseLost)), "once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_bring_the_same_key_at_once_one_runs() {
    for kit in stores().await {
        let start = Arc::new(Barrier::new(50));
        let mut tasks = JoinSet::new();
        for task in 0..50 {
            let (db, start) = (kit.db.clone(), Arc::clone(&start));
            tasks.spawn(async move {
                start.wait().await;
                claim(&db, &request(task % 2)).await
            });
        }
        let claims = tasks.join_all().await;
        assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::New(_))).count(), 1);
        assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Running { .. })).count(), 24);
        assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Mismatch)).count(), 25);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_purged_in_all_tenants() {
    for kit in stores().await {
        let db = &kit.db;
        claim_new(db, &request(1)).await;
        claim_new(db, &Request { tenant: GLOBEX, ..request(1) }).await;
        claim_new(db, &Request { key: "later", keep: Duration::from_hours(48), ..request(1) }).await;
        assert_eq!(idempotency::purge(db, kit.now()).await.unwrap(), 0);
        kit.clock.advance(24 * 3_600);
        assert_eq!(idempotency::purge(db, kit.now()).await.unwrap(), 2);
    }
}
