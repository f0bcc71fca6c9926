//! Servers that did not answer are left alone for a while, so that one that is down or slow holds nobody else's messages up.

use std::time::Duration;

use kernel::Timestamp;
use quick_cache::sync::Cache;

/// How long nothing is tried at a server that did not answer.
const REST: Duration = Duration::from_secs(10);
/// Servers that are remembered.
const MOST: usize = 1_024;

/// Which servers rest, by the time of the messages and not of the machine: a test turns it.
pub(crate) struct Resting(Cache<String, Timestamp>);

impl Resting {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    pub(crate) fn is_resting(&self, server: &str, now: Timestamp) -> bool {
        self.0.get(server).is_some_and(|since| now >= since && now < since + REST)
    }

    pub(crate) fn rest(&self, server: &str, now: Timestamp) {
        self.0.insert(server.to_owned(), now);
    }

    pub(crate) fn answers(&self, server: &str) {
        self.0.remove(server);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_rests_for_a_while_unless_it_answers() {
        let (resting, start) = (Resting::new(), Timestamp::from_seconds(1_800_000_000));
        resting.rest("a:25", start);
        for (server, seconds, wanted) in [("a:25", 0, true), ("a:25", 9, true), ("a:25", 10, false), ("b:25", 0, false)]
        {
            assert_eq!(resting.is_resting(server, start + Duration::from_secs(seconds)), wanted, "{server} {seconds}");
        }
        resting.answers("a:25");
        assert!(!resting.is_resting("a:25", start));
    }
}
