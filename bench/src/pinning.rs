//! Which core is whose: the servers have the last one, the driver the first.
//!
//! Only the calling thread is pinned, and a child inherits its place; so a server is started from the server's core and
//! the driver returns to its own.

use anyhow::{Context, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The two places, or none where there is only one core to share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cores {
    places: Option<(usize, usize)>,
}

impl Cores {
    /// From the cores this process may run on; the calling thread takes the driver's.
    pub(crate) fn take() -> Result<Self> {
        let allowed = sched_getaffinity(None).context("the cores can't be asked for")?;
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
        let cores = Self { places: allowed.next().zip(allowed.next_back()) };
        if cores.places.is_none() {
            eprintln!("only one core: driver and server share it, and the driver's work delays the server's");
        }
        cores.pin_driver()?;
        Ok(cores)
    }

    pub(crate) fn describe(self) -> String {
        match self.places {
            Some((driver, server)) => format!("server on core {server}, driver on core {driver}"),
            None => "server and driver on the same core".to_owned(),
        }
    }

    /// Run `start` on the server's core, for the children that it makes.
    pub(crate) fn on_servers_core<T>(self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some((_, server)) = self.places {
            pin(server)?;
        }
        let started = start();
        self.pin_driver()?;
        started
    }

    fn pin_driver(self) -> Result<()> {
        self.places.map_or(Ok(()), |(driver, _)| pin(driver))
    }
}

fn pin(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("core {core} can't be taken"))
}
