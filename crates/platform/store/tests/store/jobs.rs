use std::{collections::HashSet, time::Duration};

use kernel::Timestamp;
use store::{
    Db, NewJob, StoreError,
    jobs::{self, Retry},
};
use tokio::task::JoinSet;

use crate::kit::{ACME, GLOBEX, origin, stores};

const LEASE: Duration = Duration::from_secs(30);

fn job(run_at: Timestamp, unique_key: Option<&str>) -> NewJob {
    let payload = serde_json::json!({ "to": "ada" });
    NewJob { kind: "mail.deliver", payload, run_at, unique_key: unique_key.map(str::to_owned) }
}

async fn enqueue(db: &Db, job: NewJob) {
    let tx = db.begin(origin(ACME)).await.unwrap();
    tx.enqueue(job);
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_leased_when_due_and_gone_when_complete() {
    for kit in stores().await {
        let db = &kit.db;
        enqueue(db, job(kit.now() + Duration::from_secs(10), None)).await;
        assert_eq!(jobs::next_run(db).await.unwrap(), Some(kit.now() + Duration::from_secs(10)));
        assert!(jobs::claim(db, kit.now(), LEASE, 10, &[]).await.unwrap().is_empty(), "not due yet");
        kit.clock.advance(10);
        let claimed = jobs::claim(db, kit.now(), LEASE, 10, &[]).await.unwrap();
        let [job] = claimed.as_slice() else { panic!("{claimed:?}") };
        assert_eq!((job.tenant, &*job.kind, job.attempts, job.fence), (ACME, "mail.deliver", 1, 1));
        assert_eq!(job.payload, serde_json::json!({ "to": "ada" }));
        assert_eq!(job.lease_until, kit.now() + LEASE);
        assert!(jobs::claim(db, kit.now(), LEASE, 10, &[]).await.unwrap().is_empty(), "on lease");
        let tx = db.begin(origin(ACME)).await.unwrap();
        jobs::complete(&tx, job).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::count(db).await.unwrap(), (0, 0));
        assert_eq!(jobs::next_run(db).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_transaction_leaves_no_job() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.enqueue(job(kit.now(), None));
        tx.rollback().await;
        assert_eq!(jobs::count(&kit.db).await.unwrap(), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_tenants_that_have_enough_are_left() {
    for kit in stores().await {
        let db = &kit.db;
        enqueue(db, job(kit.now(), None)).await;
        let tx = db.begin(origin(GLOBEX)).await.unwrap();
        tx.enqueue(job(kit.now() + Duration::from_secs(1), None));
        tx.commit().await.unwrap();
        kit.clock.advance(1);
        assert!(jobs::claim(db, kit.now(), LEASE, 10, &[GLOBEX, ACME]).await.unwrap().is_empty());
        let claimed = jobs::claim(db, kit.now(), LEASE, 1, &[ACME]).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.tenant).collect::<Vec<_>>(), [GLOBEX]);
        let claimed = jobs::claim(db, kit.now(), LEASE, 1, &[GLOBEX]).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.tenant).collect::<Vec<_>>(), [ACME]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_lease_can_neither_complete_nor_retry_nor_extend() {
    for kit in stores().await {
        let db = &kit.db;
        enqueue(db, job(kit.now(), None)).await;
        let slow = jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().remove(0);
        jobs::extend(db, &slow, kit.now() + LEASE * 2).await.unwrap();
        kit.clock.advance(31);
        assert!(jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().is_empty(), "extended");
        kit.clock.advance(30);
        let second = jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().remove(0);
        assert_eq!((second.id, second.attempts, second.fence), (slow.id, 2, 2));

        let tx = db.begin(origin(ACME)).await.unwrap();
        assert!(matches!(jobs::complete(&tx, &slow).await, Err(StoreError::LeaseLost)));
        drop(tx);
        assert!(matches!(jobs::retry(db, &slow, kit.now(), "late", 9).await, Err(StoreError::LeaseLost)));
        assert!(matches!(jobs::retry(db, &slow, kit.now(), "late", 1).await, Err(StoreError::LeaseLost)));
        assert!(matches!(jobs::extend(db, &slow, kit.now()).await, Err(StoreError::LeaseLost)));

        let tx = db.begin_system(origin(GLOBEX)).await.unwrap();
        jobs::complete(&tx, &second).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::count(db).await.unwrap(), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_too_often_becomes_a_dead_letter_and_can_be_revived() {
    for kit in stores().await {
        let db = &kit.db;
        enqueue(db, job(kit.now(), None)).await;
        for outcome in [Retry::Scheduled, Retry::Scheduled, Retry::Dead] {
            let job = jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().remove(0);
            let later = kit.now() + Duration::from_secs(5);
            assert_eq!(jobs::retry(db, &job, later, &"no answer ".repeat(500), 3).await.unwrap(), outcome);
            kit.clock.advance(5);
        }
        assert_eq!(jobs::count(db).await.unwrap(), (0, 1));
        assert!(jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().is_empty());
        let dead = jobs::dead_letters(db, 10).await.unwrap().remove(0);
        assert_eq!((dead.tenant, dead.attempts), (ACME, 3));
        assert!(dead.last_error.unwrap().len() <= 1024);
        assert!(!jobs::revive(db, GLOBEX, dead.id, kit.now()).await.unwrap(), "not that tenant's");
        assert!(jobs::revive(db, ACME, dead.id, kit.now()).await.unwrap());
        assert_eq!(jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap()[0].attempts, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_stays_dead_while_an_equal_job_waits() {
    for kit in stores().await {
        let db = &kit.db;
        enqueue(db, job(kit.now(), Some("ada"))).await;
        let failed = jobs::claim(db, kit.now(), LEASE, 1, &[]).await.unwrap().remove(0);
        assert_eq!(jobs::retry(db, &failed, kit.now(), "x", 1).await.unwrap(), Retry::Dead);
        enqueue(db, job(kit.now(), Some("ada"))).await;
        assert!(!jobs::revive(db, ACME, failed.id, kit.now()).await.unwrap());
        assert_eq!(jobs::count(db).await.unwrap(), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_jobs_one_waits_but_a_running_one_does_not_count() {
    for kit in stores().await {
        let db = &kit.db;
        for _ in 0..3 {
            enqueue(db, job(kit.now(), Some("ada"))).await;
        }
        enqueue(db, job(kit.now(), Some("bob"))).await;
        assert_eq!(jobs::count(db).await.unwrap(), (2, 0));
        let running = jobs::claim(db, kit.now(), LEASE, 10, &[]).await.unwrap();
        let ada = running.iter().find(|job| job.unique_key.as_deref() == Some("ada")).unwrap();
        enqueue(db, job(kit.now(), Some("ada"))).await;
        assert_eq!(jobs::count(db).await.unwrap(), (3, 0), "the running one may have read its input already");
        assert_eq!(jobs::retry(db, ada, kit.now(), "x", 9).await.unwrap(), Retry::Merged);
        assert_eq!(jobs::count(db).await.unwrap(), (2, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_claim_at_once_share_nothing() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        for _ in 0..100 {
            tx.enqueue(job(kit.now(), None));
        }
        tx.commit().await.unwrap();
        let mut workers = JoinSet::new();
        for _ in 0..10 {
            let (db, now) = (kit.db.clone(), kit.now());
            workers.spawn(async move {
                let mut ids = Vec::new();
                loop {
                    let claimed = jobs::claim(&db, now, LEASE, 7, &[]).await.unwrap();
                    if claimed.is_empty() {
                        return ids;
                    }
                    ids.extend(claimed.into_iter().map(|job| job.id));
                }
            });
        }
        let ids: Vec<_> = workers.join_all().await.concat();
        // A worker may pass over rows that another holds, but none is handed out twice.
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert_eq!(ids.len(), 100);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_hears_of_new_work() {
    for kit in stores().await {
        let heard = tokio::time::timeout(Duration::from_secs(5), jobs::enqueued(&kit.db));
        let (heard, ()) = tokio::join!(heard, enqueue(&kit.db, job(kit.now(), None)));
        heard.unwrap();
    }
}
