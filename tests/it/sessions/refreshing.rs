use std::time::Duration;

use serde_json::json;

use crate::kit::{Client, Reply, Server};

async fn refresh(client: &Client, token: &str) -> Reply {
    client.post("/v1/sessions/tokens", json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_one() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let first = refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    assert_ne!(first.text("/refresh_token"), ada.refresh_token);
    assert_eq!(first.text("/session/id"), ada.session_id);
    let second = refresh(&server.anonymous(), &first.text("/refresh_token")).await.expect(200);
    server.anonymous().bearer(&second.text("/access_token")).get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_client_that_lost_the_answer_gets_the_same_successor_for_a_moment() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let lost = refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    server.turn_clock(Duration::from_secs(9));
    let again = refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    assert_eq!(again.text("/refresh_token"), lost.text("/refresh_token"), "the family does not fork");
    refresh(&server.anonymous(), &again.text("/refresh_token")).await.expect(200);
}

#[tokio::test]
async fn reuse_after_the_grace_ends_the_session_and_is_told() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let next = refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    server.turn_clock(Duration::from_secs(11));
    refresh(&server.anonymous(), &ada.refresh_token).await.refused(401, "refresh_reused");
    refresh(&server.anonymous(), &next.text("/refresh_token")).await.refused(401, "session_revoked");
    server.anonymous().bearer(&next.text("/access_token")).get("/v1/auth/me").await.refused(401, "session_revoked");
    let events = server.root().get("/v1/audit/events?type=session.refresh_reused").await.expect(200);
    assert_eq!(events.items().len(), 1);
    assert_eq!(events.items()[0]["target"]["id"], ada.session_id.as_str());
    assert_eq!(events.items()[0]["outcome"], "failure");
}

#[tokio::test]
async fn another_client_has_no_grace() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    let thief = server.anonymous().with("user-agent", "thief/1.0");
    refresh(&thief, &ada.refresh_token).await.refused(401, "refresh_reused");
}

#[tokio::test]
async fn the_grace_is_for_the_last_token_only() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let second = refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
    refresh(&server.anonymous(), &second.text("/refresh_token")).await.expect(200);
    refresh(&server.anonymous(), &ada.refresh_token).await.refused(401, "refresh_reused");
}

#[tokio::test]
async fn a_token_of_another_application_or_none_at_all_is_refused() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let ada = server.user("ada@example.com").await;
    let there = server.anonymous().at_application(&other.id);
    refresh(&there, &ada.refresh_token).await.refused(401, "invalid_grant");
    let mut forged = ada.refresh_token.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'Q' } else { 'A' });
    for token in [forged.as_str(), "", "pc_rt_", &ada.access_token, &"pc_rt_A".repeat(2_000)] {
        refresh(&server.anonymous(), token).await.refused(401, "invalid_grant");
    }
    server.anonymous().poke("/v1/sessions/tokens").await.expect(422);
    refresh(&server.anonymous(), &ada.refresh_token).await.expect(200);
}

#[tokio::test]
async fn a_persons_refreshes_are_counted_wherever_they_come_from() {
    let server = Server::start().await;
    let limits = json!({ "rate_limits": [{ "name": "token-user", "requests": 3, "seconds": 3600 }] });
    server.root().patch("/v1/settings", limits).await.expect(200);
    let ada = server.user("ada@example.com").await;
    let mut token = ada.refresh_token.clone();
    for peer in 1..=3 {
        token = refresh(&server.anonymous().from(&format!("198.51.100.{peer}")), &token)
            .await
            .expect(200)
            .text("/refresh_token");
    }
    refresh(&server.anonymous().from("198.51.100.9"), &token).await.refused(429, "rate_limited");
}
