//! Time and chance as a test wants them.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use kernel::{Clock, Entropy, Timestamp};

/// 2026-01-15T09:30:00Z: when every server of this suite is started.
const START: i64 = 1_768_469_400_000_000;

/// A clock that stands still until it is turned.
pub(crate) struct TurnableClock(AtomicI64);

impl TurnableClock {
    pub(crate) const fn new() -> Self {
        Self(AtomicI64::new(START))
    }

    pub(crate) fn turn(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TurnableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// The same numbers in every run (SplitMix64): good enough to tell things apart, and examples stay the same.
pub(crate) struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let step = self.0.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
            let number = split_mix(step).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

const fn split_mix(step: u64) -> u64 {
    let mut number = step.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// How this run was asked to be: `TEST_STORE`, `RECORD_EXAMPLES`, `PORTCULLIS_BIN`.
#[expect(clippy::disallowed_methods, reason = "a test run is configured by its environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Told to whoever runs the tests.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
pub(crate) fn say(words: &str) {
    eprintln!("{words}");
}
