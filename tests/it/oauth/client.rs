//! OAuth clients as a test makes them, and what they send.

use base64::{Engine, engine::general_purpose::STANDARD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::kit::{Call, Client, Reply, Server};

pub(super) const REDIRECT: &str = "https://app.example.com/cb";

/// A client of an application.
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: Option<String>,
}

impl App {
    /// A client of this type, with these members over the least that it needs.
    pub(super) async fn create(root: &Client, kind: &str, over: Value) -> Self {
        let created = root.post("/api/v1/applications", body(kind, over)).await.expect(201);
        Self { id: created.id(), secret: created.data()["client_secret"].as_str().map(str::to_owned) }
    }

    pub(super) fn basic(&self) -> String {
        basic(&self.id, self.secret.as_deref().unwrap_or_default())
    }
}

/// What creates a client.
pub(super) fn body(kind: &str, mut over: Value) -> Value {
    let mut body = json!({ "type": kind, "name": "Shop" });
    if matches!(kind, "spa" | "web" | "native") {
        body["redirect_uris"] = json!([REDIRECT]);
    }
    for (name, value) in over.as_object_mut().unwrap() {
        body[name] = value.take();
    }
    body
}

pub(super) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A form as clients send it.
pub(super) fn form(client: &Client, path: &str, fields: &[(&str, &str)]) -> Call {
    let text = reqwest::Url::parse_with_params("http://a", fields).unwrap();
    let call = client.poke(path).raw(text.query().unwrap_or_default());
    call.header("content-type", "application/x-www-form-urlencoded")
}

/// Something that every client may ask once it has proven itself: to end a token that nobody knows.
pub(super) fn probe(client: &Client, fields: &[(&str, &str)]) -> Call {
    form(client, "/oauth2/revoke", &[&[("token", "unknown")], fields].concat())
}

pub(super) async fn issuer(server: &Server) -> String {
    let metadata = server.anonymous().get("/.well-known/openid-configuration").await.expect(200);
    metadata.json["issuer"].as_str().unwrap().to_owned()
}

pub(super) fn key(kid: &str) -> SigningKey {
    SigningKey::generate(Algorithm::Es256).unwrap().with_kid(kid)
}

pub(super) fn key_set(keys: &[&SigningKey]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() })
}

/// The claims of an honest assertion (RFC 7523, section 3).
pub(super) fn claims(server: &Server, client_id: &str, issuer: &str, jti: &str) -> Value {
    let now = server.now().as_seconds();
    json!({ "iss": client_id, "sub": client_id, "aud": issuer, "jti": jti, "iat": now, "exp": now + 60 })
}

pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) fn assertion(token: &str) -> [(&'static str, &str); 2] {
    [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", token)]
}

/// It is refused as a client that has not proven itself.
#[track_caller]
pub(super) fn unproven(reply: Reply) {
    let reply = reply.refused(401, "invalid_client");
    assert_eq!(reply.header("cache-control"), "no-store", "{reply}");
}
