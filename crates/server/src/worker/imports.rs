//! Imports that were left as jobs: one chunk of rows a turn.

use store::{Tx, jobs::Job};

use super::{JobFailure, Worker};
use crate::modules;

impl Worker {
    pub(crate) async fn run_import(&self, job: &Job) -> Result<Tx, JobFailure> {
        Ok(lifecycle::run_import(&self.db, &self.env, modules::DELEGATIONS, job.tenant, &job.payload).await?)
    }

    pub(super) async fn forget_imports(&self) -> anyhow::Result<usize> {
        Ok(usize::try_from(lifecycle::purge_imports(&self.db, &self.env).await?)?)
    }
}
