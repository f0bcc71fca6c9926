//! One slice of load, and the medians of many.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Latencies;
use crate::cpu::Used;

pub(crate) struct Sample {
    pub(crate) latencies: Latencies,
    pub(crate) elapsed: Duration,
    pub(crate) used: Used,
}

/// Medians over the slices of a lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// Microseconds of CPU a reply, of every thread of every process.
    pub(crate) cpu: f64,
    /// Those of `cpu` that were not spent by the threads that hash.
    pub(crate) cpu_beside_hash: f64,
    /// Those of `cpu` that the database's processes spent.
    pub(crate) cpu_of_database: f64,
    /// How much of one core the server used, in percent: less than all, and something else was waited for.
    pub(crate) busy: f64,
}

impl Summary {
    pub(crate) fn of(samples: &[Sample]) -> Result<Self> {
        let mut over = Vec::new();
        for sample in samples {
            let replies = f64::from(sample.latencies.count());
            let each = |time: Duration| time.as_secs_f64() * 1e6 / replies;
            over.push([
                replies / sample.elapsed.as_secs_f64(),
                sample.latencies.percentile(50).context("a slice without a reply")?,
                sample.latencies.percentile(99).context("a slice without a reply")?,
                each(sample.used.total()),
                each(sample.used.server + sample.used.database),
                each(sample.used.database),
                (sample.used.server + sample.used.hashing).as_secs_f64() / sample.elapsed.as_secs_f64() * 100.0,
            ]);
        }
        let middle = |figure: usize| median(over.iter().map(|figures| figures[figure]).collect()).context("no slices");
        Ok(Self {
            per_second: middle(0)?,
            p50: middle(1)?,
            p99: middle(2)?,
            cpu: middle(3)?,
            cpu_beside_hash: middle(4)?,
            cpu_of_database: middle(5)?,
            busy: middle(6)?,
        })
    }
}

/// The middle one, or the mean of the middle two.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[values.len() / 2 - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(replies: u64, server_micros: u64) -> Sample {
        let mut latencies = Latencies::default();
        for _ in 0..replies {
            latencies.note(200, Duration::from_millis(2));
        }
        let used = Used { server: Duration::from_micros(server_micros), ..Used::default() };
        Sample { latencies, elapsed: Duration::from_secs(1), used }
    }

    #[test]
    fn one_disturbed_slice_does_not_move_the_figures() {
        let summary = Summary::of(&[sample(100, 1_000), sample(100, 90_000), sample(100, 1_000)]).unwrap();
        assert!((summary.cpu - 10.0).abs() < 1e-9 && (summary.per_second - 100.0).abs() < 1e-9, "{summary:?}");
        assert!((summary.p99 - 2.0).abs() < 1e-9 && (summary.busy - 0.1).abs() < 1e-9, "{summary:?}");
    }

    #[test]
    fn silence_is_an_error_and_not_a_zero() {
        assert!(Summary::of(&[sample(0, 5)]).is_err());
        assert!(Summary::of(&[]).is_err());
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
