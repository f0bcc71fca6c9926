//! How long replies took.

use std::time::Duration;

/// Latencies in microseconds, by status: a refusal is quicker than the work it refuses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<(u16, Vec<u32>)>);

impl Latencies {
    pub(crate) fn note(&mut self, status: u16, took: Duration) {
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        match self.0.iter_mut().find(|(of, _)| *of == status) {
            Some((_, all)) => all.push(micros),
            None => self.0.push((status, vec![micros])),
        }
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        for (status, micros) in other.0 {
            match self.0.iter_mut().find(|(of, _)| *of == status) {
                Some((_, all)) => all.extend(micros),
                None => self.0.push((status, micros)),
            }
        }
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|(_, all)| count(all)).sum()
    }

    pub(crate) fn count_of(&self, status: u16) -> u32 {
        self.0.iter().find(|(of, _)| *of == status).map_or(0, |(_, all)| count(all))
    }

    /// Of all replies, in milliseconds. `None` where there were none.
    pub(crate) fn percentile(&self, percent: u32) -> Option<f64> {
        percentile(self.0.iter().flat_map(|(_, all)| all.iter().copied()).collect(), percent)
    }

    pub(crate) fn percentile_of(&self, status: u16, percent: u32) -> Option<f64> {
        let (_, all) = self.0.iter().find(|(of, _)| *of == status)?;
        percentile(all.clone(), percent)
    }
}

fn count(all: &[u32]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}

/// The smallest latency that `percent` of all replies did not exceed.
fn percentile(mut all: Vec<u32>, percent: u32) -> Option<f64> {
    let rank = (all.len() * percent as usize).div_ceil(100).max(1);
    if rank > all.len() {
        return None;
    }
    let (_, found, _) = all.select_nth_unstable(rank - 1);
    Some(f64::from(*found) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_latencies_that_were_seen() {
        let mut latencies = Latencies::default();
        for micros in (1..=100).rev() {
            latencies.note(200, Duration::from_micros(micros * 1_000));
        }
        assert_eq!(
            (latencies.percentile(50), latencies.percentile(99), latencies.percentile(100)),
            (Some(50.0), Some(99.0), Some(100.0))
        );
        assert_eq!(Latencies::default().percentile(50), None);
    }

    #[test]
    fn statuses_are_kept_apart_also_when_merged() {
        let (mut one, mut other) = (Latencies::default(), Latencies::default());
        one.note(401, Duration::from_millis(30));
        other.note(429, Duration::from_millis(1));
        other.note(401, Duration::from_millis(50));
        one.absorb(other);
        assert_eq!((one.count(), one.count_of(401), one.count_of(429), one.count_of(200)), (3, 2, 1, 0));
        assert_eq!(
            (one.percentile_of(401, 99), one.percentile_of(429, 50), one.percentile(99)),
            (Some(50.0), Some(1.0), Some(50.0))
        );
        assert_eq!(one.percentile_of(200, 50), None);
    }
}
