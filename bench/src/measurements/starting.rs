//! Starts, the idle server, and the size of the binary.

use std::{thread::sleep, time::Duration};

use anyhow::{Context, Result};

use super::{USERS, stage::Stage};
use crate::{
    installation::{Installation, Server},
    load::median,
    memory,
    report::{Figure, Unit},
};

const FIRST_START_GOAL: f64 = 1_000.0;
const LATER_START_GOAL: f64 = 100.0;
const IDLE_GOAL: f64 = 36.0;
pub(super) const LOADED_GOAL: f64 = 55.0;
const BINARY_GOAL: f64 = 30.0;
/// After a start and after load, until the process is at rest.
const REST: Duration = Duration::from_secs(2);
const BYTES_PER_MEGABYTE: f64 = 1e6;

/// Start new installations and old ones; the last one, with its users, is what the load goes to.
pub(super) fn measure(stage: &Stage<'_>) -> Result<(Installation, Vec<Figure>)> {
    let mut first = Vec::new();
    let mut installation = stage.new_installation()?;
    for number in 0..stage.plan.starts {
        if number > 0 {
            installation = stage.new_installation()?;
        }
        first.push(start_and_stop(stage, &installation)?);
    }
    installation.populate(stage.driver, &installation.facts()?, USERS)?;
    let later: Vec<f64> =
        (0..stage.plan.starts).map(|_| start_and_stop(stage, &installation)).collect::<Result<_>>()?;
    let milliseconds = |name, starts, goal| -> Result<Figure> {
        Ok(Figure::new(name, median(starts).context("no starts")?, Unit::Milliseconds).at_most(goal))
    };
    let figures = vec![
        binary_size(stage)?,
        milliseconds("first start to ready", first, FIRST_START_GOAL)?,
        milliseconds("later start to ready", later, LATER_START_GOAL)?,
    ];
    Ok((installation, figures))
}

/// Milliseconds until it was ready.
fn start_and_stop(stage: &Stage<'_>, installation: &Installation) -> Result<f64> {
    let server = installation.start(stage.cores)?;
    let ready_after = server.ready_after;
    server.stop()?;
    Ok(ready_after.as_secs_f64() * 1e3)
}

fn binary_size(stage: &Stage<'_>) -> Result<Figure> {
    let bytes = std::fs::metadata(&stage.options.server)?.len();
    // A binary of more than 4 GiB is beyond every goal anyhow.
    let megabytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / BYTES_PER_MEGABYTE;
    Ok(Figure::new("release binary", megabytes, Unit::Megabytes).at_most(BINARY_GOAL))
}

pub(super) fn idle_memory(server: &Server) -> Result<Figure> {
    resident("resident memory, idle", server, IDLE_GOAL)
}

pub(super) fn memory_after_load(server: &Server) -> Result<Figure> {
    resident("resident memory, after load", server, LOADED_GOAL)
}

fn resident(name: &'static str, server: &Server, goal: f64) -> Result<Figure> {
    sleep(REST);
    let (mapped, highest) = (memory::mapped(server.id())?, memory::highest(server.id())?);
    let figure = Figure::new(name, memory::resident(server.id())?, Unit::Mebibytes).at_most(goal);
    Ok(figure.note(format!("{mapped:.1} MiB of it mapped from files; highest ever {highest:.1} MiB")))
}
