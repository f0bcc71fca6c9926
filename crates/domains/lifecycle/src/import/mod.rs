//! Users from elsewhere, with the password hashes that their former system made.
//!
//! Owns rows, what becomes of each, and how far an import is. A row either becomes a user, changes one, or says why not; the rows of
//! a batch share a transaction, and no row stops the others. Does not own what makes a user valid (`identity`) nor which hashes are
//! understood (`vault`).
//!
//! There are three doors to the same batches: a stream that answers line by line (`platform`), a job that is left behind
//! (`data_plane`), and the command line.

mod batch;
mod data_plane;
mod error;
mod event;
mod importer;
mod job;
mod model;
mod options;
mod platform;
mod row;
mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

pub use importer::Importer;
pub use job::{JOB, purge, run};
pub use model::{ImportLine, ImportStatus, ImportSummary};
pub use options::{Existing, ImportOptions};

/// One import: how far it is, and what became of its rows.
#[derive(Debug, Clone)]
pub struct Import {
    pub id: Id<Self>,
    pub(crate) state: model::ImportState,
    pub options: ImportOptions,
    pub chunks: Option<i64>,
    pub summary: ImportSummary,
    pub created_at: kernel::Timestamp,
    pub finished_at: Option<kernel::Timestamp>,
}

kernel::resource! { Import, prefix: "imp", noun: "job" }

kernel::permissions! {
    /// Import and export users in bulk.
    UsersBulk = "users:bulk",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

impl Resource for Import {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
