//! When requests are sent.

use std::time::{Duration, Instant};

/// How a slice is paced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// Each connection asks as soon as it was answered.
    Busy,
    /// So many requests a second over all connections together, whatever the server does. A connection that still waits
    /// at its turn sends as soon as it can, and the latency counts from the turn.
    Steady { per_second: u32 },
    /// As `Steady`, but a connection that still waits at its turn misses it: so a queue in the server is not followed by
    /// a burst.
    Missing { per_second: u32 },
}

/// A pace, as one connection follows it.
pub(super) struct Rhythm {
    beat: Option<Beat>,
}

struct Beat {
    next: Instant,
    interval: Duration,
    is_missable: bool,
}

impl Pace {
    /// The share of connection `number` of `connections`, evenly between those of the others.
    pub(super) fn share(self, number: u32, connections: u32, start: Instant) -> Rhythm {
        let beat = |per_second: u32, is_missable| {
            let step = Duration::from_secs(1) / per_second.max(1);
            Rhythm { beat: Some(Beat { next: start + step * number, interval: step * connections, is_missable }) }
        };
        match self {
            Self::Busy => Rhythm { beat: None },
            Self::Steady { per_second } => beat(per_second, false),
            Self::Missing { per_second } => beat(per_second, true),
        }
    }
}

impl Rhythm {
    /// When to send next, and from when the latency counts.
    pub(super) fn turn(&mut self, now: Instant) -> Option<(Instant, Instant)> {
        let Some(beat) = &mut self.beat else { return Some((now, now)) };
        if beat.is_missable {
            while beat.next < now {
                beat.next = beat.next.checked_add(beat.interval)?;
            }
        }
        let due = beat.next;
        beat.next = due.checked_add(beat.interval)?;
        Some((due, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stopwatch;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn connections_share_the_beat_evenly() {
        let start = stopwatch::now();
        let mut turns = Vec::new();
        for number in 0..4 {
            let mut rhythm = Pace::Steady { per_second: 8 }.share(number, 4, start);
            turns.extend((0..2).map(|_| rhythm.turn(start).unwrap().0 - start));
        }
        turns.sort();
        let even: Vec<Duration> = (0..8).map(|step| SECOND / 8 * step).collect();
        assert_eq!(turns, even);
    }

    #[test]
    fn a_late_connection_catches_up_or_misses() {
        let start = stopwatch::now();
        let late = start + SECOND * 5 / 2;
        let mut steady = Pace::Steady { per_second: 1 }.share(0, 1, start);
        assert_eq!(steady.turn(late).unwrap().1, start, "counts from its turn");
        let mut missing = Pace::Missing { per_second: 1 }.share(0, 1, start);
        assert_eq!(missing.turn(late).unwrap().0, start + SECOND * 3);
        assert_eq!(Pace::Busy.share(0, 1, start).turn(late).unwrap(), (late, late));
    }
}
