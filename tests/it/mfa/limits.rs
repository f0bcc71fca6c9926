//! Guessing at second factors: by flow, and by account and day over everything.

use std::time::Duration;

use serde_json::json;

use super::factor::{code_to, enrol_email, patient, pending, with_app};

#[tokio::test]
async fn five_wrong_codes_are_the_end_of_a_flow_whichever_factors_they_were_for() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let mailbox = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let wrong = ada.app.wrong_code();
    let app = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": wrong });
    let mail = json!({ "flow_id": flow, "factor_id": mailbox, "code": "000000" });
    let paper = json!({ "flow_id": flow, "recovery_code": "aaaaa-aaaaa" });
    nobody.post("/v1/auth/mfa/verify", app.clone()).await.refused(401, "totp_invalid");
    nobody.post("/api/v1/auth/mfa/complete", app).await.refused(401, "totp_invalid");
    nobody.post("/v1/auth/mfa/verify", mail).await.refused(401, "invalid_code");
    nobody.post("/v1/auth/mfa/verify", paper.clone()).await.refused(401, "recovery_code_invalid");
    nobody.post("/api/v1/auth/mfa/complete", paper).await.refused(401, "recovery_code_invalid");
    let right = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    nobody.post("/v1/auth/mfa/verify", right).await.refused(404, "flow_not_found");
}

#[tokio::test]
async fn twenty_wrong_codes_a_day_are_all_that_an_account_takes_over_all_flows_factors_and_surfaces() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let mailbox = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let wrong = ada.app.wrong_code();
    for number in 0..20 {
        // From another network each time, on either surface, in flows and in step-ups of a session.
        let client = nobody.clone().from(&format!("198.51.100.{number}"));
        let flow = match number % 3 {
            0 => ada.post("/v1/auth/mfa/challenge", json!({})).await.expect(200).text("/flow_id"),
            _ => pending(&client, "ada@example.com").await,
        };
        let path = if number % 2 == 0 { "/v1/auth/mfa/verify" } else { "/api/v1/auth/mfa/complete" };
        let body = match number % 4 {
            0 => json!({ "flow_id": flow, "factor_id": mailbox, "code": "000000" }),
            _ => json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": wrong }),
        };
        client.post(path, body).await.expect(401);
    }
    let flow = pending(&nobody, "ada@example.com").await;
    let right = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    let refused = nobody.post("/v1/auth/mfa/verify", right.clone()).await.refused(429, "too_many_tries");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((80_000..=86_400).contains(&wait), "{wait}");
    nobody.post("/api/v1/auth/mfa/complete", right).await.refused(429, "too_many_tries");
    // Nor does a code that was sent.
    nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": flow, "factor_id": mailbox })).await.expect(200);
    let sent = json!({ "flow_id": flow, "factor_id": mailbox, "code": code_to(&server, "backup@example.org").await });
    nobody.post("/v1/auth/mfa/verify", sent).await.refused(429, "too_many_tries");
    // Who is locked out by somebody else's guesses comes in with paper.
    let paper = json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[0] });
    nobody.post("/v1/auth/mfa/verify", paper).await.expect(200);
    // Another day, another try.
    server.turn_clock(Duration::from_hours(24));
    let flow = pending(&nobody, "ada@example.com").await;
    let right = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.code() });
    nobody.post("/v1/auth/mfa/verify", right).await.expect(200);
}

#[tokio::test]
async fn right_codes_cost_nothing() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    for _ in 0..25 {
        let flow = pending(&nobody, "ada@example.com").await;
        let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
        nobody.post("/v1/auth/mfa/verify", body).await.expect(200);
    }
}

#[tokio::test]
async fn ten_wrong_recovery_codes_a_day_are_all_and_the_app_still_works() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    for _ in 0..10 {
        let body = json!({ "flow_id": pending(&nobody, "ada@example.com").await, "recovery_code": "bbbbb-bbbbb" });
        nobody.post("/v1/auth/mfa/verify", body).await.refused(401, "recovery_code_invalid");
    }
    let flow = pending(&nobody, "ada@example.com").await;
    let body = json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[0] });
    nobody.post("/v1/auth/mfa/verify", body).await.refused(429, "too_many_tries");
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    nobody.post("/v1/auth/mfa/verify", body).await.expect(200);
}

#[tokio::test]
async fn other_accounts_are_not_concerned() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let eve = with_app(&server, &server.anonymous(), "eve@example.com").await;
    let nobody = server.anonymous();
    for _ in 0..20 {
        let flow = pending(&nobody, "ada@example.com").await;
        let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.wrong_code() });
        nobody.post("/v1/auth/mfa/verify", body).await.expect(401);
    }
    let body = json!({
        "flow_id": pending(&nobody, "eve@example.com").await, "factor_id": eve.factor_id, "code": eve.app.next(),
    });
    nobody.post("/v1/auth/mfa/verify", body).await.expect(200);
}
