//! Signing in and up with a password: the hash, and everything else.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Result;

use super::{rounds::beside_spinning, stage::Stage};
use crate::{
    http::Request,
    installation::{PASSWORD, Server},
    load::Fresh,
    report::{Ceiling, Figure, Row, Unit},
};

const SIGN_IN: &str = "sign-in";
const SIGN_UP: &str = "sign-up";
/// 28 sign-ins a second on a core where the bare hash makes 30.
const SIGN_IN_GOAL: f64 = 30.0 / 28.0;
/// Milliseconds of CPU beside the hash.
const BESIDE_GOAL: f64 = 1.0;
/// Enough to keep the hashing threads busy, and few enough to find a place in their queue.
const CONNECTIONS: usize = 16;

pub(super) fn measure(stage: &Stage<'_>, server: &Server, figures: &mut Vec<Figure>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    // Signing up first makes the accounts that then sign in.
    let wants_sign_in = stage.options.wants(SIGN_IN);
    if wants_sign_in || stage.options.wants(SIGN_UP) {
        rows.push(hashing(stage, server, &SIGNING_UP)?);
    }
    if wants_sign_in {
        let row = hashing(stage, server, &SIGNING_IN)?;
        let beside =
            Figure::new("sign-in, everything but the hash", row.summary.cpu_beside_hash / 1_000.0, Unit::Milliseconds);
        let beside = beside.at_most(BESIDE_GOAL).checked_if(stage.is_sqlite());
        figures.push(beside.note("CPU of all threads but the hashing ones, and of the database"));
        rows.insert(0, row);
    }
    Ok(rows)
}

/// A request that hashes.
struct Kind {
    name: &'static str,
    path: &'static str,
    statuses: &'static [u16],
    /// So many people take turns; each signs up once.
    people: usize,
    goal: Option<f64>,
}

const SIGNING_UP: Kind =
    Kind { name: SIGN_UP, path: "/v1/auth/sign-up", statuses: &[202], people: usize::MAX, goal: None };
/// Only those of whom every connection has signed one up for sure.
const SIGNING_IN: Kind =
    Kind { name: SIGN_IN, path: "/v1/auth/sign-in", statuses: &[200], people: CONNECTIONS, goal: Some(SIGN_IN_GOAL) };

fn hashing(stage: &Stage<'_>, server: &Server, kind: &'static Kind) -> Result<Row> {
    stage.say(kind.name);
    let address = server.address;
    let make = move |number: usize, into: &mut Vec<u8>| write(kind.path, number % kind.people, address, into);
    let fresh = Fresh { make, next: Arc::default(), statuses: kind.statuses };
    let mut product = stage.lane(server, vec![fresh; CONNECTIONS])?;
    let (summary, hash) = beside_spinning(stage, stage.plan.hash_slice, &mut product, "hash")?;
    let ceiling = Ceiling { what: "bare hash", cpu: hash, goal: kind.goal };
    Ok(Row { kind: kind.name, summary, ceiling: Some(ceiling), is_hashing: true })
}

fn write(path: &str, person: usize, address: SocketAddr, into: &mut Vec<u8>) {
    let body = format!("{{\"email\":\"signed-up-{person}@bench.example\",\"password\":\"{PASSWORD}\"}}");
    Request::post(path, &body).write(address, into);
}
