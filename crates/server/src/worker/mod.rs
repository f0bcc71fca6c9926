//! Work beside requests: sealing the audit trail, leased jobs, rotation of signing keys, purges of what has expired.
//!
//! Every chore may run on several nodes at once: what must not be done twice is decided in the store. A chore that fails is
//! logged and tried again at its next turn; none of them holds requests up.

mod chores;
mod imports;
mod jobs;
mod lanes;
mod logout;
mod messages;

use std::time::Duration;

use deliver::Courier;
use kernel::Env;
use provider::LogoutNotices;
use store::Db;
use tenancy::ApiKeys;
use tokio::sync::watch;
use vault::Vault;

use self::chores::Chore;
pub use self::jobs::{JobFailure, JobFuture, JobHandler};
use crate::modules;

/// What the chores work on. Cloning shares it.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    env: Env,
    vault: Vault,
    api_keys: ApiKeys,
    courier: Courier,
    /// Who tells OAuth clients that a session is over.
    notices: Option<LogoutNotices>,
    handlers: &'static [JobHandler],
}

impl Worker {
    pub fn new(
        db: Db,
        env: Env,
        vault: Vault,
        api_keys: ApiKeys,
        courier: Courier,
        handlers: &'static [JobHandler],
    ) -> Self {
        Self { db, env, vault, api_keys, courier, notices: None, handlers }
    }

    /// The same that also tells OAuth clients of ended sessions.
    #[must_use]
    pub fn telling(self, notices: LogoutNotices) -> Self {
        Self { notices: Some(notices), ..self }
    }

    /// Work until `stop` becomes true; what has begun is finished first.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let [seal, uses, rotate, sessions, tokens, replies, imports, messages, applications] = chores::ALL;
        tokio::join!(
            self.repeat(&seal, stop.clone()),
            self.repeat(&uses, stop.clone()),
            self.repeat(&rotate, stop.clone()),
            self.repeat(&sessions, stop.clone()),
            self.repeat(&tokens, stop.clone()),
            self.repeat(&replies, stop.clone()),
            self.repeat(&imports, stop.clone()),
            self.repeat(&messages, stop.clone()),
            self.repeat(&applications, stop.clone()),
            self.work_off(stop),
        );
        // They wait in memory, and nobody else has them.
        if let Err(error) = self.write_uses().await {
            tracing::warn!(%error, "the last uses of API keys were not noted");
        }
    }

    async fn write_uses(&self) -> anyhow::Result<usize> {
        Ok(self.api_keys.write_uses().await?)
    }

    async fn erase_applications(&self) -> anyhow::Result<usize> {
        let tables = || modules::all().iter().flat_map(|module| module.tenant_tables).copied().collect();
        Ok(usize::try_from(tenancy::erase_deleted(&self.db, self.env.now(), tables).await?)?)
    }

    /// Everything that is due now, until nothing is left: for tests, which turn the clock and then call this.
    pub async fn run_due(&self) -> anyhow::Result<usize> {
        let mut total = 0;
        loop {
            let mut done = self.run_jobs().await?;
            for chore in chores::ALL {
                done += (chore.run)(self).await?;
            }
            if done == 0 {
                return Ok(total);
            }
            total += done;
        }
    }

    async fn repeat(&self, chore: &Chore, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match (chore.run)(self).await {
                // There may be more: go on, but let others in between.
                Ok(done) if done > 0 => chore.every.min(BREATH),
                Ok(_) => chore.every,
                Err(error) => {
                    tracing::warn!(chore = chore.name, %error, "a chore failed; it is tried again");
                    chore.every.max(AFTER_FAILURE)
                }
            };
            rest(pause, &mut stop).await;
        }
    }
}

const BREATH: Duration = Duration::from_millis(100);
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Sleep, or wake at the stop.
async fn rest(pause: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        // An error means that nobody is left to say it: stop as well.
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
