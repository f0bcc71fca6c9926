//! People who can sign in, one for each connection.

use anyhow::{Context, Result};
use serde_json::json;

use super::Server;
use crate::{
    ceilings,
    http::{Client, Request, text_field},
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A person with a session of their own.
pub(crate) struct Account {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// Create so many users with the same password, hashed once, and sign each in.
pub(crate) fn open_accounts(server: &Server, count: u16) -> Result<Vec<Account>> {
    let hash = ceilings::phc(PASSWORD)?;
    let mut client = Client::connect(server.address)?;
    (0..count).map(|number| open(server, &mut client, &format!("person-{number}@bench.example"), &hash)).collect()
}

fn open(server: &Server, client: &mut Client, email: &str, hash: &str) -> Result<Account> {
    let body = json!({ "primary_email": email, "password_hash": hash }).to_string();
    let create = Request::post("/v1/users", &body).bearer(&server.facts.api_key).to_bytes(server.address);
    client.send(&create, |reply| reply.expect(201)).with_context(|| format!("{email} can't be created"))?;
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let sign_in = Request::post("/v1/auth/sign-in", &body).to_bytes(server.address);
    client
        .send(&sign_in, |reply| {
            reply.expect(200)?;
            Ok(Account {
                access_token: text_field(reply.body, "access_token")?.to_owned(),
                refresh_token: text_field(reply.body, "refresh_token")?.to_owned(),
            })
        })
        .with_context(|| format!("{email} can't sign in"))
}
