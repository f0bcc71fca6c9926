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
        let work = work(&mut self.connections, duration, Pace::Busy);
        // A database of its own runs on the driver's core too, and needs what the driver leaves of it.
        let latencies =
            if self.account.database.is_none() { self.driver.run_awake(work) } else { self.driver.run(work) }?;
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        thread,
    };

    use super::*;
    use crate::load::Repeat;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

    /// Answers every request on two connections with 200, and counts them.
    fn answer_all() -> (SocketAddr, Arc<AtomicU32>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (address, answered) = (listener.local_addr().unwrap(), Arc::<AtomicU32>::default());
        for _ in 0..2 {
            let (listener, answered) = (listener.try_clone().unwrap(), Arc::clone(&answered));
            thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; REQUEST.len()];
                while stream.read_exact(&mut request).is_ok() {
                    answered.fetch_add(1, Ordering::Relaxed);
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
                }
            });
        }
        (address, answered)
    }

    fn lane(driver: &Driver, address: SocketAddr, status: u16) -> Lane<'_, Repeat> {
        let account = Account { server: std::process::id(), database: None };
        let repeat = Repeat { request: REQUEST.into(), status };
        Lane::open(driver, address, account, vec![repeat; 2]).unwrap()
    }

    #[test]
    fn every_answer_is_counted_and_connections_are_kept() {
        let (driver, (address, answered)) = (Driver::new().unwrap(), answer_all());
        let mut lane = lane(&driver, address, 200);
        let first = lane.slice(Duration::from_millis(30)).unwrap().latencies.count_of(200);
        let second = lane.slice(Duration::from_millis(30)).unwrap().latencies.count_of(200);
        assert!(first > 0 && second > 0);
        assert_eq!(first + second, answered.load(Ordering::Relaxed));
    }

    #[test]
    fn a_steady_pace_is_kept() {
        let (driver, (address, answered)) = (Driver::new().unwrap(), answer_all());
        let pace = Pace::Steady { per_second: 100 };
        let seen = lane(&driver, address, 200).paced(Duration::from_millis(200), pace).unwrap();
        assert_eq!(seen.count(), answered.load(Ordering::Relaxed));
        // Unpaced it would be thousands; a stalled machine may lose the last turns.
        assert!((15..=20).contains(&seen.count()), "{}", seen.count());
    }

    #[test]
    fn an_answer_that_was_not_expected_ends_the_measurement() {
        let (driver, (address, _)) = (Driver::new().unwrap(), answer_all());
        let error = lane(&driver, address, 201).slice(Duration::from_secs(5)).err().unwrap();
        assert!(error.to_string().contains("200 instead of 201"), "{error:#}");
    }
}
