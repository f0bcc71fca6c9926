//! Who is asked for a second factor: nobody, who has one, everyone.

use serde_json::json;

use super::factor::{App, enrol_email, patient, pending, set_mfa, texts, with_app};
use crate::kit::{PASSWORD, claims_of};

#[tokio::test]
async fn with_the_policy_off_nobody_is_asked_and_nobody_enrols() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    set_mfa(&server, json!({ "policy": "off" })).await;
    let signed_in = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    assert_eq!(claims_of(&signed_in.text("/access_token"))["aal"], 1);
    ada.post("/v1/auth/mfa/factors", json!({ "kind": "email" })).await.refused(422, "factor_not_allowed");
    // Switched on again, what was enrolled counts again.
    set_mfa(&server, json!({ "policy": "optional" })).await;
    pending(&server.anonymous(), "ada@example.com").await;
}

#[tokio::test]
async fn with_the_policy_optional_who_has_a_factor_is_asked_and_nobody_else() {
    let server = patient().await;
    with_app(&server, &server.anonymous(), "ada@example.com").await;
    server.anonymous().sign_up("eve@example.com").await.expect(202);
    let eve = server.anonymous().sign_in("eve@example.com", PASSWORD).await.expect(200);
    assert_eq!(eve.text("/state"), "complete");
    pending(&server.anonymous(), "ada@example.com").await;
}

#[tokio::test]
async fn with_the_policy_required_a_person_without_a_factor_enrols_one_within_the_sign_in() {
    let server = patient().await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let nobody = server.anonymous();
    nobody.sign_up("ada@example.com").await.expect(202);
    let waiting = nobody.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(waiting.text("/state"), "mfa_enrolment_required");
    assert_eq!(waiting.data()["flow"]["enrollable"], json!(["totp", "webauthn", "email", "sms"]));
    let flow = waiting.text("/flow/id");
    let begun = nobody.post("/v1/auth/mfa/factors", json!({ "flow_id": flow, "kind": "totp" })).await.expect(201);
    let app = App::of(&server, &begun.text("/set_up/secret"));
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    nobody.post(&path, json!({ "flow_id": flow, "code": app.wrong_code() })).await.refused(401, "totp_invalid");
    let activated = nobody.post(&path, json!({ "flow_id": flow, "code": app.code() })).await.expect(200);
    assert_eq!(activated.text("/sign_in/state"), "complete");
    assert_eq!(texts(&activated.data()["recovery_codes"]).len(), 10);
    let claims = claims_of(&activated.text("/sign_in/access_token"));
    assert_eq!((&claims["aal"], &claims["amr"]), (&json!(2), &json!(["pwd", "otp", "mfa"])));
    // The enrolment took the step: the same code signs nobody in.
    let flow = pending(&nobody, "ada@example.com").await;
    let body = json!({ "flow_id": flow, "factor_id": begun.id(), "code": app.code() });
    nobody.post("/v1/auth/mfa/verify", body).await.refused(401, "totp_invalid");
    nobody.post(&path, json!({ "flow_id": flow, "code": app.next() })).await.refused(409, "step_not_open");
}

#[tokio::test]
async fn an_enrolment_within_a_sign_in_can_put_the_tokens_into_cookies() {
    let server = patient().await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let nobody = server.anonymous();
    nobody.sign_up("ada@example.com").await.expect(202);
    let flow = nobody.sign_in("ada@example.com", PASSWORD).await.expect(200).text("/flow/id");
    let begun = nobody.post("/v1/auth/mfa/factors", json!({ "flow_id": flow, "kind": "totp" })).await.expect(201);
    let app = App::of(&server, &begun.text("/set_up/secret"));
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    let body = json!({ "flow_id": flow, "code": app.code(), "transport": "cookie" });
    let activated = nobody.post(path, body).await.expect(200);
    assert!(activated.data()["sign_in"].get("access_token").is_none(), "{activated}");
    assert_eq!(activated.cookies().len(), 4);
}

#[tokio::test]
async fn whoever_knows_the_password_of_a_person_with_a_factor_enrols_none_of_their_own() {
    let server = patient().await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let nobody = server.anonymous();
    set_mfa(&server, json!({ "policy": "optional" })).await;
    with_app(&server, &nobody, "ada@example.com").await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let flow = pending(&nobody, "ada@example.com").await;
    for path in ["/v1/auth/mfa/factors", "/api/v1/auth/mfa/enrolments"] {
        for kind in ["totp", "email", "webauthn"] {
            let body = json!({ "flow_id": flow, "kind": kind, "address": "eve@example.com" });
            nobody.post(path, body).await.refused(409, "step_not_open");
        }
    }
}

#[tokio::test]
async fn a_factor_that_is_not_allowed_any_more_is_not_asked_for() {
    let server = patient().await;
    let nobody = server.anonymous();
    let ada = with_app(&server, &nobody, "ada@example.com").await;
    let mailbox = enrol_email(&server, &ada, "backup@example.org").await;
    set_mfa(&server, json!({ "factors": ["email"] })).await;
    let waiting = nobody.sign_in("ada@example.com", PASSWORD).await.expect(200);
    let ids: Vec<_> =
        waiting.data()["flow"]["factors"].as_array().unwrap().iter().map(|factor| factor["id"].clone()).collect();
    assert_eq!(ids, [json!(mailbox)]);
    let flow = waiting.text("/flow/id");
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    nobody.post("/v1/auth/mfa/verify", body).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_policy_holds_on_the_data_plane_as_well() {
    let server = patient().await;
    let nobody = server.anonymous();
    let ada = with_app(&server, &nobody, "ada@example.com").await;
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let waiting = nobody.post("/api/v1/auth/login", login).await.expect(200);
    assert_eq!(waiting.text("/state"), "mfa_required");
    let flow = waiting.text("/flow_id");
    assert!(flow.starts_with("flow_"), "{flow}");
    let factor = waiting.text("/available_factors/0/id");
    assert!(factor.starts_with("factor_"), "{factor}");
    let body = json!({ "flow_id": flow, "factor_id": factor, "code": ada.app.next() });
    let done = nobody.post("/api/v1/auth/mfa/complete", body).await.expect(200);
    assert_eq!(done.text("/state"), "success");
    assert_eq!(claims_of(&done.text("/access_token"))["aal"], 2);
}
