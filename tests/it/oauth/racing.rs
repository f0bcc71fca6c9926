//! Fifty at once with what OAuth lets somebody have once: one gets it.
//!
//! Codes and refresh tokens are raced in `races/oauth.rs`.

use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{
    client::{ASSERTION_TYPE, REDIRECT},
    kit::{App, CHALLENGE, ISSUER, Prover, encoded, once},
    stage::{self, prove},
};
use crate::{
    hosted::{Browser, known},
    kit::{Call, Reply, Server},
    races::{RACERS, count, patient, race, rounds},
};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ADA: &str = "ada@example.com";

/// One is answered 200, and all others hear that there is nothing left.
#[track_caller]
fn one_gets_it(round: usize, replies: &[Reply], status: u16) {
    for reply in replies {
        assert!(reply.status == 200 || reply.status == status, "round {round}: {reply}");
    }
    assert_eq!(count(replies, 200), 1, "round {round}");
}

/// The answers that carry a code.
fn codes(replies: &[Reply]) -> Vec<String> {
    let places = replies.iter().map(|reply| reply.header("location").to_owned());
    places.filter_map(|place| Some(place.split_once("code=")?.1.split('&').next()?.to_owned())).collect()
}

async fn signed_in(server: &Server) -> Browser {
    let mut ada = known(server, ADA).await;
    ada.open("/sign-in").await;
    prove(&mut ada, ADA).await;
    ada
}

