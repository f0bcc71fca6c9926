//! What happens while a request waits for its person: an account, a client or an address that is no more, a browser that meddles.

use serde_json::json;

use super::stage::{App, BACK, prove};
use crate::{
    hosted::{Browser, events, known, signed_in},
    kit::Server,
};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn who_is_disabled_in_between_gets_nothing() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    ada.shows("name=\"decision\" value=\"allow\"");
    let user = server.root().get("/v1/users").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    server.root().poke(format!("/v1/users/{user}/disable")).await.expect(200);
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(ada.at.starts_with("/sign-in?"), "{} {}", ada.at, ada.page);
    assert_eq!(events(&server, "application.authorized").await, 0);
}

#[tokio::test]
async fn a_client_that_is_disabled_in_between_gets_nothing() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    server.root().poke(format!("/api/v1/applications/{}/disable", app.id)).await.expect(200);
    prove(&mut ada, ADA).await;
    assert_eq!(events(&server, "application.authorized").await, 0);
    ada.shows("not registered");
}

#[tokio::test]
async fn nothing_that_the_browser_sends_later_changes_the_request() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let handle = ada.at.split("request%3D").nth(1).unwrap().split('&').next().unwrap().to_owned();
    prove_at(&mut ada).await;
    for tampered in ["response_mode=fragment", "redirect_uri=https%3A%2F%2Fevil.example", "scope=openid", "request=x"] {
        let reply = ada.look(&format!("/oauth2/continue?request={handle}&{tampered}")).await;
        assert_eq!(reply.status, 400, "{tampered}: {reply}");
    }
}

async fn prove_at(browser: &mut Browser) {
    let page = browser.at.clone();
    browser.open("/sign-in").await;
    prove(browser, ADA).await;
    browser.at = page;
}

#[tokio::test]
async fn an_address_that_is_taken_away_in_between_gets_nothing() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    app.change(json!({ "redirect_uris": ["https://app.example.com/other"] })).await;
    prove(&mut ada, ADA).await;
    assert_eq!(events(&server, "application.authorized").await, 0);
    assert!(!ada.page.contains(BACK), "{}", ada.page);
}
