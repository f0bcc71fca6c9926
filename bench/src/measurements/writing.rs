//! Creating users through the API, without passwords.

use std::sync::Arc;

use anyhow::Result;

use super::{rounds::beside, stage::Stage};
use crate::{
    http::{Client, Request},
    installation::Server,
    load::Fresh,
    report::{Ceiling, Row},
};

const KIND: &str = "user create";
const PATH: &str = "/v1/users";

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Option<Row>> {
    if !stage.options.wants(KIND) {
        return Ok(None);
    }
    stage.say(KIND);
    let (address, api_key) = (server.address, server.facts.api_key.clone());
    let first = body("first");
    let request = Request::post(PATH, &first).bearer(&api_key).to_bytes(address);
    let length = Client::connect(address)?.send(&request, |reply| reply.expect(201).map(|()| reply.body.len()))?;
    let make = move |number: usize, into: &mut Vec<u8>| {
        Request::post(PATH, &body(&number.to_string())).bearer(&api_key).write(address, into);
    };
    let mut product = stage.lane(server, stage.each(Fresh { make, next: Arc::default(), statuses: &[201] }))?;
    let bare = stage.bare_commit(length, 0)?;
    let mut ceiling = stage.commit_lane(&bare, &first)?;
    let [summary, bare] = beside(stage, stage.plan.slice, &mut product, &mut ceiling)?;
    let ceiling = Ceiling { what: "bare commit", cpu: bare.cpu, goal: None };
    Ok(Some(Row { kind: KIND, summary, ceiling: Some(ceiling), is_hashing: false }))
}

fn body(number: &str) -> String {
    format!("{{\"primary_email\":\"created-{number}@bench.example\",\"name\":\"Created {number}\"}}")
}
