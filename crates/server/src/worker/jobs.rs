//! Leased jobs: work that a transaction left behind.

use std::{pin::Pin, time::Duration};

use store::{
    Db, StoreError, Tx,
    jobs::{self, Job},
};
use tokio::sync::watch;

use super::{Worker, lanes::Lanes, rest};

/// How long a node may take for one job before another may take it over.
const LEASE: Duration = Duration::from_mins(2);
/// Other nodes' jobs are found by asking.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Then the job waits for a person.
const ATTEMPTS: u32 = 8;
/// Doubled after each attempt: 10 s, 20 s, .. about 11 minutes before the last.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// Does the jobs of one kind.
#[derive(Clone, Copy)]
pub struct JobHandler {
    /// As in [`store::NewJob`].
    pub kind: &'static str,
    /// Does the work and returns the transaction that holds its effect, still open: the job is completed in it, so that both
    /// become true together. No transaction may be open while mail or HTTP is on its way.
    pub run: for<'a> fn(&'a Worker, &'a Job) -> JobFuture<'a>,
}

pub type JobFuture<'a> = Pin<Box<dyn Future<Output = Result<Tx, JobFailure>> + Send + 'a>>;

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// For the log and the dead letter; must hold no personal data.
    #[error("{0}")]
    Other(String),
}

impl Worker {
    /// All jobs that are due now, one after another in the order in which they were caused, until none is left; how many were run.
    pub async fn run_jobs(&self) -> Result<usize, StoreError> {
        let (mut lanes, mut done) = (Lanes::one(), 0);
        loop {
            self.fill(&mut lanes).await?;
            let Some(result) = lanes.next().await else { return Ok(done) };
            result?;
            done += 1;
        }
    }

    /// Run jobs as they become due, until the stop; what has begun is finished.
    pub(super) async fn work_off(&self, mut stop: watch::Receiver<bool>) {
        let mut lanes = Lanes::new();
        loop {
            let goes_on = !*stop.borrow();
            if goes_on && let Err(error) = self.fill(&mut lanes).await {
                tracing::warn!(%error, "no jobs can be taken; tried again");
            }
            tokio::select! {
                Some(result) = lanes.next() => {
                    if let Err(error) = result {
                        tracing::warn!(%error, "the end of a job could not be noted; it runs again");
                    }
                }
                () = rest(ASK_EVERY, &mut stop), if goes_on => {}
                () = jobs::enqueued(&self.db), if goes_on => {}
                else => return,
            }
        }
    }

    /// Start what is due, as far as there is room.
    async fn fill(&self, lanes: &mut Lanes) -> Result<(), StoreError> {
        while let Some(room) = lanes.room() {
            let due = jobs::claim(&self.db, self.env.now(), LEASE, room, &lanes.full()).await?;
            let was_last = due.len() < room as usize;
            for job in due {
                let worker = self.clone();
                lanes.start(job.tenant, async move { worker.run_job(&job).await });
            }
            if was_last {
                break;
            }
        }
        Ok(())
    }

    async fn run_job(&self, job: &Job) -> Result<(), StoreError> {
        match self.attempt(job).await {
            // Where the lease was lost another node has it now.
            Ok(()) | Err(JobFailure::Store(StoreError::LeaseLost)) => Ok(()),
            Err(failure) => {
                tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %failure, "a job failed");
                give_back(&self.db, job, &failure.to_string()).await
            }
        }
    }

    async fn attempt(&self, job: &Job) -> Result<(), JobFailure> {
        let handler = self.handlers.iter().find(|handler| handler.kind == job.kind);
        let handler =
            handler.ok_or_else(|| JobFailure::Other(format!("this version has no handler for {}", job.kind)))?;
        let tx = (handler.run)(self, job).await?;
        jobs::complete(&tx, job).await?;
        Ok(tx.commit().await?)
    }
}

