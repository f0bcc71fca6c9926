//! Pages of users, among a thousand and among a million.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use super::{
    USERS,
    rounds::{beside, in_turns},
    stage::Stage,
};
use crate::{
    http::{Client, Request, text_field},
    installation::{Installation, Server},
    load::OneOf,
    report::{Ceiling, Row},
};

const FIRST_PAGE: &str = "user list, 1 k, first page";
const ANY_PAGE: &str = "user list, 1 k, any page";
const FIRST_PAGE_OF_MILLION: &str = "user list, 1 M, first page";
const ANY_PAGE_OF_MILLION: &str = "user list, 1 M, any page";
const MILLION: u32 = 1_000_000;
const GOAL: f64 = 1.3;
/// Rows of a page that is measured.
const PAGE: u32 = 50;
/// The most that a page may hold: what the walk to the last page asks for.
const WIDEST_PAGE: u32 = 200;
/// Pages that stand for any page, from the first to the last.
const SPREAD: usize = 16;

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Vec<Row>> {
    if ![FIRST_PAGE, ANY_PAGE, FIRST_PAGE_OF_MILLION, ANY_PAGE_OF_MILLION].iter().any(|kind| stage.options.wants(kind))
    {
        return Ok(Vec::new());
    }
    stage.say("user list");
    let small = Pages::find(server, USERS)?;
    if !stage.plan.has_million {
        return Ok(vec![alone(stage, server, FIRST_PAGE, small.first)?, alone(stage, server, ANY_PAGE, small.any)?]);
    }
    let large_server = million(stage)?;
    stage.say("user list, 1 M");
    let large = Pages::find(&large_server, MILLION)?;
    let mut rows = Vec::new();
    rows.extend(pair(stage, [server, &large_server], [FIRST_PAGE, FIRST_PAGE_OF_MILLION], [small.first, large.first])?);
    rows.extend(pair(stage, [server, &large_server], [ANY_PAGE, ANY_PAGE_OF_MILLION], [small.any, large.any])?);
    large_server.stop()?;
    Ok(rows)
}

/// Requests for pages.
struct Pages {
    first: Vec<Vec<u8>>,
    any: Vec<Vec<u8>>,
}

impl Pages {
    /// Walk the list to its end and remember pages on the way.
    fn find(server: &Server, at_least: u32) -> Result<Self> {
        let mut cursors = Vec::new();
        let mut client = Client::connect(server.address)?;
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let request = request(server, WIDEST_PAGE, &cursor);
            // On the last page it is null.
            next = client.send(&request, |reply| {
                reply.expect(200).map(|()| text_field(reply.body, "next_cursor").ok().map(str::to_owned))
            })?;
            cursors.push(cursor);
        }
        let fewest = usize::try_from(at_least / WIDEST_PAGE)?;
        anyhow::ensure!(cursors.len() >= fewest, "{} pages are fewer than {at_least} users need", cursors.len());
        let any = spread(&cursors, SPREAD).map(|cursor| request(server, PAGE, cursor)).collect();
        Ok(Self { first: vec![request(server, PAGE, "")], any })
    }
}

/// So many of them, evenly, the first and the last among them.
fn spread<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let steps = count.min(all.len()).saturating_sub(1);
    (0..=steps).filter_map(move |step| all.get(step * all.len().saturating_sub(1) / steps.max(1)))
}

fn request(server: &Server, limit: u32, cursor: &str) -> Vec<u8> {
    let cursor = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
    let path = format!("/v1/users?limit={limit}{cursor}");
    Request::get(&path).bearer(&server.facts.api_key).to_bytes(server.address)
}

fn alone(stage: &Stage<'_>, server: &Server, kind: &'static str, requests: Vec<Vec<u8>>) -> Result<Row> {
    let mut product = stage.lane(server, stage.each(OneOf::in_turn(requests)))?;
    let [summary] = in_turns(stage.plan.rounds, || Ok([product.slice(stage.plan.slice)?]))?;
    Ok(Row { kind, summary, ceiling: None, is_hashing: false })
}

/// The same pages of both stores; the small one is the ceiling of the large one.
fn pair(
    stage: &Stage<'_>,
    servers: [&Server; 2],
    kinds: [&'static str; 2],
    requests: [Vec<Vec<u8>>; 2],
) -> Result<[Row; 2]> {
    let [small_requests, large_requests] = requests;
    let mut small = stage.lane(servers[0], stage.each(OneOf::in_turn(small_requests)))?;
    let mut large = stage.lane(servers[1], stage.each(OneOf::in_turn(large_requests)))?;
    let [large, small] = beside(stage, stage.plan.slice, &mut large, &mut small)?;
    let ceiling = Ceiling { what: "the same at 1 k", cpu: small.cpu, goal: Some(GOAL) };
    Ok([
        Row { kind: kinds[0], summary: small, ceiling: None, is_hashing: false },
        Row { kind: kinds[1], summary: large, ceiling: Some(ceiling), is_hashing: false },
    ])
}

/// A server over a million users. On SQLite the store is kept for the next run.
fn million(stage: &Stage<'_>) -> Result<Server> {
    let folder = stage.options.cache.join(if stage.is_sqlite() { "million-sqlite" } else { "million-postgres" });
    let is_whole = folder.join("whole");
    if stage.is_sqlite() && is_whole.is_file() {
        match stage.installation_in(folder.clone(), "")?.start(stage.cores) {
            Ok(server) => return server.lift_limits().map(|()| server),
            // The schema has moved on since it was made.
            Err(error) => stage.say(&format!("the million users of an earlier run are made anew: {error:#}")),
        }
    }
    stage.say("loading 1 M users");
    let installation = empty(stage, folder)?;
    let facts = {
        let server = installation.start(stage.cores)?;
        let facts = server.facts.clone();
        server.stop()?;
        facts
    };
    installation.populate(stage.driver, &facts, MILLION)?;
    if stage.is_sqlite() {
        fs::write(is_whole, "")?;
    }
    let server = installation.start(stage.cores)?;
    server.lift_limits()?;
    Ok(server)
}

fn empty(stage: &Stage<'_>, folder: PathBuf) -> Result<Installation> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    stage.installation_in(folder, "bench_million")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_both_ends() {
        let all: Vec<usize> = (0..5_001).collect();
        let some: Vec<&usize> = spread(&all, SPREAD).collect();
        assert_eq!((some.len(), *some[0], *some[15]), (SPREAD, 0, 5_000));
        assert_eq!(spread(&all[..3], SPREAD).copied().collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(&all[..1], SPREAD).copied().collect::<Vec<_>>(), [0]);
        assert_eq!(spread::<usize>(&[], SPREAD).count(), 0);
    }
}
