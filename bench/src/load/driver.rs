//! The runtime of the driver: one thread, on the driver's core.

use std::convert::Infallible;

use anyhow::Result;
use tokio::{
    runtime::{Builder, Runtime},
    task::yield_now,
};

pub(crate) struct Driver(Runtime);

impl Driver {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Builder::new_current_thread().enable_all().build()?))
    }

    pub(crate) fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.0.block_on(work)
    }

    /// Without a moment of sleep. To wake a sleeper is work of the one who sends it something, and the driver has time to sleep beside
    /// the slower of two servers alone: the other would get that much for nothing.
    pub(crate) fn run_awake<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.run(async {
            tokio::select! {
                done = work => done,
                never = stay_awake() => match never {},
            }
        })
    }
}

async fn stay_awake() -> Infallible {
    loop {
        yield_now().await;
    }
}
