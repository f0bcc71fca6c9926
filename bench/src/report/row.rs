//! One kind of request.

use super::Verdict;
use crate::load::Summary;

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) kind: &'static str,
    pub(crate) summary: Summary,
    pub(crate) ceiling: Option<Ceiling>,
    /// Does it wait for a password hash? Then its latency is the hash's.
    pub(crate) is_hashing: bool,
}

/// What the CPU time of a request is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ceiling {
    pub(crate) what: &'static str,
    /// Microseconds.
    pub(crate) cpu: f64,
    /// The ratio that may be reached.
    pub(crate) goal: Option<f64>,
}

/// A kind of request that another server answered too.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) row: Row,
    pub(crate) peer: Option<PeerFigures>,
}

/// The other server's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerFigures {
    /// Microseconds.
    pub(crate) cpu: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    pub(crate) per_second: f64,
    /// So many times as much CPU time as the product.
    pub(crate) goal: Option<f64>,
}

impl Compared {
    /// So many times the product's CPU time is the peer's.
    pub(crate) fn faster(&self) -> Option<f64> {
        self.peer.map(|peer| peer.cpu / self.row.summary.cpu)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let goal = self.peer.and_then(|peer| peer.goal);
        // Turned round: more is better.
        self.faster().map_or(Verdict::Unjudged, |faster| Verdict::of(1.0 / faster, goal.map(|goal| 1.0 / goal)))
    }
}

/// Of the CPU time of a request; below it, only what the database does by itself.
const LEAST_OF_DATABASE: f64 = 0.05;

impl Row {
    /// Does it wait for a database that is a process of its own?
    pub(crate) fn asks_a_database(&self) -> bool {
        self.summary.cpu_of_database > LEAST_OF_DATABASE * self.summary.cpu
    }

    pub(crate) fn ratio(&self) -> Option<f64> {
        self.ceiling.map(|ceiling| self.summary.cpu / ceiling.cpu)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.ratio()
            .map_or(Verdict::Unjudged, |ratio| Verdict::of(ratio, self.ceiling.and_then(|ceiling| ceiling.goal)))
    }
}
