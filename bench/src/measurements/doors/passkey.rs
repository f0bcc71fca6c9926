//! Signing in with a passkey: the options and the proof are one sign-in.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::authenticator::Passkey;
use crate::{
    http::{Client, Reply, Request, text_field},
    installation::{Server, open_accounts},
    load::Conversation,
    measurements::{rounds::in_turns, stage::Stage},
    report::{Figure, Row, Unit},
};

pub(super) const KIND: &str = "sign-in by passkey (two requests)";
/// Sign-ins a second.
const GOAL: f64 = 400.0;

pub(super) fn measure(stage: &Stage<'_>, server: &Server, figures: &mut Vec<Figure>) -> Result<Row> {
    stage.say(KIND);
    let origin = format!("http://{}", server.address);
    let accounts = open_accounts(server, stage.options.connections)?;
    let mut client = Client::connect(server.address)?;
    let mut holders = Vec::new();
    for (number, account) in accounts.iter().enumerate() {
        let begin = Request::post("/v1/auth/passkeys/registration", "{}").bearer(&account.access_token);
        let options = send(&mut client, &begin.to_bytes(server.address))?;
        let options = public_key(&options["data"])?;
        let (passkey, credential) = Passkey::create(number as u128 + 1, &origin, options)?;
        let body = json!({ "credential": credential }).to_string();
        let verify = Request::post("/v1/auth/passkeys/registration/verify", &body).bearer(&account.access_token);
        send(&mut client, &verify.to_bytes(server.address))?;
        holders.push(Holder { address: server.address, passkey, challenge: None });
    }
    let mut product = stage.lane(server, holders)?;
    product.slice(stage.plan.slice)?;
    let [summary] = in_turns(stage.plan.rounds, || Ok([product.slice(stage.plan.slice)?]))?;
    let figure = Figure::new("sign-in by passkey", summary.per_second / 2.0, Unit::PerSecond);
    figures.push(figure.at_least(GOAL).note("one core"));
    Ok(Row { kind: KIND, summary, ceiling: None, is_hashing: false })
}

fn send(client: &mut Client, request: &[u8]) -> Result<Value> {
    client.send(request, |reply| {
        if reply.status >= 300 {
            bail!("{}: {}", reply.status, String::from_utf8_lossy(reply.body));
        }
        Ok(serde_json::from_slice(reply.body)?)
    })
}

/// The options themselves, wherever the answer has them.
fn public_key(data: &Value) -> Result<&Value> {
    [&data["options"]["publicKey"], &data["options"], &data["public_key"], &data["publicKey"], data]
        .into_iter()
        .find(|options| options["challenge"].is_string())
        .context("no options in the answer")
}

/// Somebody with a passkey who signs in over and over.
struct Holder {
    address: SocketAddr,
    passkey: Passkey,
    /// Of the options that were given and not used yet.
    challenge: Option<String>,
}

impl Conversation for Holder {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        match self.challenge.as_deref().map(|challenge| self.passkey.get(challenge)) {
            Some(Ok(credential)) => {
                let body = json!({ "credential": credential }).to_string();
                Request::post("/v1/auth/passkeys/authentication/verify", &body).write(self.address, into);
                true
            }
            Some(Err(_)) => false,
            None => {
                Request::post("/v1/auth/passkeys/authentication", "{}").write(self.address, into);
                true
            }
        }
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(200)?;
        self.challenge = match self.challenge.take() {
            None => Some(text_field(reply.body, "challenge")?.to_owned()),
            Some(_) => None,
        };
        Ok(())
    }
}
