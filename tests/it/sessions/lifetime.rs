use std::time::Duration;

use serde_json::json;

use crate::kit::{Client, Reply, Server};

const DAY: Duration = Duration::from_hours(24);

async fn refresh(client: &Client, token: &str) -> Reply {
    client.post("/v1/sessions/tokens", json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn a_session_that_is_not_refreshed_for_a_week_has_ended() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.turn_clock(7 * DAY);
    refresh(&server.anonymous(), &ada.refresh_token).await.refused(401, "session_expired");
    assert_eq!(server.root().get("/v1/sessions").await.items().len(), 0);
}

#[tokio::test]
async fn a_busy_session_ends_after_a_month_all_the_same() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut token = ada.refresh_token.clone();
    for _ in 0..4 {
        server.turn_clock(6 * DAY);
        token = refresh(&server.anonymous(), &token).await.expect(200).text("/refresh_token");
    }
    server.turn_clock(5 * DAY + Duration::from_mins(23 * 60 + 59));
    let last = refresh(&server.anonymous(), &token).await.expect(200);
    assert!(last.data()["expires_in"].as_u64().unwrap() <= 60, "no access token outlives its session: {last}");
    server.turn_clock(Duration::from_mins(1));
    refresh(&server.anonymous(), &last.text("/refresh_token")).await.refused(401, "session_expired");
}

#[tokio::test]
async fn the_application_sets_how_long() {
    let server = Server::start().await;
    let sessions = json!({ "sessions": { "access_token_seconds": 60, "idle_seconds": 120, "lifetime_seconds": 600 } });
    server.root().patch("/v1/settings", sessions).await.expect(200);
    let ada = server.user("ada@example.com").await;
    server.turn_clock(Duration::from_secs(70));
    ada.get("/v1/auth/me").await.refused(401, "token_expired");
    server.turn_clock(Duration::from_mins(1));
    refresh(&server.anonymous(), &ada.refresh_token).await.refused(401, "session_expired");
}

#[tokio::test]
async fn the_oldest_session_makes_room_where_their_number_is_bounded() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "sessions": { "max_per_user": 2 } })).await.expect(200);
    let first = server.user("ada@example.com").await;
    let second = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    let third = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    first.get("/v1/auth/me").await.refused(401, "session_revoked");
    second.get("/v1/auth/me").await.expect(200);
    third.get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn sessions_that_ended_long_ago_are_forgotten() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let path = format!("/v1/sessions/{}", ada.session_id);
    server.turn_clock(31 * DAY);
    server.run_jobs().await;
    server.root().get(&path).await.expect(200);
    server.turn_clock(30 * DAY);
    server.run_jobs().await;
    server.root().get(&path).await.refused(404, "not_found");
}
