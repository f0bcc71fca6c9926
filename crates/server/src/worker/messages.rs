//! Messages to people: each is a job.

use store::{Tx, jobs::Job};
use tenancy::messaging::{self, DeliveryFailure};

use super::{JobFailure, Worker};

impl Worker {
    pub(crate) async fn deliver_message(&self, job: &Job) -> Result<Tx, JobFailure> {
        messaging::deliver(&self.db, &self.env, &self.vault, &self.courier, job).await.map_err(
            |failure| match failure {
                DeliveryFailure::Store(error) => error.into(),
                failure @ DeliveryFailure::Sealed(_) => JobFailure::Other(failure.to_string()),
            },
        )
    }
}
