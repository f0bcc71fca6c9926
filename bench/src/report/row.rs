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

impl Row {
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.ceiling.map(|ceiling| self.summary.cpu / ceiling.cpu)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.ratio()
            .map_or(Verdict::Unjudged, |ratio| Verdict::of(ratio, self.ceiling.and_then(|ceiling| ceiling.goal)))
    }
}
