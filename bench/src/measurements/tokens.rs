//! What tokens cost: to verify one, to refresh one.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};

use super::{
    rounds::{beside, in_turns, spin},
    stage::{Stage, body_length},
};
use crate::{
    http::{Reply, Request, text_field},
    installation::{Account, Server, open_accounts},
    load::{Conversation, OneOf, Repeat, median},
    report::{Ceiling, Row},
};

const VERIFY: &str = "session verify";
const VERIFY_NEW: &str = "session verify, token not seen before";
const REFRESH: &str = "refresh";
const VERIFY_PATH: &str = "/v1/auth/me";
/// Over a bare answer; a token that was not seen before may cost one signature check more.
const VERIFY_GOAL: f64 = 2.0;
const REFRESH_GOAL: f64 = 2.0;
/// Tokens that the refreshes leave for the verification of new ones.
const KEPT: usize = 40_000;
/// Enough for one refresh at least, which tells how long a reply is.
const FIRST_TURNS: Duration = Duration::from_millis(50);

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Vec<Row>> {
    if ![VERIFY, VERIFY_NEW, REFRESH].iter().any(|kind| stage.options.wants(kind)) {
        return Ok(Vec::new());
    }
    stage.say("signing people in");
    let accounts = open_accounts(server, stage.options.connections)?;
    let mut rows = Vec::new();
    if stage.options.wants(VERIFY) {
        rows.push(verify(stage, server, &accounts)?);
    }
    let (refresh, new_tokens) = refresh(stage, server, &accounts)?;
    rows.push(refresh);
    if stage.options.wants(VERIFY_NEW) {
        rows.push(verify_new(stage, server, &new_tokens)?);
    }
    Ok(rows)
}

/// The same token again and again: its signature was checked before, that its session lives is asked each time.
fn verify(stage: &Stage<'_>, server: &Server, accounts: &[Account]) -> Result<Row> {
    stage.say(VERIFY);
    let request = |token: &str| Request::get(VERIFY_PATH).bearer(token).to_bytes(server.address);
    let requests: Vec<Vec<u8>> = accounts.iter().map(|account| request(&account.access_token)).collect();
    let first = requests.first().context("at least one account")?;
    let (bare, what) = stage.bare_answer(body_length(server.address, first)?)?;
    let mut product = stage.lane(server, requests.iter().map(|request| Repeat::ok(request)))?;
    let mut ceiling = stage.ceiling_lane(&bare)?;
    let [summary, bare] = beside(stage, stage.plan.slice, &mut product, &mut ceiling)?;
    let ceiling = Ceiling { what, cpu: bare.cpu, goal: Some(VERIFY_GOAL) };
    Ok(Row { kind: VERIFY, summary, ceiling: Some(ceiling), is_hashing: false })
}

/// Each token once.
fn verify_new(stage: &Stage<'_>, server: &Server, tokens: &[String]) -> Result<Row> {
    stage.say(VERIFY_NEW);
    let mut requests: Vec<Vec<u8>> =
        tokens.iter().map(|token| Request::get(VERIFY_PATH).bearer(token).to_bytes(server.address)).collect();
    let length = body_length(server.address, &requests.pop().context("no refresh left a token")?)?;
    let (bare, _) = stage.bare_answer(length)?;
    let mut ceiling = stage.ceiling_lane(&bare)?;
    let share = requests.len() / stage.plan.rounds;
    let mut verified = Vec::new();
    let [summary, bare] = in_turns(stage.plan.rounds, || {
        // A heap for each round, so that a fast server does not leave the last ones without.
        let heap = OneOf::once(requests.split_off(requests.len() - share));
        let product = stage.lane(server, stage.each(heap))?.slice(stage.plan.slice)?;
        verified.push(spin(stage, "verify")?.cpu);
        Ok([product, ceiling.slice(stage.plan.slice)?])
    })?;
    let signature = median(verified).context("no rounds")?;
    let cpu = VERIFY_GOAL * bare.cpu + signature;
    let ceiling = Ceiling { what: "2 × the same + EdDSA check", cpu, goal: Some(1.0) };
    Ok(Row { kind: VERIFY_NEW, summary, ceiling: Some(ceiling), is_hashing: false })
}

/// Each connection rotates its own chain. Also the access tokens that nobody has verified yet.
fn refresh(stage: &Stage<'_>, server: &Server, accounts: &[Account]) -> Result<(Row, Vec<String>)> {
    stage.say(REFRESH);
    let harvest = Arc::new(Mutex::new(Harvest::default()));
    let chain = |account: &Account| Chain {
        address: server.address,
        refresh_token: account.refresh_token.clone(),
        harvest: Arc::clone(&harvest),
    };
    let mut product = stage.lane(server, accounts.iter().map(chain))?;
    product.slice(FIRST_TURNS)?;
    let length = lock(&harvest).body_length;
    let bare = stage.bare_commit(length, 1)?;
    let first = accounts.first().context("at least one account")?;
    let mut ceiling = stage.commit_lane(&bare, &refresh_body(&first.refresh_token))?;
    let [summary, bare] = beside(stage, stage.plan.slice, &mut product, &mut ceiling)?;
    let ceiling = Ceiling { what: "bare commit + 2 tokens", cpu: bare.cpu, goal: Some(REFRESH_GOAL) };
    let row = Row { kind: REFRESH, summary, ceiling: Some(ceiling), is_hashing: false };
    let tokens = std::mem::take(&mut lock(&harvest).access_tokens);
    Ok((row, tokens))
}

/// A refresh token, exchanged for the next one each time.
struct Chain {
    address: SocketAddr,
    refresh_token: String,
    harvest: Arc<Mutex<Harvest>>,
}

/// What all chains leave behind.
#[derive(Default)]
struct Harvest {
    body_length: usize,
    access_tokens: Vec<String>,
}

fn lock(harvest: &Mutex<Harvest>) -> MutexGuard<'_, Harvest> {
    // One thread drives all connections, so there is no half-done work to fear.
    harvest.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refresh_body(token: &str) -> String {
    format!("{{\"refresh_token\":\"{token}\"}}")
}

impl Conversation for Chain {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        Request::post("/v1/sessions/tokens", &refresh_body(&self.refresh_token)).write(self.address, into);
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(200)?;
        text_field(reply.body, "refresh_token")?.clone_into(&mut self.refresh_token);
        let mut harvest = lock(&self.harvest);
        harvest.body_length = reply.body.len();
        if harvest.access_tokens.len() < KEPT {
            harvest.access_tokens.push(text_field(reply.body, "access_token")?.to_owned());
        }
        Ok(())
    }
}
