//! A target with the connections that load it, kept from slice to slice.

use std::{mem, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::{Conversation, Driver, Latencies, Pace, Sample, connection::Connection};
use crate::{
    cpu::{Account, Snapshot},
    stopwatch,
};

/// How long the last replies of a slice may take.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Lane<'a, C> {
    driver: &'a Driver,
    account: Account,
    connections: Vec<Connection<C>>,
}

impl<'a, C: Conversation> Lane<'a, C> {
    /// Open one connection for each conversation.
    pub(crate) fn open(
        driver: &'a Driver,
        address: SocketAddr,
        account: Account,
        conversations: impl IntoIterator<Item = C>,
    ) -> Result<Self> {
        let connections = driver.run(async {
            let mut open = Vec::new();
            for conversation in conversations {
                open.push(Connection::open(address, conversation).await?);
            }
            Ok(open)
        })?;
        Ok(Self { driver, account, connections })
    }

    /// Load the target for so long and say what it cost.
    pub(crate) fn slice(&mut self, duration: Duration) -> Result<Sample> {
        let before = Snapshot::take(self.account)?;
        let began = stopwatch::now();
        let latencies = self.driver.run(work(&mut self.connections, duration, Pace::Busy))?;
        let elapsed = began.elapsed();
        let used = Snapshot::take(self.account)?.since(&before);
        Ok(Sample { latencies, elapsed, used })
    }

    /// Paced load, without an account of its cost.
    pub(crate) fn paced(&mut self, duration: Duration, pace: Pace) -> Result<Latencies> {
        self.driver.run(work(&mut self.connections, duration, pace))
    }

    /// Two kinds of load at the same time.
    pub(crate) fn paced_beside<D: Conversation>(
        &mut self,
        duration: Duration,
        pace: Pace,
        other: &mut Lane<'a, D>,
        other_pace: Pace,
    ) -> Result<(Latencies, Latencies)> {
        self.driver.run(async {
            tokio::try_join!(
                work(&mut self.connections, duration, pace),
                work(&mut other.connections, duration, other_pace)
            )
        })
    }
}

async fn work<C: Conversation>(
    connections: &mut Vec<Connection<C>>,
    duration: Duration,
    pace: Pace,
) -> Result<Latencies> {
    let start = stopwatch::now();
    let share_of = u32::try_from(connections.len())?;
    let mut tasks = JoinSet::new();
    for (number, connection) in (0..).zip(mem::take(connections)) {
        tasks.spawn(connection.work(start + duration, pace.share(number, share_of, start)));
    }
    let gather = async {
        let mut latencies = Latencies::default();
        while let Some(done) = tasks.join_next().await {
            let (connection, seen) = done??;
            connections.push(connection);
            latencies.absorb(seen);
        }
        Ok(latencies)
    };
    tokio::time::timeout(duration + PATIENCE, gather).await.context("a reply did not come")?
}
