//! Signing out at a client's wish, and who hears of it.

use std::sync::Arc;

use axum::{Form, Router, extract::State, http::StatusCode, routing::post};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::stage::{App, ISSUER, answer};
use crate::{
    hosted::{Browser, encoded, events, signed_in},
    kit::{Server, claims_of},
};

const ADA: &str = "ada@example.com";
const OUT: &str = "https://app.example.com/out";

fn address(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    format!("/oauth2/logout?{}", encoded(&pairs))
}

/// A client, and an ID token of a session of Ada's.
async fn stage(server: &Server) -> (App, Browser, String) {
    let app = App::create(server, json!({ "skip_consent": true, "post_logout_redirect_uris": [OUT] })).await;
    let mut ada = signed_in(server, ADA).await;
    let hint = id_token(&app, &mut ada).await;
    (app, ada, hint)
}

async fn id_token(app: &App, browser: &mut Browser) -> String {
    browser.open(&app.address(&[])).await;
    let tokens = app.redeem(&answer(browser)["code"]).await.expect(200);
    tokens.json["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn with_an_id_token_of_the_session_it_ends_at_once() {
    let server = Server::start().await;
    let (_, mut ada, hint) = stage(&server).await;
    ada.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "a b")])).await;
    assert_eq!(ada.at, format!("{OUT}?state=a+b"));
    assert_eq!(events(&server, "session.revoked").await, 1);
    ada.open("/account").await;
    assert!(ada.at.starts_with("/sign-in"), "{}", ada.at);
    // Whoever is signed out already goes straight on.
    ada.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)])).await;
    assert_eq!(ada.at, OUT);
}

#[tokio::test]
async fn without_one_the_person_is_asked() {
    let server = Server::start().await;
    let (app, mut ada, _) = stage(&server).await;
    ada.open(&address(&[("client_id", &app.id), ("post_logout_redirect_uri", OUT), ("state", "s")])).await;
    assert!(ada.at.starts_with("/oauth2/logout"), "{}", ada.at);
    ada.shows("Sign out?").shows(ADA);
    assert_eq!(events(&server, "session.revoked").await, 0);
    let page = ada.at.clone();
    ada.submit("/oauth2/logout/confirm", &[("decision", "no")]).await.is_at("/account");
    ada.open(&page).await;
    ada.submit("/oauth2/logout/confirm", &[("decision", "yes")]).await.is_at(&format!("{OUT}?state=s"));
    assert_eq!(events(&server, "session.revoked").await, 1);
}

#[tokio::test]
async fn a_forged_confirmation_ends_nothing() {
    let server = Server::start().await;
    let (_, mut ada, _) = stage(&server).await;
    assert_eq!(ada.form("/oauth2/logout/confirm", "decision=yes").await.status, 403);
    ada.open("/oauth2/logout").await;
    ada.shows("Sign out?");
    assert_eq!(events(&server, "session.revoked").await, 0);
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let server = Server::start().await;
    let (app, ada, hint) = stage(&server).await;
    for uri in [
        "https://evil.example/",
        "https://app.example.com/out?x=1",
        "https://app.example.com/out/",
        "https://APP.example.com/out",
        "https://app.example.com/callback",
        "//evil.example",
        "javascript:alert(1)",
    ] {
        for who in [("id_token_hint", hint.as_str()), ("client_id", app.id.as_str())] {
            let reply = ada.look(&address(&[who, ("post_logout_redirect_uri", uri)])).await;
            assert_eq!((reply.status, reply.header("location")), (400, ""), "{uri}: {reply}");
        }
        // Without a client nobody can have registered it.
        let reply = ada.look(&address(&[("post_logout_redirect_uri", uri)])).await;
        assert_eq!((reply.status, reply.header("location")), (200, ""), "{uri}: {reply}");
    }
    assert_eq!(events(&server, "session.revoked").await, 0);
}

#[tokio::test]
async fn a_bad_hint_proves_nothing_and_leads_nowhere() {
    let server = Server::start().await;
    let (_, mut ada, hint) = stage(&server).await;
    let parts: Vec<&str> = hint.split('.').collect();
    let none = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    let bent = format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>());
    for bad in [none.as_str(), bent.as_str(), "x", "a.b.c"] {
        ada.open(&address(&[("id_token_hint", bad), ("post_logout_redirect_uri", OUT)])).await;
        ada.shows("Sign out?");
    }
    ada.submit("/oauth2/logout/confirm", &[("decision", "yes")]).await.is_at("/signed-out");
}

#[tokio::test]
async fn an_id_token_of_another_person_or_session_asks_first() {
    let server = Server::start().await;
    let (app, _, hint) = stage(&server).await;
    let mut eve = signed_in(&server, "eve@example.com").await;
    eve.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)])).await;
    eve.shows("Sign out?");
    let reply = eve.look(&address(&[("id_token_hint", &hint), ("client_id", "app_other")])).await;
    assert_eq!(reply.status, 400, "{reply}");
    drop(app);
}

#[tokio::test]
async fn a_form_of_another_site_does_the_same() {
    let server = Server::start().await;
    let (_, mut ada, hint) = stage(&server).await;
    let body = encoded(&[("id_token_hint".to_owned(), hint), ("post_logout_redirect_uri".to_owned(), OUT.to_owned())]);
    let call = server.anonymous().poke("/oauth2/logout").header("content-type", "application/x-www-form-urlencoded");
    let reply = call.header("sec-fetch-site", "cross-site").raw(body).await.expect(303);
    ada.open(reply.header("location")).await;
    assert_eq!(ada.at, OUT);
}

