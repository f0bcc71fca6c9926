//! Fifty at once with one proof: one comes in.

use std::time::Duration;

use serde_json::{Value, json};

use super::factor::{MfaPerson, code_to, enrol_email, patient, pending, with_app};
use crate::{
    kit::{Client, Reply, Server},
    races::{Came, RACERS, one_wins, race, rounds},
};

const VERIFY: &str = "/v1/auth/mfa/verify";
/// By then the losers' wrong codes are forgotten.
const NEXT_DAY: Duration = Duration::from_hours(25);

/// Where so many try that the account's day is spent, those behind are told to wait.
fn one_winner(replies: &[Reply]) {
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies {
        assert!(matches!(reply.status, 200 | 401 | 404 | 429), "{reply}");
    }
}

/// A recovery code for this round. Where the paper is used up, somebody else takes the place.
async fn paper_of(server: &Server, ada: &mut MfaPerson, round: usize) -> String {
    const CODES: usize = 8;
    if round > 0 && round.is_multiple_of(CODES) {
        *ada = with_app(server, &server.anonymous(), &format!("ada.{round}@example.com")).await;
    }
    ada.recovery_codes[round % CODES].clone()
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
    for round in 0..rounds(3) {
        let flow = pending(&nobody, "ada@example.com").await;
        let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
        let calls = (0..RACERS).map(|_| nobody.post(VERIFY, body.clone()));
        one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        server.turn_clock(NEXT_DAY);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_step_of_an_app_completes_one_of_two_flows() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    for round in 0..rounds(3) {
        let flows = [pending(&nobody, "ada@example.com").await, pending(&nobody, "ada@example.com").await];
        let code = ada.app.next();
        let body = |number: usize| json!({ "flow_id": flows[number % 2], "factor_id": ada.factor_id, "code": code });
        let calls = (0..RACERS).map(|number| nobody.post(VERIFY, body(number)));
        one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        server.turn_clock(NEXT_DAY);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_flow_is_completed_by_one_of_two_factors_and_the_other_is_not_used_up() {
    let server = patient().await;
    let nobody = server.anonymous();
    let mut ada = with_app(&server, &nobody, "ada@example.com").await;
    for round in 0..rounds(3) {
        let paper = paper_of(&server, &mut ada, round).await;
        let flow = pending(&nobody, &ada.email).await;
        let by_app = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
        let by_paper = json!({ "flow_id": flow, "recovery_code": paper });
        let calls = (0..RACERS).map(|number| {
            let body = if number % 2 == 0 { &by_app } else { &by_paper };
            nobody.post(VERIFY, body.clone())
        });
        let won = one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        assert_eq!(won.data()["session"]["aal"], 2, "{won}");
        let mut is_left = Vec::new();
        for mut proof in [by_app, by_paper] {
            proof["flow_id"] = pending(&nobody, &ada.email).await.into();
            is_left.push(nobody.post(VERIFY, proof).await.status == 200);
        }
        assert!(is_left[0] != is_left[1], "round {round}: one of them was used up: {is_left:?}");
        server.turn_clock(NEXT_DAY);
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
    let replies = race(bodies.map(|body| nobody.post(VERIFY, body))).await;
    one_winner(&replies);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_recovery_code_completes_one_of_fifty_flows() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flows = flows(&nobody, "ada@example.com").await;
    let bodies = flows.iter().map(|flow| json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[0] }));
    let replies = race(bodies.map(|body| nobody.post(VERIFY, body))).await;
    one_winner(&replies);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_recovery_code_completes_one_of_two_flows() {
    let server = patient().await;
    let nobody = server.anonymous();
    let mut ada = with_app(&server, &nobody, "ada@example.com").await;
    for round in 0..rounds(3) {
        let paper = paper_of(&server, &mut ada, round).await;
        let flows = [pending(&nobody, &ada.email).await, pending(&nobody, &ada.email).await];
        let body = |number: usize| json!({ "flow_id": flows[number % 2], "recovery_code": paper });
        let calls = (0..RACERS).map(|number| nobody.post(VERIFY, body(number)));
        one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        server.turn_clock(NEXT_DAY);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_code_by_mail_completes_one_of_fifty_requests() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    for round in 0..rounds(3) {
        let flow = pending(&nobody, "ada@example.com").await;
        nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": flow, "factor_id": factor })).await.expect(200);
        let code = code_to(&server, "backup@example.org").await;
        let body = json!({ "flow_id": flow, "factor_id": factor, "code": code });
        let calls = (0..RACERS).map(|_| nobody.post(VERIFY, body.clone()));
        one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        server.turn_clock(NEXT_DAY);
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
    let replies = race(bodies.into_iter().map(|body| nobody.post(VERIFY, body))).await;
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
    let replies = race(bodies.map(|body| nobody.post(VERIFY, body))).await;
    let looked_at = replies.iter().filter(|reply| reply.reason() == "totp_invalid").count();
    let refused = replies.iter().filter(|reply| reply.reason() == "too_many_tries").count();
    assert_eq!((looked_at, refused), (20, RACERS - 20));
}
