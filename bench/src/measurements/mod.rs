//! What is measured, in order, on each store.

mod doors;
mod enumeration;
mod flood;
mod hashing;
mod listing;
mod plan;
mod providers;
mod reading;
mod rounds;
mod stage;
mod starting;
mod tokens;
mod writing;

use anyhow::Result;

use self::{
    plan::Plan,
    stage::{Place, Stage},
};
use crate::{
    command_line::Options,
    cpu,
    load::Driver,
    pinning::Cores,
    report::{Figure, Report, Row, Unit},
};

/// The users of every store but the large one.
const USERS: u32 = 1_000;
/// The goal for a request that hashes no password, at the default number of connections.
const P99_GOAL: f64 = 10.0;

/// Can it be told from outside whether somebody has an account?
pub(crate) fn enumeration(options: &Options, samples: Option<u16>) -> Result<bool> {
    let (cores, driver, plan) = (Cores::take()?, Driver::new()?, Plan::new(options));
    enumeration::measure(&Stage::new(options, cores, &driver, plan, Place::Sqlite)?, samples)
}

/// The OAuth provider beside another one, on the same stores.
pub(crate) fn peers(options: &Options) -> Result<Vec<Report>> {
    on_each_store(options, providers::measure)
}

/// Measure on SQLite, and on PostgreSQL where one was named.
pub(crate) fn all(options: &Options) -> Result<Vec<Report>> {
    on_each_store(options, measure)
}

fn on_each_store(options: &Options, measure: impl Fn(&Stage<'_>) -> Result<Report>) -> Result<Vec<Report>> {
    cpu::check_available()?;
    let (cores, driver, plan) = (Cores::take()?, Driver::new()?, Plan::new(options));
    eprintln!("{}; {} connections; {plan}", cores.describe(), options.connections);
    let mut places = vec![Place::Sqlite];
    places.extend(options.postgres.clone().map(Place::Postgres));
    places.into_iter().map(|place| measure(&Stage::new(options, cores, &driver, plan, place)?)).collect()
}

fn measure(stage: &Stage<'_>) -> Result<Report> {
    stage.say("starts");
    let (installation, mut figures) = starting::measure(stage)?;
    let server = installation.start(stage.cores)?;
    figures.push(starting::idle_memory(&server)?);
    server.lift_limits()?;

    let mut rows = Vec::new();
    rows.extend(reading::measure(stage, &server)?);
    rows.extend(tokens::measure(stage, &server)?);
    rows.extend(listing::measure(stage, &server)?);
    rows.extend(hashing::measure(stage, &server, &mut figures)?);
    if stage.options.wants("flood") {
        figures.extend(flood::measure(stage, &server)?);
    }
    rows.extend(doors::measure(stage, &mut figures)?);
    // Last, because the server goes on to seal the audit trail of so many users for a while.
    rows.extend(writing::measure(stage, &server)?);
    figures.extend(slowest(&rows));
    figures.push(starting::memory_after_load(&server)?);
    server.stop()?;
    Ok(Report { store: stage.name().to_owned(), rows, compared: Vec::new(), figures })
}

/// The 99th percentile of the kind that has the highest one, hashing aside.
fn slowest(rows: &[Row]) -> Option<Figure> {
    let slowest =
        rows.iter().filter(|row| !row.is_hashing).max_by(|one, other| one.summary.p99.total_cmp(&other.summary.p99))?;
    let figure = Figure::new("highest p99 without a hash", slowest.summary.p99, Unit::Milliseconds);
    Some(figure.at_most(P99_GOAL).unchecked().note(slowest.kind))
}
