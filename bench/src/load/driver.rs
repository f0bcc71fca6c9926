//! The runtime of the driver: one thread, on the driver's core.

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Driver(Runtime);

impl Driver {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Builder::new_current_thread().enable_all().build()?))
    }

    pub(crate) fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.0.block_on(work)
    }
}