/// The same form from everybody who holds this browser's cookies.
fn forms(browser: &Browser, path: &str, body: &str) -> Vec<Call> {
    let form = || browser.raw_form(path, body).header("sec-fetch-site", "same-origin").header("origin", "null");
    (0..RACERS).map(|_| form()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pushed_request_brings_one_of_fifty_a_code() {
    let server = patient().await;
    let (app, person) = (App::web(&server).await, server.user(ADA).await);
    let browser = super::kit::browser(&person);
    for round in 0..rounds(5) {
        let request = [
            ("response_type", "code"),
            ("redirect_uri", super::kit::REDIRECT),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let pushed = app.send("/oauth2/par", &request).await.expect(201);
        let named = [("client_id", app.id.as_str()), ("request_uri", pushed.json["request_uri"].as_str().unwrap())];
        let address = format!("/oauth2/authorize?{}", encoded(&named));
        let replies = race((0..RACERS).map(|_| browser.get(address.clone()))).await;
        let codes = codes(&replies);
        let refused = count(&replies, 400) + count(&replies, 404);
        assert_eq!((codes.len(), refused), (1, RACERS - 1), "round {round}");
        app.redeem(&codes[0]).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_agreement_brings_one_of_fifty_a_code() {
    let server = patient().await;
    let (app, mut ada) = (stage::App::create(&server, json!({})).await, signed_in(&server).await);
    for round in 0..rounds(5) {
        ada.open(&app.address(&[("prompt", "consent")])).await;
        let handle = ada.at.split("request=").nth(1).unwrap().to_owned();
        let body = format!("csrf={}&request={handle}&decision=allow", ada.token());
        let replies = race(forms(&ada, "/oauth2/consent", &body)).await;
        let codes = codes(&replies);
        assert_eq!((codes.len(), count(&replies, 404)), (1, RACERS - 1), "round {round}");
        app.redeem(&codes[0]).await.expect(200);
    }
}

async fn begun(app: &App) -> (String, String) {
    let begun = app.send("/oauth2/device_authorization", &[("scope", "openid")]).await.expect(200);
    let text = |name: &str| begun.json[name].as_str().unwrap().to_owned();
    (text("device_code"), text("user_code"))
}

async fn television(server: &Server) -> App {
    let body = json!({
        "type": "native", "name": "Television", "grant_types": [DEVICE], "allowed_scopes": ["openid"],
    });
    App::create(server, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_that_asks_fifty_times_at_once_gets_tokens_once() {
    let server = patient().await;
    let (app, mut ada) = (television(&server).await, signed_in(&server).await);
    for round in 0..rounds(5) {
        let (device_code, user_code) = begun(&app).await;
        ada.open("/activate").await;
        ada.submit("/activate", &[("user_code", &user_code)]).await;
        ada.submit("/activate", &[("decision", "allow")]).await;
        let pairs = [("grant_type", DEVICE), ("device_code", &device_code)];
        let replies = race((0..RACERS).map(|_| app.token(&pairs))).await;
        one_gets_it(round, &replies, 400);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_is_let_in_or_kept_out_once() {
    let server = patient().await;
    let (app, mut ada) = (television(&server).await, signed_in(&server).await);
    for round in 0..rounds(5) {
        let (device_code, user_code) = begun(&app).await;
        ada.open("/activate").await;
        ada.submit("/activate", &[("user_code", &user_code)]).await;
        let body = |decision| format!("csrf={}&user_code={user_code}&decision={decision}", ada.token());
        let (allow, deny) = (forms(&ada, "/activate", &body("allow")), forms(&ada, "/activate", &body("deny")));
        let each = allow.into_iter().zip(deny).flat_map(|(allow, deny)| [allow, deny]).take(RACERS);
        let replies = race(each).await;
        let done: Vec<&str> =
            replies.iter().map(|reply| reply.header("location")).filter(|to| to.contains("done=")).collect();
        assert_eq!(done.len(), 1, "round {round}: {done:?}");
        let polled = app.token(&[("grant_type", DEVICE), ("device_code", &device_code)]).await;
        assert_eq!(polled.status == 200, done[0].ends_with("approved"), "round {round}: {polled}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_assertion_lets_one_of_fifty_in() {
    let server = patient().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let body = json!({
        "type": "m2m", "name": "Signer", "allowed_scopes": ["users:read"], "grant_types": ["client_credentials", BEARER],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
    });
    let app = App::create(&server, body).await;
    let assertion = || {
        let now = server.now().as_seconds();
        let claims = json!({ "iss": app.id, "sub": app.id, "aud": ISSUER, "jti": once(), "iat": now, "exp": now + 60 });
        key.sign("JWT", &claims).unwrap()
    };
    let post = |pairs: &[(&str, &str)]| {
        let call = server.anonymous().poke("/oauth2/token").header("content-type", "application/x-www-form-urlencoded");
        call.raw(encoded(pairs))
    };
    for round in 0..rounds(5) {
        // As the client's proof of itself (RFC 7523, section 2.2): each may prove it once.
        let proof = assertion();
        let own = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", proof.as_str()),
        ];
        one_gets_it(round, &race((0..RACERS).map(|_| post(&own))).await, 401);
        // As a grant (section 2.1): each proves itself anew, and shows the same grant.
        let grant = assertion();
        let calls = (0..RACERS).map(|_| {
            post(&[
                ("grant_type", BEARER),
                ("assertion", &grant),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", &assertion()),
            ])
        });
        one_gets_it(round, &race(calls).await, 400);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dpop_proof_counts_for_one_of_fifty() {
    let server = patient().await;
    let (app, prover) = (App::machine(&server).await, Prover::new());
    for round in 0..rounds(5) {
        let proof = prover.proof(&server, "POST", "/oauth2/token", None);
        let calls = (0..RACERS).map(|_| app.token(&[("grant_type", "client_credentials")]).header("dpop", &proof));
        one_gets_it(round, &race(calls).await, 400);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_registration_that_fifty_delete_is_gone_once() {
    let server = patient().await;
    server.root().put("/v1/settings/oauth", json!({ "registration": "open" })).await.expect(200);
    for round in 0..rounds(3) {
        let body = json!({ "client_name": "Shop", "redirect_uris": [REDIRECT] });
        let made = server.anonymous().post("/oauth2/register", body).await.expect(201);
        let member = |name: &str| made.json[name].as_str().unwrap().to_owned();
        let own = server.anonymous().bearer(&member("registration_access_token"));
        let path = format!("/oauth2/register/{}", member("client_id"));
        let replies = race((0..RACERS).map(|_| own.delete(path.clone()))).await;
        for reply in &replies {
            assert!(matches!(reply.status, 204 | 401 | 404 | 409), "round {round}: {reply}");
        }
        assert_eq!(count(&replies, 204), 1, "round {round}");
        assert_eq!(own.get(path).await.status, 401, "round {round}");
    }
    let none: Vec<Value> = server.root().walk("/api/v1/applications", 100).await;
    assert!(none.is_empty(), "{none:?}");
}
