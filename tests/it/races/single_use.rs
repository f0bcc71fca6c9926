use serde_json::json;

use super::{RACERS, count, race};
use crate::kit::{PASSWORD, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_claims_a_fresh_deployment() {
    // Each racer's password is hashed, so there are a few rounds only; the statement itself is raced where it stands.
    for round in 0..3 {
        let server = Server::start().await;
        let calls = (0..RACERS).map(|number| {
            let email = format!("owner{number}@example.com");
            let body = json!({ "email": email, "password": PASSWORD, "claim_token": server.claim_token() });
            server.anonymous().post("/v1/dashboard/sign-up", body)
        });
        let replies = race(calls).await;
        assert_eq!((count(&replies, 202), count(&replies, 403)), (1, RACERS - 1), "round {round}");
        let owners = (0..RACERS).map(|number| {
            let body = json!({ "email": format!("owner{number}@example.com"), "password": PASSWORD });
            server.anonymous().post("/v1/dashboard/sign-in", body)
        });
        assert_eq!(count(&race(owners).await, 200), 1, "the others left no account behind");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_sign_up_with_one_address_get_one_account_and_one_answer() {
    let server = Server::start().await;
    let calls = (0..RACERS).map(|_| {
        server.anonymous().post("/v1/auth/sign-up", json!({ "email": "ada@example.com", "password": PASSWORD }))
    });
    let replies = race(calls).await;
    assert_eq!(
        count(&replies, 202),
        RACERS,
        "{}",
        replies.iter().find(|reply| reply.status != 202).map_or_else(String::new, ToString::to_string)
    );
    assert_eq!(server.root().get("/v1/users").await.items().len(), 1);
}
