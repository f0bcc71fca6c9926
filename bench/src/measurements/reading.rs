//! What anybody may read and every node asks for: the keys and the discovery document.

use anyhow::Result;

use super::{
    rounds::beside,
    stage::{Stage, body_length},
};
use crate::{
    http::Request,
    installation::Server,
    load::Repeat,
    report::{Ceiling, Row},
};

const KINDS: [(&str, &str); 2] =
    [("JWKS", "/.well-known/jwks.json"), ("discovery", "/.well-known/openid-configuration")];
const GOAL: f64 = 1.3;

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Vec<Row>> {
    KINDS
        .into_iter()
        .filter(|(kind, _)| stage.options.wants(kind))
        .map(|(kind, path)| document(stage, server, kind, path))
        .collect()
}

fn document(stage: &Stage<'_>, server: &Server, kind: &'static str, path: &str) -> Result<Row> {
    stage.say(kind);
    let request = Request::get(path).to_bytes(server.address);
    let bare = stage.bare_http(body_length(server.address, &request)?)?;
    let mut product = stage.lane(server, stage.each(Repeat::ok(&request)))?;
    let mut ceiling = stage.ceiling_lane(&bare)?;
    let [summary, bare] = beside(stage, stage.plan.slice, &mut product, &mut ceiling)?;
    let ceiling = Ceiling { what: "bare reply", cpu: bare.cpu, goal: Some(GOAL) };
    Ok(Row { kind, summary, ceiling: Some(ceiling), is_hashing: false })
}
