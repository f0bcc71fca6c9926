//! Requests that the client pushes itself (RFC 9126), and requests that it signs (RFC 9101).

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::stage::{App, BACK, CHALLENGE, ISSUER, answer, prove};
use crate::{
    hosted::{encoded, known, signed_in},
    kit::{Reply, Server, claims_of},
};

const ADA: &str = "ada@example.com";

async fn push(app: &App, changes: &[(&str, &str)]) -> Reply {
    let pairs = app.pairs(changes);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.post("/oauth2/par", &pairs).await
}

fn by_handle(app: &App, request_uri: &str) -> String {
    let pairs = [("client_id", app.id.as_str()), ("request_uri", request_uri)];
    format!("/oauth2/authorize?{}", encoded(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))))
}

#[tokio::test]
async fn a_pushed_request_is_answered_once() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let pushed = push(&app, &[]).await.expect(201);
    assert_eq!((&pushed.json["expires_in"], pushed.header("cache-control")), (&json!(90), "no-store"));
    let uri = pushed.json["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{uri}");
    ada.open(&by_handle(&app, uri)).await;
    let told = answer(&ada);
    assert_eq!(told["state"], "the-state");
    app.redeem(&told["code"]).await.expect(200);
    ada.open(&by_handle(&app, uri)).await;
    assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{}", ada.page);
}

#[tokio::test]
async fn until_it_is_answered_it_may_be_looked_at_again_and_signing_in_may_take_its_time() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let pushed = push(&app, &[]).await.expect(201);
    let uri = pushed.json["request_uri"].as_str().unwrap();
    let mut ada = known(&server, ADA).await;
    for _ in 0..2 {
        ada.open(&by_handle(&app, uri)).await;
        assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
    }
    server.turn_clock(Duration::from_mins(20));
    server.run_jobs().await;
    prove(&mut ada, ADA).await;
    assert!(answer(&ada).contains_key("code"));
}

#[tokio::test]
async fn a_handle_is_good_for_its_client_for_ninety_seconds() {
    let server = Server::start().await;
    let (app, other) = (App::own(&server).await, App::own(&server).await);
    let mut ada = signed_in(&server, ADA).await;
    let pushed = push(&app, &[]).await.expect(201);
    let uri = pushed.json["request_uri"].as_str().unwrap();
    for wrong in [by_handle(&other, uri), by_handle(&app, &format!("{uri}x"))] {
        ada.open(&wrong).await;
        assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{}", ada.page);
    }
    server.turn_clock(Duration::from_secs(91));
    ada.open(&by_handle(&app, uri)).await;
    assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{}", ada.page);
}

#[tokio::test]
async fn what_stands_beside_the_handle_does_not_count() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let pushed = push(&app, &[]).await.expect(201);
    let uri = pushed.json["request_uri"].as_str().unwrap();
    let more = "&state=other&redirect_uri=https%3A%2F%2Fevil.example&response_mode=fragment&scope=offline_access";
    ada.open(&format!("{}{more}", by_handle(&app, uri))).await;
    assert!(ada.at.starts_with(&format!("{BACK}?")), "{}", ada.at);
    assert_eq!(answer(&ada)["state"], "the-state");
}

#[tokio::test]
async fn a_request_is_checked_when_it_is_pushed() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    for (changes, error) in [
        (&[("redirect_uri", "https://evil.example")][..], "invalid_request"),
        (&[("scope", "nonsense")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
        (&[("client_id", "app_other")], "invalid_request"),
    ] {
        push(&app, changes).await.refused(400, error);
    }
    let mut wrong = app.clone();
    wrong.secret = "pc_cs_wrong".to_owned();
    push(&wrong, &[]).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn a_client_that_has_to_push_is_not_heard_otherwise() {
    let server = Server::start().await;
    let app =
        App::create(&server, json!({ "skip_consent": true, "require_pushed_authorization_requests": true })).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    assert_eq!(answer(&ada)["error"], "invalid_request");
    let pushed = push(&app, &[]).await.expect(201);
    ada.open(&by_handle(&app, pushed.json["request_uri"].as_str().unwrap())).await;
    assert!(answer(&ada).contains_key("code"));
}

fn object(key: &SigningKey, app: &App, changes: &Value) -> String {
    let mut claims = json!({
        "iss": app.id, "aud": ISSUER, "client_id": app.id, "response_type": "code", "redirect_uri": BACK, "scope": "openid email",
        "state": "signed-state", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    key.sign("oauth-authz-req+jwt", &claims).unwrap()
}

#[tokio::test]
async fn a_signed_request_counts_and_what_stands_beside_it_does_not() {
    let server = Server::start().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let app = App::create(
        &server,
        json!({ "skip_consent": true, "jwks": { "keys": [key.public_jwk()] }, "require_signed_request_object": true }),
    )
    .await;
    let mut ada = signed_in(&server, ADA).await;
    let request = object(&key, &app, &json!({}));
    let address = |request: &str| {
        let pairs = [("client_id", app.id.as_str()), ("state", "beside"), ("scope", "openid"), ("request", request)];
        format!("/oauth2/authorize?{}", encoded(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))))
    };
    ada.open(&address(&request)).await;
    assert_eq!(answer(&ada)["state"], "signed-state");
    let other = SigningKey::generate(Algorithm::Es256).unwrap();
    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), request.split('.').nth(1).unwrap());
    for wrong in [
        object(&other, &app, &json!({})),
        object(&key, &app, &json!({ "client_id": "app_other" })),
        object(&key, &app, &json!({ "exp": 1 })),
        unsigned,
        claims_of(&request).to_string(),
    ] {
        ada.open(&address(&wrong)).await;
        assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{}", ada.at);
    }
    ada.open(&app.address(&[])).await;
    assert_eq!(answer(&ada)["error"], "invalid_request", "it has to be signed");
    let pairs: [(&str, &str); 1] = [("request", &request)];
    let pushed = app.post("/oauth2/par", &pairs).await.expect(201);
    ada.open(&by_handle(&app, pushed.json["request_uri"].as_str().unwrap())).await;
    assert_eq!(answer(&ada)["state"], "signed-state");
}

#[tokio::test]
async fn no_address_is_called_that_was_not_registered() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    for uri in ["https://app.example.com/request.jwt", "http://127.0.0.1:1/x", "file:///etc/passwd", "urn:x"] {
        ada.open(&app.address(&[("request_uri", uri)])).await;
        assert_eq!(answer(&ada)["error"], "invalid_request_uri", "{uri}");
    }
}
