use serde_json::json;

use super::{RACERS, cheap_passwords, count, patient, race, rounds};
use crate::kit::{PASSWORD, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_claims_a_fresh_deployment() {
    // An installation is claimed once, so each round has its own.
    for round in 0..rounds(3) {
        let server = Server::start().await;
        cheap_passwords(&server).await;
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
    let server = patient().await;
    cheap_passwords(&server).await;
    for round in 0..rounds(3) {
        let email = format!("ada.{round}@example.com");
        let body = json!({ "email": email, "password": PASSWORD });
        let replies = race((0..RACERS).map(|_| server.anonymous().post("/v1/auth/sign-up", body.clone()))).await;
        let other = replies.iter().find(|reply| reply.status != 202).map_or_else(String::new, ToString::to_string);
        assert_eq!(count(&replies, 202), RACERS, "round {round}: {other}");
        let there = server.root().get(format!("/v1/users?email={email}")).await.expect(200);
        assert_eq!(there.items().len(), 1, "round {round}");
    }
}
