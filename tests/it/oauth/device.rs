//! Devices without a browser.

use std::time::Duration;

use serde_json::json;

use super::{
    kit::{App, Tokens, verified},
    stage::prove,
};
use crate::{
    hosted::Browser,
    kit::{Reply, Server},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

struct Device {
    app: App,
    code: String,
    user_code: String,
}

impl Device {
    async fn begin(server: &Server) -> Self {
        let body = json!({
            "type": "native", "name": "Television", "grant_types": [GRANT, "refresh_token"],
            "allowed_scopes": ["openid", "email", "offline_access"],
        });
        let app = App::create(server, body).await;
        let begun = app.send("/oauth2/device_authorization", &[("scope", "openid offline_access")]).await.expect(200);
        let text = |name: &str| begun.json[name].as_str().unwrap().to_owned();
        assert_eq!(text("verification_uri"), "http://localhost:8080/activate");
        assert_eq!((begun.json["interval"].as_u64(), begun.json["expires_in"].as_u64()), (Some(5), Some(1_800)));
        Self { app, code: text("device_code"), user_code: text("user_code") }
    }

    async fn poll(&self) -> Reply {
        self.app.token(&[("grant_type", GRANT), ("device_code", &self.code)]).await
    }
}

async fn signed_in(server: &Server, email: &str) -> Browser {
    server.anonymous().sign_up(email).await.expect(202);
    let mut browser = Browser::new(server);
    browser.open("/sign-in?return_to=/activate").await;
    prove(&mut browser, email).await;
    browser
}

#[tokio::test]
async fn a_person_lets_a_device_in_by_its_code() {
    let server = Server::start().await;
    let device = Device::begin(&server).await;
    device.poll().await.refused(400, "authorization_pending");
    let mut browser = signed_in(&server, "ada@example.com").await;
    let typed = device.user_code.to_lowercase().replace('-', " ");
    browser.submit("/activate", &[("user_code", &typed)]).await;
    browser.shows("Television").shows(&device.user_code).shows("203.0.113.7");
    browser.submit("/activate", &[("decision", "allow")]).await;
    browser.shows("Your device is connected");
    let tokens = Tokens::of(&device.poll().await.expect(200));
    assert!(tokens.refresh.is_some());
    verified(&server, tokens.id.as_ref().unwrap(), "JWT").await;
    device.poll().await.refused(400, "invalid_grant");
    device.app.refresh(tokens.refresh()).await.expect(200);
}

#[tokio::test]
async fn a_link_with_the_code_leads_through_the_sign_in_and_allows_nothing_by_itself() {
    let server = Server::start().await;
    let device = Device::begin(&server).await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    let mut browser = Browser::new(&server);
    browser.open(&format!("/activate?user_code={}", device.user_code)).await;
    prove(&mut browser, "ada@example.com").await;
    browser.shows(&device.user_code);
    assert!(!browser.page.contains("Television"), "nobody has gone on with the code yet");
    device.poll().await.refused(400, "authorization_pending");
}

#[tokio::test]
async fn the_first_browser_that_looks_decides_and_no_other() {
    let server = Server::start().await;
    let device = Device::begin(&server).await;
    let mut ada = signed_in(&server, "ada@example.com").await;
    let mut eve = signed_in(&server, "eve@example.com").await;
    ada.submit("/activate", &[("user_code", &device.user_code)]).await;
    eve.submit("/activate", &[("user_code", &device.user_code)]).await;
    assert_eq!(eve.status, 409, "{}", eve.page);
    let pairs = [
        ("csrf".to_owned(), eve.token()),
        ("user_code".to_owned(), device.user_code.clone()),
        ("decision".to_owned(), "allow".to_owned()),
    ];
    eve.post("/activate", &pairs).await;
    assert_eq!(eve.status, 409);
    device.poll().await.refused(400, "authorization_pending");
    ada.submit("/activate", &[("decision", "deny")]).await;
    ada.shows("The device was not let in");
    device.poll().await.refused(400, "access_denied");
}

#[tokio::test]
async fn a_device_that_asks_too_often_is_slowed_down() {
    let server = Server::start().await;
    let device = Device::begin(&server).await;
    device.poll().await.refused(400, "authorization_pending");
    device.poll().await.refused(400, "slow_down");
    server.turn_clock(Duration::from_secs(6));
    device.poll().await.refused(400, "slow_down");
    server.turn_clock(Duration::from_secs(16));
    device.poll().await.refused(400, "authorization_pending");
    server.turn_clock(Duration::from_mins(30));
    device.poll().await.refused(400, "expired_token");
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let server = Server::start().await;
    let device = Device::begin(&server).await;
    let mut browser = signed_in(&server, "ada@example.com").await;
    for (typed, status) in [("BCDF-GHJK", 404), ("ABCD-EFGH", 404), ("nonsense", 404)] {
        browser.open("/activate").await;
        browser.submit("/activate", &[("user_code", typed)]).await;
        assert_eq!(browser.status, status, "{typed}");
    }
    for _ in 0..30 {
        browser.submit("/activate", &[("user_code", "BCDF-GHJK")]).await;
        if browser.status == 429 {
            break;
        }
    }
    assert_eq!(browser.status, 429, "a network has so many guesses");
    let other = App::spa(&server).await;
    other.token(&[("grant_type", GRANT), ("device_code", &device.code)]).await.refused(400, "unauthorized_client");
    other.send("/oauth2/device_authorization", &[]).await.refused(400, "unauthorized_client");
}
