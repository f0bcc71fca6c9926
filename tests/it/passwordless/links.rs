use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::{PASSWORD, Reply, Server};

async fn ask(server: &Server, email: &str) -> Reply {
    server.anonymous().post("/v1/auth/magic-links", json!({ "email": email })).await.expect(202)
}

async fn redeem(server: &Server, token: &str, browser: Option<&Value>) -> Reply {
    server.anonymous().post("/v1/auth/magic-links/verify", json!({ "token": token, "browser_token": browser })).await
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let sent = ask(&server, "ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    let browser = &sent.data()["browser_token"];
    let signed_in = redeem(&server, &token, Some(browser)).await.expect(200);
    assert_eq!(signed_in.data()["state"], "complete");
    assert_eq!(signed_in.text("/user/id"), ada.id);
    assert_eq!(signed_in.data()["session"]["amr"], json!(["otp"]));
    assert_eq!(signed_in.data()["user"]["email_verified"], true);
    redeem(&server, &token, Some(browser)).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_link_opens_in_the_browser_that_asked_and_is_not_used_up_by_another() {
    let server = Server::start().await;
    let sent = ask(&server, "ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    redeem(&server, &token, None).await.refused(403, "other_browser");
    redeem(&server, &token, Some(&json!("pc_br_somebody_else"))).await.refused(403, "other_browser");
    let (cookie, attributes) = sent.cookies().into_iter().find(|(pair, _)| pair.contains("pc_br_")).unwrap();
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
    let same = server.anonymous().with("cookie", &cookie);
    same.post("/v1/auth/magic-links/verify", json!({ "token": token })).await.expect(200);
}

#[tokio::test]
async fn where_the_application_allows_it_any_browser_may_open_the_link() {
    let server = Server::start().await;
    server.root().put("/v1/settings/sign-in", json!({ "magic_link_other_browser": true })).await.expect(200);
    ask(&server, "ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    redeem(&server, &token, None).await.expect(200);
}

#[tokio::test]
async fn a_link_signs_up_whoever_has_no_account() {
    let server = Server::start().await;
    let sent = ask(&server, "new@example.com").await;
    let token = server.mailed_token("new@example.com").await;
    let signed_in = redeem(&server, &token, Some(&sent.data()["browser_token"])).await.expect(200);
    assert_eq!(signed_in.data()["user"]["primary_email"], "new@example.com");
    assert_eq!(signed_in.data()["user"]["email_verified"], true);
}

#[tokio::test]
async fn the_answer_and_the_number_of_messages_tell_nothing_about_accounts() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "invite_only" } })).await.expect(200);
    server.run_jobs().await;
    server.mailbox().clear();
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let (status, headers, mut body) = ask(&server, email).await.comparable();
        for secret in ["challenge_id", "browser_token", "expires_at"] {
            body["data"][secret] = Value::Null;
        }
        let names: Vec<String> = headers.into_iter().map(|(name, _)| name).collect();
        answers.push((status, names, body));
        assert_eq!(server.letters(email).await.len(), 1, "{email}");
    }
    assert_eq!(answers[0], answers[1]);
    let letter = server.letter("nobody@example.com").await;
    assert_eq!((letter.template, letter.link.as_deref().unwrap_or_default().contains("token=")), ("no_account", false));
}

#[tokio::test]
async fn a_link_dies_of_age() {
    let server = Server::start().await;
    let sent = ask(&server, "ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    server.turn_clock(Duration::from_mins(15));
    redeem(&server, &token, Some(&sent.data()["browser_token"])).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn links_lead_to_the_application_s_own_origin_or_a_registered_page() {
    let server = Server::start().await;
    let hostile = server.anonymous().with("x-forwarded-host", "evil.example").with("forwarded", "host=evil.example");
    hostile.post("/v1/auth/magic-links", json!({ "email": "ada@example.com" })).await.expect(202);
    assert!(server.letter("ada@example.com").await.link.unwrap().starts_with("http://localhost:8080/magic-link?"));

    let page = "https://app.example.com/signed-in";
    let body = json!({ "email": "ada@example.com", "redirect_url": page });
    server.anonymous().post("/v1/auth/magic-links", body.clone()).await.refused(422, "invalid_redirect_uri");
    server.root().patch("/v1/settings", json!({ "redirect_uris": [page] })).await.expect(200);
    server.anonymous().post("/v1/auth/magic-links", body).await.expect(202);
    assert!(server.letter("ada@example.com").await.link.unwrap().starts_with(&format!("{page}?token=")));
}

#[tokio::test]
async fn one_address_strictly_read() {
    let server = Server::start().await;
    for email in
        ["ada@example.com,eve@example.com", "Ada <ada@example.com>", "ada@example.com\r\nbcc: eve@example.com", ""]
    {
        let body = json!({ "email": email });
        server.anonymous().post("/v1/auth/magic-links", body).await.refused(422, "invalid_fields");
    }
    let two = json!({ "email": ["ada@example.com", "eve@example.com"] });
    assert!(server.anonymous().post("/v1/auth/magic-links", two).await.status >= 400);
}

#[tokio::test]
async fn a_disabled_person_is_not_let_in() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.root().poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    let sent = ask(&server, "ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    redeem(&server, &token, Some(&sent.data()["browser_token"])).await.refused(403, "account_disabled");
}

#[tokio::test]
async fn a_method_that_is_off_is_no_way_in() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    server.root().put("/v1/settings/sign-in", json!({ "methods": ["passkey"] })).await.expect(200);
    let anyone = server.anonymous();
    anyone.post("/v1/auth/magic-links", json!({ "email": "ada@example.com" })).await.refused(403, "method_not_allowed");
    anyone.post("/v1/auth/otp", json!({ "email": "ada@example.com" })).await.refused(403, "method_not_allowed");
    anyone.sign_in("ada@example.com", PASSWORD).await.refused(403, "method_not_allowed");
    anyone.sign_up("new@example.com").await.refused(403, "method_not_allowed");
    anyone
        .post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" }))
        .await
        .refused(403, "method_not_allowed");
}

#[tokio::test]
async fn an_address_is_sent_so_many_messages_a_day_and_no_more() {
    let server = Server::start().await;
    for _ in 0..20 {
        ask(&server, "ada@example.com").await;
    }
    let refused = server.anonymous().post("/v1/auth/magic-links", json!({ "email": "ada@example.com" })).await;
    let refused = refused.refused(429, "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 80_000);
    server.turn_clock(Duration::from_hours(24));
    ask(&server, "ada@example.com").await;
}
