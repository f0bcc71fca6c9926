use std::time::Duration;

use serde_json::json;

use super::{RACERS, count, patient, race, rounds};
use crate::kit::cheap_hash;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_client_that_asks_many_times_gets_one_successor() {
    let server = patient().await;
    let mut token = server.user("ada@example.com").await.refresh_token;
    for round in 0..rounds(100) {
        let replies = race(
            (0..RACERS).map(|_| server.anonymous().post("/v1/sessions/tokens", json!({ "refresh_token": token }))),
        )
        .await;
        let mut successors: Vec<String> =
            replies.into_iter().map(|reply| reply.expect(200).text("/refresh_token")).collect();
        successors.dedup();
        assert_eq!(successors.len(), 1, "round {round}: the family forked");
        token = successors.remove(0);
        server.turn_clock(Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_clients_with_one_token_one_wins_and_then_nobody_has_a_session() {
    let server = patient().await;
    let phc = cheap_hash(crate::kit::PASSWORD).await;
    let body = json!({ "primary_email": "ada@example.com", "password_hash": phc });
    server.root().post("/v1/users", body).await.expect(201);
    for round in 0..rounds(25) {
        let ada = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
        let body = json!({ "refresh_token": ada.refresh_token });
        let calls = (0..RACERS).map(|number| {
            let client = server.anonymous().with("user-agent", &format!("client {number}"));
            client.post("/v1/sessions/tokens", body.clone())
        });
        let replies = race(calls).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        assert_eq!(count(&replies, 401), RACERS - 1, "round {round}");
        let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
        let access = server.anonymous().bearer(&winner.text("/access_token"));
        access.get("/v1/auth/me").await.refused(401, "session_revoked");
    }
}
