//! How often a network may begin: at the authorization endpoint, for a device, with a code from one.

use http::Method;
use serde_json::json;

use super::{
    kit::App as Device,
    stage::{App, answer},
};
use crate::{
    hosted::{Browser, encoded, signed_in},
    kit::{Reply, Server},
};

async fn limited(name: &str, requests: u32) -> Server {
    let server = Server::start().await;
    let limits = json!({ "rate_limits": [{ "name": name, "requests": requests, "seconds": 60 }] });
    server.root().patch("/v1/settings", limits).await.expect(200);
    server
}

/// A page that says so, with what a program reads in the headers.
#[track_caller]
fn is_a_page_of_too_many(reply: &Reply, policy: &str) {
    assert_eq!(reply.status, 429, "{reply}");
    assert!(reply.header("content-type").starts_with("text/html"), "{reply}");
    assert_eq!(reply.header("ratelimit-policy"), policy);
    let name = policy.split(';').next().unwrap();
    assert!(reply.header("ratelimit").starts_with(&format!("{name};r=0;t=")), "{}", reply.header("ratelimit"));
    assert!(reply.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(reply.header("location").is_empty(), "{reply}");
}

#[tokio::test]
async fn a_network_may_begin_so_often() {
    let server = limited("authorize", 4).await;
    let app = App::own(&server).await;
    let policy = "\"authorize\";q=4;w=60";
    let get = |peer: &str| server.anonymous().from(peer).get(app.address(&[]));
    let post = || {
        let call = server.anonymous().from("198.51.100.7").call(Method::POST, "/oauth2/authorize");
        call.header("content-type", "application/x-www-form-urlencoded").raw(encoded(&app.pairs(&[])))
    };
    let first = get("198.51.100.7").await.expect(303);
    assert_eq!(first.header("ratelimit-policy"), policy);
    assert!(first.header("ratelimit").starts_with("\"authorize\";r=3;t="), "{}", first.header("ratelimit"));
    post().await.expect(303);
    // A request that is no good counts like any other.
    server.anonymous().from("198.51.100.7").get("/oauth2/authorize").await.expect(400);
    server.anonymous().from("198.51.100.7").get("/activate").await.expect(303);
    is_a_page_of_too_many(&get("198.51.100.7").await, policy);
    is_a_page_of_too_many(&post().await, policy);
    is_a_page_of_too_many(&server.anonymous().from("198.51.100.7").get("/activate").await, policy);
    let going_on = "/oauth2/continue?request=x";
    is_a_page_of_too_many(&server.anonymous().from("198.51.100.7").get(going_on).await, policy);
    // The neighbour has a share of its own.
    get("198.51.100.8").await.expect(303);
    server.turn_clock(std::time::Duration::from_secs(16));
    get("198.51.100.7").await.expect(303);
}

#[tokio::test]
async fn who_is_signed_in_is_counted_too() {
    let server = limited("authorize", 2).await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, "ada@example.com").await;
    for _ in 0..2 {
        ada.open(&app.address(&[("prompt", "none")])).await;
        assert!(answer(&ada).contains_key("code"));
    }
    ada.open(&app.address(&[("prompt", "none")])).await;
    assert_eq!(ada.status, 429, "{}", ada.page);
    assert!(ada.at.starts_with("/oauth2/authorize"), "{}", ada.at);
}

#[tokio::test]
async fn each_application_counts_for_itself() {
    let server = limited("authorize", 1).await;
    let app = App::own(&server).await;
    server.anonymous().get(app.address(&[])).await.expect(303);
    assert_eq!(server.anonymous().get(app.address(&[])).await.status, 429);
    let other = server.other_tenant("Other").await;
    let reply = server.anonymous().at_application(&other.id).get("/oauth2/authorize").await;
    assert_eq!(reply.status, 400, "{reply}");
}

#[tokio::test]
async fn devices_begin_so_often() {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
    let server = limited("token", 2).await;
    let body = json!({ "type": "native", "name": "Television", "grant_types": [GRANT], "allowed_scopes": ["openid"] });
    let device = Device::create(&server, body).await;
    let begin = || device.send("/oauth2/device_authorization", &[("scope", "openid")]);
    let first = begin().await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"token\";q=2;w=60");
    assert!(first.header("ratelimit").starts_with("\"token\";r=1;t="), "{}", first.header("ratelimit"));
    begin().await.expect(200);
    let refused = begin().await;
    assert_eq!((refused.status, refused.header("ratelimit-policy")), (429, "\"token\";q=2;w=60"), "{refused}");
    assert!(refused.header("ratelimit").starts_with("\"token\";r=0;t="));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    // Codes that are typed count like attempts to sign in.
    let mut browser = Browser::new(&server);
    browser.open("/sign-in").await;
    assert!(browser.form("/activate", "csrf=x").await.header("ratelimit-policy").starts_with("\"sign-in\""));
}
