//! A bounded set of connections for reading, called on the task that asks: a point read takes microseconds, less than
//! a hop to another thread.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection;
use crate::{StoreError, StoreOptions};

pub(super) struct Readers {
    path: PathBuf,
    options: StoreOptions,
    /// As many as there may be connections.
    permits: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path, options: &StoreOptions) -> Self {
        Self {
            path: path.to_owned(),
            options: options.clone(),
            permits: Semaphore::new(options.readers.max(1)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// The next ones read the schema anew.
    pub(super) fn close_idle(&self) {
        self.idle.lock().clear();
    }

    /// Connections are opened when first needed; one that is lost to a panic in `read` is replaced that way too.
    pub(super) async fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _permit = self.permits.acquire().await.map_err(|_| StoreError::Unavailable("closed".to_owned()))?;
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::reader(&self.path, &self.options)?,
        };
        let result = read(&connection);
        self.idle.lock().push(connection);
        result
    }
}
