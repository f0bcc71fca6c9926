//! A provider with the clients and browsers that ask it.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    cpu::Account,
    http::{Client, Request, text_field},
    installation::{Server, open_accounts},
    load::{Conversation, Driver, Lane},
    measurements::stage::Stage,
};

/// Where codes are sent: nothing is there, and nobody goes.
pub(super) const REDIRECT: &str = "https://app.bench.example/cb";

/// A client with its credentials.
pub(super) struct Machine {
    pub(super) id: String,
    /// As they travel.
    pub(super) basic: String,
}

impl Machine {
    pub(super) fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), basic: STANDARD.encode(format!("{id}:{secret}")) }
    }
}

pub(super) struct Side {
    pub(super) address: SocketAddr,
    pub(super) account: Account,
    /// Is given JWTs, signed by EdDSA.
    pub(super) eddsa: Machine,
    pub(super) es256: Machine,
    /// Is given handles.
    pub(super) opaque: Machine,
    /// Signs people in, and asks nobody for consent.
    pub(super) web: Machine,
    /// What has to be added to an authorization request for access tokens that are JWTs.
    pub(super) for_jwts: &'static str,
    /// The cookies of browsers in which somebody is signed in, one for each connection.
    pub(super) browsers: Vec<String>,
}

impl Side {
    pub(super) fn ours(stage: &Stage<'_>, server: &Server) -> Result<Self> {
        let machine = |name: &str, algorithm: &str, format: &str| {
            create(
                server,
                &json!({
                    "type": "m2m", "name": name, "access_token_signed_response_alg": algorithm, "access_token_format": format,
                }),
            )
        };
        let web = json!({
            "type": "web", "name": "web", "redirect_uris": [REDIRECT], "skip_consent": true,
            "allowed_scopes": ["openid", "profile", "email"], "id_token_signed_response_alg": "EdDSA",
        });
        let accounts = open_accounts(server, stage.options.connections)?;
        let tenant = format!("{:032x}", u128::from_be_bytes(server.facts.application));
        let browser = |number: usize, token: &str| format!("pc_br_{tenant}=browser-{number}; pc_at_{tenant}={token}");
        let browsers = accounts.iter().enumerate().map(|(number, account)| browser(number, &account.access_token));
        Ok(Self {
            address: server.address,
            account: stage.account(server),
            eddsa: machine("eddsa", "EdDSA", "jwt")?,
            es256: machine("es256", "ES256", "jwt")?,
            opaque: machine("opaque", "EdDSA", "opaque")?,
            web: create(server, &web)?,
            for_jwts: "",
            browsers: browsers.collect(),
        })
    }

    pub(super) fn browser(&self) -> Result<&str> {
        self.browsers.first().map(String::as_str).context("at least one browser")
    }

    pub(super) fn lane<'a, C: Conversation>(
        &self,
        driver: &'a Driver,
        conversations: impl IntoIterator<Item = C>,
    ) -> Result<Lane<'a, C>> {
        Lane::open(driver, self.address, self.account, conversations)
    }
}

fn create(server: &Server, client: &Value) -> Result<Machine> {
    let body = client.to_string();
    let request = Request::post("/api/v1/applications", &body).bearer(&server.facts.api_key).to_bytes(server.address);
    Client::connect(server.address)?
        .send(&request, |reply| {
            reply.expect(201)?;
            Ok(Machine::new(text_field(reply.body, "client_id")?, text_field(reply.body, "client_secret")?))
        })
        .with_context(|| format!("the client {} can't be created", client["name"]))
}
