//! Lanes in turns: A B A B, so that what the machine does meanwhile hits them alike.

use std::{array, time::Duration};

use anyhow::{Context, Result};

use super::stage::Stage;
use crate::{
    ceilings::Spun,
    load::{Conversation, Lane, Sample, Summary, median},
    process::run_ceiling,
};

/// Short, and its sample is thrown away: caches fill, pools grow.
const WARM_UP: Duration = Duration::from_millis(200);
/// One run of a ceiling that spins. Its first operation is not counted.
const SPIN_MILLIS: u64 = 250;

/// So many rounds over `N` lanes; the summaries in the order of the lanes.
pub(super) fn in_turns<const N: usize>(
    rounds: usize,
    mut round: impl FnMut() -> Result<[Sample; N]>,
) -> Result<[Summary; N]> {
    let mut lanes: [Vec<Sample>; N] = array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (lane, sample) in lanes.iter_mut().zip(round()?) {
            lane.push(sample);
        }
    }
    let summaries: Vec<Summary> = lanes.iter().map(|lane| Summary::of(lane)).collect::<Result<_>>()?;
    summaries.try_into().ok().context("as many summaries as lanes")
}

/// The product beside one ceiling that serves HTTP too.
pub(super) fn beside<C: Conversation, D: Conversation>(
    stage: &Stage<'_>,
    slice: Duration,
    product: &mut Lane<'_, C>,
    ceiling: &mut Lane<'_, D>,
) -> Result<[Summary; 2]> {
    product.slice(WARM_UP)?;
    ceiling.slice(WARM_UP)?;
    in_turns(stage.plan.rounds, || Ok([product.slice(slice)?, ceiling.slice(slice)?]))
}

/// The product beside a ceiling that spins: its summary, and the CPU microseconds of one operation of the ceiling.
pub(super) fn beside_spinning<C: Conversation>(
    stage: &Stage<'_>,
    slice: Duration,
    product: &mut Lane<'_, C>,
    operation: &str,
) -> Result<(Summary, f64)> {
    product.slice(WARM_UP)?;
    let mut spun = Vec::new();
    let [summary] = in_turns(stage.plan.rounds, || {
        spun.push(spin(stage, operation)?.cpu);
        Ok([product.slice(slice)?])
    })?;
    Ok((summary, median(spun).context("no rounds")?))
}

pub(super) fn spin(stage: &Stage<'_>, operation: &str) -> Result<Spun> {
    let arguments = [operation, "--millis", &SPIN_MILLIS.to_string()].map(str::to_owned);
    Spun::parse(&run_ceiling(&arguments, stage.cores)?)
}
