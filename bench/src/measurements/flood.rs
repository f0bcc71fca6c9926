//! A flood of wrong passwords, and what everybody else notices of it.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::stage::Stage;
use crate::{
    http::Request,
    installation::Server,
    load::{Fresh, Latencies, Pace, Repeat},
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
const MEMORY_GOAL: f64 = 55.0;
/// Milliseconds in which a surplus attempt should be refused.
const REFUSAL_GOAL: f64 = 50.0;
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
    let before = others.paced(duration, others_pace)?;
    let (during, attempts) =
        others.paced_beside(duration, others_pace, &mut flood, Pace::Missing { per_second: FLOOD })?;
    let highest = memory::highest(server.id())?;
    figures(&before, &during, &attempts, duration.as_secs_f64(), highest)
}

fn figures(
    before: &Latencies,
    during: &Latencies,
    attempts: &Latencies,
    seconds: f64,
    highest: f64,
) -> Result<Vec<Figure>> {
    let percentile = |latencies: &Latencies, percent| latencies.percentile(percent).context("nobody was answered");
    let (p99_before, p99_during) = (percentile(before, 99)?, percentile(during, 99)?);
    let (p50_before, p50_during) = (percentile(before, 50)?, percentile(during, 50)?);
    let change = (p99_during / p99_before - 1.0) * 100.0;
    let per_second = |count: u32| f64::from(count) / seconds;
    let attempted = Figure::new("flood: wrong passwords", per_second(attempts.count()), Unit::PerSecond).note(format!(
        "{:.0}/s were checked (401), {:.0}/s refused (429)",
        per_second(attempts.count_of(WRONG)),
        per_second(attempts.count_of(REFUSED))
    ));
    let mut figures = vec![
        attempted,
        Figure::new("flood: JWKS p99 changes by", change, Unit::Percent).at_most(CHANGE_GOAL).unchecked().note(
            format!(
                "p50 {p50_before:.2} to {p50_during:.2} ms, p99 {p99_before:.2} to {p99_during:.2} ms, at {OTHERS}/s"
            ),
        ),
        Figure::new("flood: highest resident memory", highest, Unit::Mebibytes).at_most(MEMORY_GOAL),
    ];
    if let Some(refusal) = attempts.percentile_of(REFUSED, 99) {
        figures.push(
            Figure::new("flood: p99 of a refusal", refusal, Unit::Milliseconds).at_most(REFUSAL_GOAL).unchecked(),
        );
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let attempts = latencies(&[(401, 30_000), (429, 1_000), (429, 2_000)]);
        let figures = figures(&latencies(&[(200, 1_000)]), &latencies(&[(200, 1_100)]), &attempts, 1.0, 40.0).unwrap();
        assert!((figures[1].found - 10.0).abs() < 1e-6, "{figures:?}");
        assert_eq!(figures[0].note, "1/s were checked (401), 2/s refused (429)");
        assert!((figures[3].found - 2.0).abs() < 1e-9);
    }
}
