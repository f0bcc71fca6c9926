//! Codes by message as second factors.

use serde_json::json;

use super::factor::{code_to, enrol_email, mail_to, patient, pending, with_app};
use crate::kit::claims_of;

#[tokio::test]
async fn a_code_goes_to_the_factors_own_address_and_completes_the_flow_that_asked_for_it() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let (one, two) = (pending(&nobody, "ada@example.com").await, pending(&nobody, "ada@example.com").await);
    let begun = nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": one, "factor_id": factor })).await.expect(200);
    assert_eq!(begun.text("/factor/label"), "b•••@example.org");
    let code = code_to(&server, "backup@example.org").await;
    let verify = |flow: &str, code: &str| {
        nobody.post("/v1/auth/mfa/verify", json!({ "flow_id": flow, "factor_id": factor, "code": code }))
    };
    verify(&two, &code).await.refused(401, "invalid_code");
    let signed_in = verify(&one, &format!(" {} {}", &code[..3], &code[3..])).await.expect(200);
    assert_eq!(claims_of(&signed_in.text("/access_token"))["aal"], 2);
    verify(&two, &code).await.refused(401, "invalid_code");
    assert!(!mail_to(&server, "ada@example.com").await.contains(&"mfa_code"), "nothing went to the other address");
}

#[tokio::test]
async fn another_code_takes_the_place_of_the_one_before() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let send = || nobody.post("/api/v1/auth/mfa/begin", json!({ "flow_id": flow, "factor_id": factor }));
    send().await.expect(200);
    let first = code_to(&server, "backup@example.org").await;
    send().await.expect(200);
    let second = code_to(&server, "backup@example.org").await;
    assert_ne!(first, second);
    let complete = |code: &str| {
        nobody.post("/api/v1/auth/mfa/complete", json!({ "flow_id": flow, "factor_id": factor, "code": code }))
    };
    complete(&first).await.refused(401, "invalid_code");
    complete(&second).await.expect(200);
}

#[tokio::test]
async fn a_code_is_too_old_after_ten_minutes() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let body = json!({ "flow_id": flow, "factor_id": factor });
    nobody.post("/v1/auth/mfa/challenge", body).await.expect(200);
    let code = code_to(&server, "backup@example.org").await;
    server.turn_clock(std::time::Duration::from_secs(601));
    let body = json!({ "flow_id": flow, "factor_id": factor, "code": code });
    nobody.post("/v1/auth/mfa/verify", body).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn without_a_code_that_was_sent_none_is_right() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    for code in ["000000", "", "123456"] {
        let body = json!({ "flow_id": flow, "factor_id": factor, "code": code });
        nobody.post("/v1/auth/mfa/verify", body).await.refused(401, "invalid_code");
    }
}

#[tokio::test]
async fn a_mailbox_gets_only_so_many_codes_a_day() {
    let server = crate::kit::Server::start().await;
    let often = json!({ "name": "sign-in", "requests": 1_000_000, "seconds": 60 });
    server.root().patch("/v1/settings", json!({ "rate_limits": [often] })).await.expect(200);
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let factor = enrol_email(&server, &ada, "backup@example.org").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let send = || nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": flow, "factor_id": factor }));
    for _ in 0..19 {
        send().await.expect(200);
    }
    send().await.refused(429, "rate_limited");
}
