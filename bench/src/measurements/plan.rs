//! How long is measured.

use std::{fmt, time::Duration};

use crate::command_line::Options;

#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Slices of each lane, of which the medians are taken.
    pub(super) rounds: usize,
    pub(super) slice: Duration,
    /// For kinds that hash: a slice holds 30 of them a second.
    pub(super) hash_slice: Duration,
    /// So often, calm and flood in turns, each so long.
    pub(super) floods: usize,
    pub(super) flood: Duration,
    /// First starts, and later ones.
    pub(super) starts: usize,
    pub(super) has_million: bool,
}

impl Plan {
    pub(super) fn new(options: &Options) -> Self {
        let millis = Duration::from_millis;
        let has_million = !options.quick && !options.no_million;
        if options.quick {
            Self {
                rounds: 3,
                slice: millis(250),
                hash_slice: millis(700),
                floods: 2,
                flood: millis(2_000),
                starts: 3,
                has_million,
            }
        } else {
            Self {
                rounds: 5,
                slice: millis(700),
                hash_slice: millis(1_500),
                floods: 3,
                flood: millis(4_000),
                starts: 5,
                has_million,
            }
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "medians of {} slices of {:?}", self.rounds, self.slice)
    }
}
