//! Telling OAuth clients that a session is over.

use provider::{LogoutNotices, NoticeFailure};
use store::{Origin, Tx, jobs::Job};

use super::{JobFailure, Worker};

impl Worker {
    pub(crate) async fn session_ended(&self, job: &Job) -> Result<Tx, JobFailure> {
        match &self.notices {
            Some(notices) => Ok(notices.session_ended(job).await?),
            None => self.nobody_to_tell(job).await,
        }
    }

    pub(crate) async fn tell_of_logout(&self, job: &Job) -> Result<Tx, JobFailure> {
        match &self.notices {
            Some(notices) => Ok(LogoutNotices::tell(notices, job).await?),
            None => self.nobody_to_tell(job).await,
        }
    }

    async fn nobody_to_tell(&self, job: &Job) -> Result<Tx, JobFailure> {
        Ok(self.db.begin(Origin::system(job.tenant)).await?)
    }
}

impl From<NoticeFailure> for JobFailure {
    fn from(failure: NoticeFailure) -> Self {
        match failure {
            NoticeFailure::Store(error) => error.into(),
            failure @ NoticeFailure::Undelivered(_) => Self::Other(failure.to_string()),
        }
    }
}
