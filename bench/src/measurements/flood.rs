//! A flood of wrong passwords, and what everybody else notices of it.

use std::{sync::Arc, thread::sleep, time::Duration};

use anyhow::{Context, Result};

use super::{stage::Stage, starting};
use crate::{
    http::Request,
    installation::Server,
    load::{Fresh, Latencies, Pace, Repeat, median},
    memory,
    report::{Figure, Unit},
};

/// Wrong passwords a second.
const FLOOD: u32 = 300;
/// Each asks every other second; those whose attempt waits for a hashing thread miss a turn, the others go on.
const FLOODING: usize = 600;
/// JWKS requests a second: an ordinary evening, not another flood.
const OTHERS: u32 = 1_000;
/// Percent by which the 99th percentile of the others may grow.
const CHANGE_GOAL: f64 = 20.0;
/// Bounded: what a server may hold after load, and the memory of the one hash that its core computes.
const MEMORY_GOAL: f64 = starting::LOADED_GOAL + 19.0;
/// Milliseconds in which a surplus attempt should be refused.
const REFUSAL_GOAL: f64 = 50.0;
/// The queue of passwords is two seconds long.
const DRAIN: Duration = Duration::from_secs(3);
const REFUSED: u16 = 429;
const WRONG: u16 = 401;

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Vec<Figure>> {
    stage.say("flood");
    let address = server.address;
    let request = Request::get("/.well-known/jwks.json").to_bytes(address);
    let mut others = stage.lane(server, stage.each(Repeat::ok(&request)))?;
    let make = move |number: usize, into: &mut Vec<u8>| {
        // Known and unknown accounts in turn.
        let person = number % 128;
        let body = format!("{{\"email\":\"person-{person}@bench.example\",\"password\":\"wrong horse {number}\"}}");
        Request::post("/v1/auth/sign-in", &body).write(address, into);
    };
    let fresh = Fresh { make, next: Arc::default(), statuses: &[WRONG, REFUSED] };
    let mut flood = stage.lane(server, vec![fresh; FLOODING])?;

    let (duration, others_pace) = (stage.plan.flood, Pace::Steady { per_second: OTHERS });
    let mut seen = Seen::default();
    for _ in 0..stage.plan.floods {
        seen.calm.push(others.paced(duration, others_pace)?);
        let (others, attempts) =
            others.paced_beside(duration, others_pace, &mut flood, Pace::Missing { per_second: FLOOD })?;
        seen.flooded.push(others);
        seen.attempts.absorb(attempts);
        seen.seconds += duration.as_secs_f64();
        // The attempts that still wait for a hash belong to no calm.
        sleep(DRAIN);
    }
    seen.figures(memory::highest(server.id())?)
}

/// What was seen of it.
#[derive(Default)]
struct Seen {
    /// Of the others, without the flood and with it, turn by turn.
    calm: Vec<Latencies>,
    flooded: Vec<Latencies>,
    attempts: Latencies,
    /// Of flood.
    seconds: f64,
}

impl Seen {
    fn figures(&self, highest: f64) -> Result<Vec<Figure>> {
        let middle = |turns: &[Latencies], percent| {
            median(turns.iter().filter_map(|turn| turn.percentile(percent)).collect()).context("nobody was answered")
        };
        let (p50_calm, p50_flooded) = (middle(&self.calm, 50)?, middle(&self.flooded, 50)?);
        let (p99_calm, p99_flooded) = (middle(&self.calm, 99)?, middle(&self.flooded, 99)?);
        let change = (p99_flooded / p99_calm - 1.0) * 100.0;
        let per_second = |count: u32| f64::from(count) / self.seconds;
        let (wrong, refused) = (self.attempts.count_of(WRONG), self.attempts.count_of(REFUSED));
        let mut figures = vec![
            Figure::new("flood: wrong passwords", per_second(self.attempts.count()), Unit::PerSecond).note(format!(
                "{:.0}/s were checked (401), {:.0}/s refused (429)",
                per_second(wrong),
                per_second(refused)
            )),
            Figure::new("flood: JWKS p99 changes by", change, Unit::Percent).at_most(CHANGE_GOAL).unchecked().note(
                format!(
                    "p50 {p50_calm:.2} to {p50_flooded:.2} ms, p99 {p99_calm:.2} to {p99_flooded:.2} ms, at {OTHERS}/s"
                ),
            ),
            Figure::new("flood: highest resident memory", highest, Unit::Mebibytes).at_most(MEMORY_GOAL),
        ];
        if let Some(refusal) = self.attempts.percentile_of(REFUSED, 99) {
            figures.push(
                Figure::new("flood: p99 of a refusal", refusal, Unit::Milliseconds).at_most(REFUSAL_GOAL).unchecked(),
            );
        }
        Ok(figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(all: &[(u16, u64)]) -> Latencies {
        let mut latencies = Latencies::default();
        for (status, micros) in all {
            latencies.note(*status, Duration::from_micros(*micros));
        }
        latencies
    }

    #[test]
    fn the_change_is_told_in_percent_and_the_surplus_apart() {
        let seen = Seen {
            calm: vec![latencies(&[(200, 1_000)])],
            flooded: vec![latencies(&[(200, 1_100)])],
            attempts: latencies(&[(401, 30_000), (429, 1_000), (429, 2_000)]),
            seconds: 1.0,
        };
        let figures = seen.figures(40.0).unwrap();
        assert!((figures[1].found - 10.0).abs() < 1e-6, "{figures:?}");
        assert_eq!(figures[0].note, "1/s were checked (401), 2/s refused (429)");
        assert!((figures[3].found - 2.0).abs() < 1e-9);
    }
}