/// To be tried again later, or kept as a dead letter.
async fn give_back(db: &Db, job: &Job, failure: &str) -> Result<(), StoreError> {
    let pause = FIRST_PAUSE * 2_u32.pow(job.attempts.saturating_sub(1).min(ATTEMPTS));
    match jobs::retry(db, job, db.env().now() + pause, failure, ATTEMPTS).await {
        Err(StoreError::LeaseLost) => Ok(()),
        result => result.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock, Mutex};

    use deliver::{Courier, CourierOptions, Outbound, OutboundOptions};
    use kernel::{Clock, Env, TenantId, Timestamp};
    use store::{MIGRATIONS, NewJob, Origin, StoreOptions, StoreUrl};
    use tenancy::ApiKeys;
    use tokio::sync::{Barrier, Notify};
    use vault::{MasterKeys, Vault};

    use super::*;

    const TENANT: TenantId = TenantId::from_u128(7);
    const OTHER: TenantId = TenantId::from_u128(8);

    /// A clock that stands until it is turned.
    struct Standing(Mutex<Timestamp>);

    impl Clock for Standing {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    /// Opens once four are there.
    static TOGETHER: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(4));

    static DONE: Notify = Notify::const_new();

    static HANDLERS: [JobHandler; 5] = [
        // Leaves another job behind: an effect that can be counted.
        JobHandler {
            kind: "test.copy",
            run: |worker, job| {
                Box::pin(async move {
                    let tx = worker.db.begin(Origin::system(job.tenant)).await?;
                    tx.enqueue(NewJob {
                        kind: "test.fail",
                        payload: job.payload.clone(),
                        run_at: Timestamp::from_seconds(0),
                        unique_key: None,
                    });
                    Ok(tx)
                })
            },
        },
        JobHandler { kind: "test.fail", run: |_, _| Box::pin(async { Err(JobFailure::Other("no luck".to_owned())) }) },
        JobHandler { kind: "test.hang", run: |_, _| Box::pin(std::future::pending()) },
        JobHandler {
            kind: "test.done",
            run: |worker, job| {
                Box::pin(async move {
                    DONE.notify_one();
                    Ok(worker.db.begin(Origin::system(job.tenant)).await?)
                })
            },
        },
        JobHandler {
            kind: "test.together",
            run: |worker, job| {
                Box::pin(async move {
                    TOGETHER.wait().await;
                    Ok(worker.db.begin(Origin::system(job.tenant)).await?)
                })
            },
        },
    ];

    async fn worker(folder: &tempfile::TempDir) -> (Worker, Arc<Standing>) {
        let clock = Arc::new(Standing(Mutex::new(Timestamp::from_seconds(1_800_000_000))));
        let env = Env { clock: clock.clone(), entropy: crate::env::system().entropy };
        let url = StoreUrl::sqlite(folder.path().join("a.db"));
        let db = Db::open(&url, &StoreOptions::default(), env.clone()).await.unwrap();
        db.migrate(MIGRATIONS, &mut |_| {}).await.unwrap();
        let vault = Vault::new(MasterKeys::generate(&*env.entropy), [1; 32], env.entropy.clone());
        let api_keys = ApiKeys::new(db.clone());
        let outbound = Outbound::new(OutboundOptions::default()).unwrap();
        let courier = Courier::new(CourierOptions { outbound, mail: None, mailbox: None });
        (Worker::new(db, env, vault, api_keys, courier, &HANDLERS), clock)
    }

    async fn enqueue(worker: &Worker, kind: &'static str) {
        enqueue_of(worker, TENANT, kind).await;
    }

    async fn enqueue_of(worker: &Worker, tenant: TenantId, kind: &'static str) {
        let tx = worker.db.begin(Origin::system(tenant)).await.unwrap();
        tx.enqueue(NewJob { kind, payload: serde_json::json!({ "n": 1 }), run_at: worker.env.now(), unique_key: None });
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_done_job_is_gone_and_its_effect_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, _clock) = worker(&folder).await;
        enqueue(&worker, "test.copy").await;
        assert_eq!(worker.run_jobs().await.unwrap(), 2, "the job, and the failing one that it left");
        assert_eq!(jobs::count(&worker.db).await.unwrap(), (1, 0), "which waits for its next attempt");
        assert_eq!(worker.run_jobs().await.unwrap(), 0, "nothing is due before the clock turns");
    }

    #[tokio::test]
    async fn a_job_that_keeps_failing_ends_as_a_dead_letter() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, clock) = worker(&folder).await;
        enqueue(&worker, "test.fail").await;
        enqueue(&worker, "test.unknown").await;
        for _ in 0..ATTEMPTS {
            assert_eq!(worker.run_jobs().await.unwrap(), 2);
            let later = clock.now() + Duration::from_hours(1);
            *clock.0.lock().unwrap() = later;
        }
        assert_eq!(worker.run_jobs().await.unwrap(), 0);
        let mut errors: Vec<_> = jobs::dead_letters(&worker.db, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|dead| dead.last_error.unwrap())
            .collect();
        errors.sort();
        assert_eq!(errors, ["no luck", "this version has no handler for test.unknown"]);
    }

    async fn works_until(worker: &Worker, reached: impl Future<Output = ()>) {
        let (_sender, stop) = watch::channel(false);
        tokio::select! {
            () = Box::pin(worker.work_off(stop)) => panic!("it goes on until the stop"),
            () = reached => {}
            () = tokio::time::sleep(Duration::from_secs(10)) => panic!("a job that is due does not run"),
        }
    }

    #[tokio::test]
    async fn jobs_of_one_tenant_run_beside_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, _clock) = worker(&folder).await;
        for _ in 0..4 {
            enqueue(&worker, "test.together").await;
        }
        let all_ran = async {
            while jobs::count(&worker.db).await.unwrap() != (0, 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        works_until(&worker, all_ran).await;
    }

    #[tokio::test]
    async fn a_tenant_whose_jobs_hang_holds_nobody_else_up() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, _clock) = worker(&folder).await;
        for _ in 0..100 {
            enqueue(&worker, "test.hang").await;
        }
        enqueue_of(&worker, OTHER, "test.done").await;
        works_until(&worker, DONE.notified()).await;
    }

    #[tokio::test]
    async fn what_has_begun_is_finished_at_the_stop() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, _clock) = worker(&folder).await;
        let (sender, stop) = watch::channel(false);
        enqueue(&worker, "test.copy").await;
        let stopping = async {
            sender.send(true).unwrap();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            () = worker.work_off(stop) => {}
            () = stopping => {}
        }
        assert_eq!(worker.run_jobs().await.unwrap(), 1, "what it left behind: so it was done, and is not on lease");
    }
}
