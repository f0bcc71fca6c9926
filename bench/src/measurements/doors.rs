//! Ways in without a password: a code, a link, a passkey. And an import, which is how most accounts arrive.

mod authenticator;
mod import;
mod mailed;
mod passkey;

use anyhow::Result;
use serde_json::json;

use super::stage::Stage;
use crate::{
    http::{Client, Request},
    installation::Server,
    report::{Figure, Row},
};

/// On a server of its own, in development: the codes are read from its mailbox.
pub(super) fn measure(stage: &Stage<'_>, figures: &mut Vec<Figure>) -> Result<Vec<Row>> {
    let kinds = [mailed::CODE, mailed::LINK, passkey::KIND, import::KIND];
    if !kinds.iter().any(|kind| stage.options.wants(kind)) {
        return Ok(Vec::new());
    }
    stage.say("ways in without a password");
    let server = stage.new_installation()?.start_with_mailbox(stage.cores)?;
    server.lift_limits()?;
    lift_caps(&server)?;
    let mut rows = Vec::new();
    for kind in [mailed::CODE, mailed::LINK] {
        if stage.options.wants(kind) {
            rows.push(mailed::measure(stage, &server, kind, figures)?);
        }
    }
    if stage.options.wants(passkey::KIND) {
        rows.push(passkey::measure(stage, &server, figures)?);
    }
    if stage.options.wants(import::KIND) {
        figures.push(import::measure(stage, &server)?);
    }
    server.stop()?;
    Ok(rows)
}

/// So that one address may be sent what ten would be.
fn lift_caps(server: &Server) -> Result<()> {
    let body = json!({ "limits": { "emails_per_address": 200 }, "magic_link_other_browser": true }).to_string();
    let request = Request::put("/v1/settings/sign-in", &body).bearer(&server.facts.api_key).to_bytes(server.address);
    Client::connect(server.address)?.send(&request, |reply| reply.expect(200))
}
