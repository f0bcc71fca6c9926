//! A client of the application, and what a browser brings back to it.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{
    hosted::{Browser, encoded},
    kit::{PASSWORD, Reply, Server},
};

pub(super) const BACK: &str = "https://app.example.com/callback";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const ISSUER: &str = "http://localhost:8080";

/// One OAuth client.
#[derive(Clone)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: String,
    server: Server,
}

impl App {
    /// A confidential client with a server of its own; `changes` are registered names.
    pub(super) async fn create(server: &Server, changes: Value) -> Self {
        let mut body = json!({
            "type": "web", "name": "Reports", "redirect_uris": [BACK],
            "allowed_scopes": ["openid", "profile", "email", "offline_access"],
            "grant_types": ["authorization_code", "refresh_token"],
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let created = server.root().post("/api/v1/applications", body).await.expect(201);
        let secret = created.data()["client_secret"].as_str().unwrap_or_default().to_owned();
        Self { id: created.text("/client_id"), secret, server: server.clone() }
    }

    /// The tenant's own, which asks nobody.
    pub(super) async fn own(server: &Server) -> Self {
        Self::create(server, json!({ "skip_consent": true })).await
    }

    pub(super) async fn change(&self, changes: Value) {
        self.server.root().patch(format!("/api/v1/applications/{}", self.id), changes).await.expect(200);
    }

    /// What a good request holds, with these in the place of it; an empty value leaves the name out.
    pub(super) fn pairs(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = [
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("scope", "openid email"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        for (name, value) in changes {
            pairs.retain(|(known, _)| known != name);
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    pub(super) fn address(&self, changes: &[(&str, &str)]) -> String {
        format!("/oauth2/authorize?{}", encoded(&self.pairs(changes)))
    }

    /// A call of the client's own, by its secret.
    pub(super) async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if !self.secret.is_empty() {
            let basic = STANDARD.encode(format!("{}:{}", self.id, self.secret));
            let call = self.server.anonymous().poke(path).header("authorization", &format!("Basic {basic}"));
            let call = call.header("content-type", "application/x-www-form-urlencoded");
            return call.raw(encoded(&pairs)).await;
        }
        pairs.push(("client_id".to_owned(), self.id.clone()));
        let call = self.server.anonymous().poke(path).header("content-type", "application/x-www-form-urlencoded");
        call.raw(encoded(&pairs)).await
    }

    /// The tokens for a code.
    pub(super) async fn redeem(&self, code: &str) -> Reply {
        let pairs =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        self.post("/oauth2/token", &pairs).await
    }
}

/// What the client is told, wherever it stands.
pub(crate) type Answer = BTreeMap<String, String>;

/// The answer that the browser takes to the client: in its address, or in the page that leads there.
#[track_caller]
pub(super) fn answer(browser: &Browser) -> Answer {
    let to = if browser.at.starts_with('/') { onward(browser) } else { browser.at.clone() };
    let rest = to.strip_prefix(BACK).unwrap_or_else(|| panic!("{to} is not the client: {}", browser.page));
    decoded(rest.trim_start_matches(['?', '#']))
}

/// Where the page leads that stands between a form and the client.
#[track_caller]
pub(super) fn onward(browser: &Browser) -> String {
    let link = browser.page.split("class=\"button\" href=\"").nth(1);
    let link = link.unwrap_or_else(|| panic!("no way on at {} ({}): {}", browser.at, browser.status, browser.page));
    link.split('"').next().unwrap().replace("&amp;", "&")
}

/// The fields of the form that goes to the client.
pub(super) fn posted(browser: &Browser) -> Answer {
    browser.hidden(BACK).into_iter().collect()
}

pub(crate) fn decoded(query: &str) -> Answer {
    serde_json::from_value(json!(
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), percent_decoded(value)))
            .collect::<BTreeMap<_, _>>()
    ))
    .unwrap()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Sends the form of the sign-in page.
pub(super) async fn prove(browser: &mut Browser, email: &str) {
    browser.submit("/sign-in", &[("identifier", email), ("password", PASSWORD), ("how", "password")]).await;
}

/// What the script of the frame at `check_session_iframe` works out for a page of the client, from the cookie that it reads.
pub(super) fn session_state(client_id: &str, browser: &Browser, salt: &str) -> String {
    let text = format!("{client_id} https://app.example.com {} {salt}", browser.cookie("bs").unwrap_or_default());
    format!("{}.{salt}", URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())))
}
