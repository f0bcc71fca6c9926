//! Fifty at once with one proof: one comes in.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

use super::factor::{code_to, enrol_email, patient, pending, with_app};
use crate::kit::{Call, Client, Reply};

const RACERS: usize = 50;
const ROUNDS: usize = 20;

async fn race(calls: impl IntoIterator<Item = Call>) -> Vec<Reply> {
    let calls: Vec<Call> = calls.into_iter().collect();
    let barrier = Arc::new(Barrier::new(calls.len()));
    let mut racers = JoinSet::new();
    for call in calls {
        let barrier = Arc::clone(&barrier);
        racers.spawn(async move {
            barrier.wait().await;
            call.await
        });
    }
    racers.join_all().await
}

/// One wins, and whoever lost is told something that is true.
fn one_winner(replies: &[Reply], what: &str) {
    let winners = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(winners, 1, "{what}");
    for reply in replies {
        assert!(matches!(reply.status, 200 | 401 | 404 | 429), "{reply}");
    }
}

async fn flows(client: &Client, email: &str) -> Vec<String> {
    let mut flows = Vec::new();
    for _ in 0..RACERS {
        flows.push(pending(client, email).await);
    }
    flows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_step_of_an_app_completes_one_of_fifty_requests_in_one_flow() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    for round in 0..ROUNDS {
        let flow = pending(&nobody, "ada@example.com").await;
        let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
        let replies = race((0..RACERS).map(|_| nobody.post("/v1/auth/mfa/verify", body.clone()))).await;
        one_winner(&replies, &format!("round {round}"));
        // The losers' wrong codes are over with the day.
        server.turn_clock(std::time::Duration::from_hours(25));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_step_of_an_app_completes_one_of_fifty_flows() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flows = flows(&nobody, "ada@example.com").await;
    let code = ada.app.next();
    let bodies = flows.iter().map(|flow| json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code }));
    let replies = race(bodies.map(|body| nobody.post("/v1/auth/mfa/verify", body))).await;
    one_winner(&replies, "fifty flows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_recovery_code_completes_one_of_fifty_flows() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flows = flows(&nobody, "ada@example.com").await;
    let bodies = flows.iter().map(|flow| json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[0] }));
    let replies = race(bodies.map(|body| nobody.post("/v1/auth/mfa/verify", body))).await;
    one_winner(&replies, "fifty flows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_code_by_mail_completes_one_of_fifty_requests() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    for round in 0..ROUNDS / 2 {
        let flow = pending(&nobody, "ada@example.com").await;
        nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": flow, "factor_id": factor })).await.expect(200);
        let code = code_to(&server, "backup@example.org").await;
        let body = json!({ "flow_id": flow, "factor_id": factor, "code": code });
        let replies = race((0..RACERS).map(|_| nobody.post("/v1/auth/mfa/verify", body.clone()))).await;
        one_winner(&replies, &format!("round {round}"));
        server.turn_clock(std::time::Duration::from_hours(25));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_wrong_codes_at_once_are_five_tries_of_a_flow_and_no_more() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let near: Vec<String> = (-1..=1).map(|step| ada.app.code_in(step)).collect();
    let guesses = (0..).map(|number| format!("{number:06}")).filter(|guess| !near.contains(guess)).take(RACERS);
    let bodies: Vec<Value> =
        guesses.map(|code| json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code })).collect();
    let replies = race(bodies.into_iter().map(|body| nobody.post("/v1/auth/mfa/verify", body))).await;
    let looked_at = replies.iter().filter(|reply| reply.reason() == "totp_invalid").count();
    let dead = replies.iter().filter(|reply| reply.reason() == "flow_not_found").count();
    assert_eq!((looked_at, dead), (5, RACERS - 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_wrong_codes_at_once_in_fifty_flows_are_twenty_tries_of_an_account() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flows = flows(&nobody, "ada@example.com").await;
    let code = ada.app.wrong_code();
    let bodies = flows.iter().map(|flow| json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code }));
    let replies = race(bodies.map(|body| nobody.post("/v1/auth/mfa/verify", body))).await;
    let looked_at = replies.iter().filter(|reply| reply.reason() == "totp_invalid").count();
    let refused = replies.iter().filter(|reply| reply.reason() == "too_many_tries").count();
    assert_eq!((looked_at, refused), (20, RACERS - 20));
}
