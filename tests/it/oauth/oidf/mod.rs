//! The modules of the OpenID Foundation's conformance plans, each as a test of its behaviour in our own words and by its name.

mod basic;
mod claims;
mod dynamic;
mod fapi2;
mod fapi2_clients;
mod fapi2_dpop;
mod fapi2_par;
mod fapi2_requests;
mod fapi2_tokens;
mod logout;
mod session;

use std::sync::Arc;

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::stage::{Answer, App, answer, prove};
use crate::{
    hosted::Browser,
    kit::{PASSWORD, Reply, Server, claims_of},
};

const ADA: &str = "ada@example.com";

/// A client that asks nobody, and Ada, of whom all is known that may be.
struct Op {
    server: Server,
    app: App,
    ada: Browser,
}

impl Op {
    /// Ada is signed in.
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// Ada is signed in, and the client is registered with these members too.
    async fn with(changes: Value) -> Self {
        let mut op = Self::at_the_door(changes).await;
        op.ada.open("/sign-in").await;
        prove(&mut op.ada, ADA).await;
        op.ada.is_at("/account");
        op
    }

    /// Nobody is signed in yet.
    async fn at_the_door(changes: Value) -> Self {
        let server = Server::start().await;
        let mut members = json!({
            "skip_consent": true,
            "allowed_scopes": ["openid", "profile", "email", "phone", "address", "offline_access"],
        });
        for (name, value) in changes.as_object().unwrap() {
            members[name] = value.clone();
        }
        let app = App::create(&server, members).await;
        let ada = json!({
            "primary_email": ADA, "email_verified": true, "primary_phone": "+4915123456789", "name": "Ada Lovelace",
            "given_name": "Ada", "family_name": "Lovelace", "username": "ada", "picture": "https://example.com/ada.png",
            "locale": "en-GB", "password": PASSWORD,
            "public_metadata": { "openid": {
                "middle_name": "King", "nickname": "Ada", "profile": "https://example.com/ada", "website": "https://ada.example/",
                "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
                "address": { "formatted": "London", "locality": "London", "country": "GB" },
            } },
        });
        server.root().post("/v1/users", ada).await.expect(201);
        let ada = Browser::new(&server);
        Self { server, app, ada }
    }

    /// What the client is told, with these parameters in the place of the usual ones.
    async fn ask(&mut self, changes: &[(&str, &str)]) -> Answer {
        self.ada.open(&self.app.address(changes)).await;
        answer(&self.ada)
    }

    async fn tokens(&mut self, changes: &[(&str, &str)]) -> Value {
        let told = self.ask(changes).await;
        self.redeem(&told).await
    }

    async fn redeem(&self, told: &Answer) -> Value {
        let code = told.get("code").unwrap_or_else(|| panic!("no code: {told:?}"));
        self.app.redeem(code).await.expect(200).json
    }

    /// Ada proves herself again at the page that is shown.
    async fn prove(&mut self) -> Value {
        assert!(self.ada.at.starts_with("/sign-in?"), "{}", self.ada.at);
        prove(&mut self.ada, ADA).await;
        self.redeem(&answer(&self.ada)).await
    }

    async fn userinfo(&self, tokens: &Value) -> Reply {
        self.server.anonymous().bearer(&text(tokens, "access_token")).get("/oauth2/userinfo").await
    }
}

#[track_caller]
fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

fn id_claims(tokens: &Value) -> Value {
    claims_of(&text(tokens, "id_token"))
}

/// The person is told on a page of the server's own, and nobody is sent anywhere.
#[track_caller]
fn stays_here(reply: &Reply) {
    assert_eq!((reply.status, reply.header("location")), (400, ""), "{reply}");
    assert!(reply.header("content-type").starts_with("text/html"), "{reply}");
}

async fn metadata(server: &Server) -> Value {
    server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json
}

/// A document of the client's own on this machine, which may change.
#[expect(clippy::disallowed_methods, reason = "the page lives as long as the test's runtime")]
async fn publish(document: String) -> (String, Arc<Mutex<String>>) {
    let published = Arc::new(Mutex::new(document));
    let page = published.clone();
    let router = Router::new()
        .route("/document", get(async move || ([(CONTENT_TYPE, "application/json")], page.lock().clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/document", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, published)
}