#[tokio::test]
async fn grants_end_with_the_session_but_for_offline_ones() {
    let server = Server::start().await;
    let (app, mut ada, hint) = stage(&server).await;
    ada.open(&app.address(&[])).await;
    let online = app.redeem(&answer(&ada)["code"]).await.expect(200);
    ada.open(&app.address(&[("scope", "openid offline_access")])).await;
    let offline = app.redeem(&answer(&ada)["code"]).await.expect(200);
    ada.open(&address(&[("id_token_hint", &hint)])).await;
    let about = |reply: &crate::kit::Reply| {
        let token = reply.json["access_token"].as_str().unwrap().to_owned();
        server.anonymous().bearer(&token).get("/oauth2/userinfo")
    };
    assert_eq!(about(&online).await.status, 401);
    let refresh = offline.json["refresh_token"].as_str().unwrap();
    app.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await.expect(200);
}

#[tokio::test]
async fn clients_that_listen_in_the_browser_are_told_in_frames() {
    let server = Server::start().await;
    let (_, mut ada, hint) = stage(&server).await;
    let front = "https://app.example.com/front";
    let app = App::create(
        &server,
        json!({ "skip_consent": true, "frontchannel_logout_uri": front, "frontchannel_logout_session_required": true }),
    )
    .await;
    let sid = claims_of(&id_token(&app, &mut ada).await)["sid"].as_str().unwrap().to_owned();
    let reply = ada.look(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)])).await.expect(200);
    let policy = reply.header("content-security-policy");
    assert!(policy.ends_with("; frame-src https://app.example.com"), "{policy}");
    assert_eq!(reply.header("refresh"), format!("2; url={OUT}"));
    let page = String::from_utf8_lossy(&reply.bytes).into_owned();
    let frame = format!("<iframe src=\"{front}?iss=http%3A%2F%2Flocalhost%3A8080&amp;sid={sid}\"");
    assert!(page.contains(&frame), "{frame}: {page}");
}

type Heard = Arc<Mutex<Vec<String>>>;

type Stage = (Heard, Arc<Mutex<Vec<StatusCode>>>);

async fn hear(State((heard, answers)): State<Stage>, Form(form): Form<Value>) -> StatusCode {
    heard.lock().push(form["logout_token"].as_str().unwrap_or_default().to_owned());
    answers.lock().pop().unwrap_or(StatusCode::OK)
}

/// Somebody who listens for logout tokens, and first answers with these.
#[expect(clippy::disallowed_methods, reason = "the receiver runs beside the test and ends with its runtime")]
async fn receiver(answers: Vec<StatusCode>) -> (String, Heard) {
    let (heard, answers) = (Heard::default(), Arc::new(Mutex::new(answers)));
    let state = (heard.clone(), answers);
    let router = Router::new().route("/out", post(hear)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}/out", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, heard)
}

#[tokio::test]
async fn every_client_of_the_session_is_told_from_server_to_server() {
    let server = Server::start().await;
    let (uri, heard) = receiver(vec![]).await;
    let (first, mut ada, hint) = stage(&server).await;
    let listening = App::create(&server, json!({ "skip_consent": true, "backchannel_logout_uri": uri })).await;
    let known = claims_of(&id_token(&listening, &mut ada).await);
    let unused = App::create(&server, json!({ "skip_consent": true, "backchannel_logout_uri": uri })).await;
    ada.open(&address(&[("id_token_hint", &hint)])).await;
    server.run_jobs().await;
    let heard = heard.lock().clone();
    assert_eq!(heard.len(), 1, "only who knows the session hears of it");
    let claims = claims_of(&heard[0]);
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!(listening.id), &json!(ISSUER)));
    assert_eq!((&claims["sub"], &claims["sid"]), (&known["sub"], &known["sid"]));
    assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(claims.get("nonce").is_none() && claims["jti"].is_string());
    drop((first, unused));
}

#[tokio::test]
async fn they_are_told_wherever_the_session_ends_and_again_if_they_did_not_listen() {
    let server = Server::start().await;
    let (uri, heard) = receiver(vec![StatusCode::SERVICE_UNAVAILABLE]).await;
    let app = App::create(&server, json!({ "skip_consent": true, "backchannel_logout_uri": uri })).await;
    let mut ada = signed_in(&server, ADA).await;
    id_token(&app, &mut ada).await;
    ada.open("/account").await;
    ada.submit("/sign-out", &[]).await.is_at("/signed-out");
    server.run_jobs().await;
    assert_eq!(heard.lock().len(), 1);
    server.turn_clock(std::time::Duration::from_mins(5));
    server.run_jobs().await;
    assert_eq!(heard.lock().len(), 2, "it was told again");
    let jtis: std::collections::BTreeSet<String> =
        heard.lock().iter().map(|token| claims_of(token)["jti"].to_string()).collect();
    assert_eq!(jtis.len(), 2, "by a token of its own");
    server.turn_clock(std::time::Duration::from_hours(1));
    server.run_jobs().await;
    assert_eq!(heard.lock().len(), 2);
}

#[tokio::test]
async fn they_are_told_too_when_the_person_is_disabled() {
    let server = Server::start().await;
    let (uri, heard) = receiver(vec![]).await;
    let app = App::create(&server, json!({ "skip_consent": true, "backchannel_logout_uri": uri })).await;
    let mut ada = signed_in(&server, ADA).await;
    let known = claims_of(&id_token(&app, &mut ada).await);
    let user = server.root().get("/v1/users").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    server.root().poke(format!("/v1/users/{user}/disable")).await.expect(200);
    server.run_jobs().await;
    let heard = heard.lock().clone();
    assert_eq!(heard.len(), 1);
    assert_eq!(claims_of(&heard[0])["sid"], known["sid"]);
}
