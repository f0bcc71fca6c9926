//! Plans `oidc-rp-logout-op`, `oidc-backchannel-op` and `oidc-frontchannel-op`.

use std::sync::Arc;

use axum::{Form, Router, extract::State, routing::post};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{Op, id_claims, metadata, stays_here, text};
use crate::{
    hosted::{encoded, events},
    kit::Server,
    oauth::{kit::verified, stage::ISSUER},
};

const OUT: &str = "https://app.example.com/out";

fn address(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    format!("/oauth2/logout?{}", encoded(&pairs))
}

/// Ada is signed in at a client that may ask to sign her out, and this is its ID token.
async fn stage() -> (Op, String) {
    let mut op = Op::with(json!({ "post_logout_redirect_uris": [OUT] })).await;
    let hint = text(&op.tokens(&[]).await, "id_token");
    (op, hint)
}

/// Nobody is signed in any more.
async fn is_over(op: &mut Op) {
    assert_eq!(events(&op.server, "session.revoked").await, 1);
    assert_eq!(op.ask(&[("prompt", "none")]).await["error"], "login_required");
}

/// The person is asked first, and whatever they say, they do not leave this server.
async fn asks_and_stays(op: &mut Op, pairs: &[(&str, &str)]) {
    op.ada.open(&address(pairs)).await;
    op.ada.shows("Sign out?");
    assert_eq!(events(&op.server, "session.revoked").await, 0);
    op.ada.submit("/oauth2/logout/confirm", &[("decision", "yes")]).await.is_at("/signed-out");
    is_over(op).await;
}

/// The address is refused on a page, and the session lives.
async fn refuses(op: &mut Op, pairs: &[(&str, &str)]) {
    stays_here(&op.ada.look(&address(pairs)).await);
    assert!(op.ask(&[("prompt", "none")]).await.contains_key("code"));
}

/// The same token with other claims or another signature.
fn bent(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[part] = parts[part].chars().rev().collect();
    parts.join(".")
}

/// Discovery names the endpoint.
#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let document = metadata(&Server::start().await).await;
    assert_eq!(document["end_session_endpoint"], format!("{ISSUER}/oauth2/logout"));
}

/// The session ends, and the browser goes back with the state.
#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    let (mut op, hint) = stage().await;
    op.ada.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "s-1")])).await;
    assert_eq!(op.ada.at, format!("{OUT}?state=s-1"));
    is_over(&mut op).await;
}

/// Nobody is sent to an address that is not registered.
#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    let (mut op, hint) = stage().await;
    let uri = "https://app.example.com/elsewhere";
    refuses(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", uri), ("state", "s")]).await;
}

/// An ID token that was changed is no proof.
#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    let (mut op, hint) = stage().await;
    let hint = bent(&hint, 2);
    asks_and_stays(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "s")]).await;
}

/// Without an ID token nobody knows whose address it is.
#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    let (mut op, _) = stage().await;
    asks_and_stays(&mut op, &[("post_logout_redirect_uri", OUT), ("state", "s")]).await;
}

/// Without anything the person is asked.
#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    let (mut op, _) = stage().await;
    asks_and_stays(&mut op, &[]).await;
}

/// Without an address the session ends, and a page says so.
#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let (mut op, hint) = stage().await;
    op.ada.open(&address(&[("id_token_hint", &hint), ("state", "s")])).await.is_at("/signed-out");
    is_over(&mut op).await;
}

/// Without a state the address is called as it was registered.
#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    let (mut op, hint) = stage().await;
    op.ada.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)])).await.is_at(OUT);
    is_over(&mut op).await;
}

/// A state alone says nothing.
#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    let (mut op, _) = stage().await;
    asks_and_stays(&mut op, &[("state", "s")]).await;
}

/// An address with a query that was not registered is another one.
#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    let (mut op, hint) = stage().await;
    let uri = format!("{OUT}?foo=bar");
    refuses(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", &uri), ("state", "s")]).await;
}

/// What is no ID token of this server is no proof.
#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    let (mut op, hint) = stage().await;
    let hint = bent(&hint, 1);
    asks_and_stays(&mut op, &[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "s")]).await;
}

/// Discovery says that clients are told, and of which session.
#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    let document = metadata(&Server::start().await).await;
    assert_eq!(document["backchannel_logout_supported"], true);
    assert_eq!(document["backchannel_logout_session_supported"], true);
}

type Heard = Arc<Mutex<Vec<String>>>;

/// Somebody who listens for logout tokens.
#[expect(clippy::disallowed_methods, reason = "the receiver lives as long as the test's runtime")]
async fn receiver() -> (String, Heard) {
    let heard = Heard::default();
    let hear = async |State(heard): State<Heard>, Form(form): Form<Value>| {
        heard.lock().push(text(&form, "logout_token"));
    };
    let router = Router::new().route("/out", post(hear)).with_state(heard.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/out", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, heard)
}

/// The client that asks is told from server to server too, by a token that is signed for it.
#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    let (uri, heard) = receiver().await;
    let mut op = Op::with(json!({
        "post_logout_redirect_uris": [OUT], "backchannel_logout_uri": uri, "backchannel_logout_session_required": true,
    }))
    .await;
    let tokens = op.tokens(&[]).await;
    let (hint, known) = (text(&tokens, "id_token"), id_claims(&tokens));
    op.ada.open(&address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)])).await.is_at(OUT);
    op.server.run_jobs().await;
    let heard = heard.lock().clone();
    assert_eq!(heard.len(), 1);
    let claims = verified(&op.server, &heard[0], "logout+jwt").await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(op.app.id)));
    assert_eq!((&claims["sub"], &claims["sid"]), (&known["sub"], &known["sid"]));
    assert!(claims["sid"].is_string() && claims["jti"].is_string() && claims["iat"].is_i64(), "{claims}");
    assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(claims.get("nonce").is_none(), "{claims}");
}

/// Discovery says that clients are told in the browser, and of which session.
#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    let document = metadata(&Server::start().await).await;
    assert_eq!(document["frontchannel_logout_supported"], true);
    assert_eq!(document["frontchannel_logout_session_supported"], true);
}

/// The client that asks is told in a frame, with issuer and session, before the browser goes back to it.
#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    let front = "https://app.example.com/front";
    let mut op = Op::with(json!({
        "post_logout_redirect_uris": [OUT], "frontchannel_logout_uri": front, "frontchannel_logout_session_required": true,
    }))
    .await;
    let tokens = op.tokens(&[]).await;
    let (hint, sid) = (text(&tokens, "id_token"), text(&id_claims(&tokens), "sid"));
    let wish = address(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "s")]);
    op.ada.open(&wish).await;
    op.ada.shows(&format!("<iframe src=\"{front}?iss=http%3A%2F%2Flocalhost%3A8080&amp;sid={sid}\""));
    op.ada.shows(&format!("{OUT}?state=s"));
    is_over(&mut op).await;
}
