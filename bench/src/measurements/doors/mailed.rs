//! Signing in by what a message holds. The messages are sent and read before; the redemption is measured.

use std::{collections::HashMap, thread::sleep, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    http::{Client, Request, text_field},
    installation::Server,
    load::OneOf,
    measurements::{rounds::in_turns, stage::Stage},
    report::{Ceiling, Figure, Row, Unit},
};

pub(super) const CODE: &str = "sign-in by code";
pub(super) const LINK: &str = "sign-in by link";
/// A second, durable, on two cores.
const GOAL: f64 = 500.0;
/// Redemptions that are prepared for each round.
const PREPARED: usize = 1_200;
/// Messages that are asked for before the mailbox is read; it keeps five hundred.
const BATCH: usize = 400;
/// How long the worker may take to send a batch.
const PATIENCE: u32 = 600;

pub(super) fn measure(
    stage: &Stage<'_>,
    server: &Server,
    kind: &'static str,
    figures: &mut Vec<Figure>,
) -> Result<Row> {
    stage.say(kind);
    let total = PREPARED * stage.plan.rounds;
    create_users(server, total)?;
    let mut redemptions = Vec::with_capacity(total);
    while redemptions.len() < total {
        let first = redemptions.len();
        redemptions.extend(prepare(server, kind, first..(first + BATCH).min(total))?);
    }
    let first = redemptions.pop().context("something was prepared")?;
    let length = Client::connect(server.address)?.send(&first, |reply| reply.expect(200).map(|()| reply.body.len()))?;
    let bare = stage.bare_commit(length, 1)?;
    let mut ceiling = stage.commit_lane(&bare, "{}")?;
    let share = redemptions.len() / stage.plan.rounds;
    let [summary, bare] = in_turns(stage.plan.rounds, || {
        let heap = OneOf::once(redemptions.split_off(redemptions.len() - share));
        let product = stage.lane(server, stage.each(heap))?.slice(stage.plan.slice)?;
        Ok([product, ceiling.slice(stage.plan.slice)?])
    })?;
    figures.push(Figure::new(kind, summary.per_second, Unit::PerSecond).at_least(GOAL).note("one core"));
    let ceiling = Ceiling { what: "bare commit + token", cpu: bare.cpu, goal: None };
    Ok(Row { kind, summary, ceiling: Some(ceiling), is_hashing: false })
}

fn email(kind_is_code: bool, number: usize) -> String {
    format!("{}-{number}@bench.example", if kind_is_code { "code" } else { "link" })
}

fn create_users(server: &Server, count: usize) -> Result<()> {
    let mut client = Client::connect(server.address)?;
    for number in 0..count {
        for is_code in [true, false] {
            let body = json!({ "primary_email": email(is_code, number), "email_verified": true }).to_string();
            let request = Request::post("/v1/users", &body).bearer(&server.facts.api_key).to_bytes(server.address);
            // The second kind finds the users of the first.
            client.send(&request, |reply| if reply.status == 409 { Ok(()) } else { reply.expect(201) })?;
        }
    }
    Ok(())
}

/// Ask for messages, read them, and write the requests that redeem them.
fn prepare(server: &Server, kind: &str, numbers: std::ops::Range<usize>) -> Result<Vec<Vec<u8>>> {
    let is_code = kind == CODE;
    let path = if is_code { "/v1/auth/otp" } else { "/v1/auth/magic-links" };
    let mut client = Client::connect(server.address)?;
    let mut challenges = HashMap::new();
    for number in numbers {
        let email = email(is_code, number);
        let body = json!({ "email": email }).to_string();
        let request = Request::post(path, &body).to_bytes(server.address);
        let challenge = client.send(&request, |reply| {
            reply.expect(202)?;
            text_field(reply.body, "challenge_id").map(str::to_owned)
        })?;
        challenges.insert(email, challenge);
    }
    let letters = letters(server, &mut client, &challenges)?;
    challenges
        .iter()
        .map(|(email, challenge)| {
            let letter = letters.get(email).context("every message was found")?;
            let (path, body) = if is_code {
                ("/v1/auth/otp/verify", json!({ "challenge_id": challenge, "code": letter }))
            } else {
                let token = letter.split_once("token=").context("a link without a token")?.1;
                ("/v1/auth/magic-links/verify", json!({ "token": token }))
            };
            Ok(Request::post(path, &body.to_string()).to_bytes(server.address))
        })
        .collect()
}

/// The code or link of each address, once all were sent.
fn letters(server: &Server, client: &mut Client, wanted: &HashMap<String, String>) -> Result<HashMap<String, String>> {
    let request = Request::get("/dev/mailbox.json").to_bytes(server.address);
    let mut found = HashMap::new();
    for _ in 0..PATIENCE {
        let letters: Value = client.send(&request, |reply| {
            reply.expect(200)?;
            Ok(serde_json::from_slice(reply.body)?)
        })?;
        let list = letters.as_array().or_else(|| letters["letters"].as_array()).context("a list of letters")?;
        for letter in list {
            let secret = letter["code"].as_str().or_else(|| letter["link"].as_str());
            if let (Some(to), Some(secret)) = (letter["to"].as_str(), secret)
                && wanted.contains_key(to)
            {
                found.entry(to.to_owned()).or_insert_with(|| secret.to_owned());
            }
        }
        if found.len() == wanted.len() {
            return Ok(found);
        }
        sleep(Duration::from_millis(200));
    }
    ensure!(found.len() == wanted.len(), "{} of {} messages were sent", found.len(), wanted.len());
    Ok(found)
}
