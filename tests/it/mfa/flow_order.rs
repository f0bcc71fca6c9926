//! Steps alone, twice, empty and in other orders, through the door: none is skipped.

use serde_json::json;

use super::factor::{App, patient, pending, set_mfa, with_app};
use crate::kit::PASSWORD;

const UNKNOWN: &str = "flow_3ZZZZZZZZZZZZZZZZZZZZZZZZZ";

#[tokio::test]
async fn a_step_without_the_first_one_finds_no_flow() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let (id, code) = (&ada.factor_id, ada.app.next());
    for (path, body) in [
        ("/v1/auth/mfa/challenge", json!({ "flow_id": UNKNOWN, "factor_id": id })),
        ("/v1/auth/mfa/verify", json!({ "flow_id": UNKNOWN, "factor_id": id, "code": code })),
        ("/v1/auth/mfa/verify", json!({ "flow_id": UNKNOWN, "recovery_code": ada.recovery_codes[0] })),
        ("/v1/auth/mfa/factors", json!({ "flow_id": UNKNOWN, "kind": "totp" })),
        ("/api/v1/auth/mfa/begin", json!({ "flow_id": UNKNOWN, "factor_id": id })),
        ("/api/v1/auth/mfa/complete", json!({ "flow_id": UNKNOWN, "factor_id": id, "code": code })),
        ("/api/v1/auth/mfa/enrolments", json!({ "flow_id": UNKNOWN, "kind": "totp" })),
    ] {
        nobody.post(path, body.clone()).await.refused(404, "flow_not_found");
        // Nor with a session, which is for what is its own.
        ada.post(path, body).await.refused(404, "flow_not_found");
    }
    nobody.get(format!("/v1/auth/mfa/factors?flow_id={UNKNOWN}")).await.refused(404, "flow_not_found");
    nobody.get(format!("/api/v1/auth/mfa/factors?flow_id={UNKNOWN}")).await.refused(404, "flow_not_found");
    assert_eq!(nobody.post("/v1/auth/mfa/verify", json!({})).await.status, 422);
    assert_eq!(nobody.get("/api/v1/auth/mfa/factors").await.status, 400);
}

#[tokio::test]
async fn a_finished_flow_takes_no_step_more() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    nobody.post("/v1/auth/mfa/verify", body).await.expect(200);
    for (path, body) in [
        ("/v1/auth/mfa/verify", json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() })),
        ("/v1/auth/mfa/verify", json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[0] })),
        ("/v1/auth/mfa/challenge", json!({ "flow_id": flow })),
        ("/v1/auth/mfa/factors", json!({ "flow_id": flow, "kind": "totp" })),
    ] {
        nobody.post(path, body).await.refused(404, "flow_not_found");
    }
}

#[tokio::test]
async fn a_flow_dies_of_age() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    server.turn_clock(std::time::Duration::from_mins(16));
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.code() });
    server.anonymous().post("/v1/auth/mfa/verify", body).await.refused(404, "flow_not_found");
}

#[tokio::test]
async fn a_flow_that_waits_for_an_enrolment_takes_no_factor_and_no_other_flows_enrolment() {
    let server = patient().await;
    let nobody = server.anonymous();
    let ada = with_app(&server, &nobody, "ada@example.com").await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    nobody.sign_up("eve@example.com").await.expect(202);
    let flow = nobody.sign_in("eve@example.com", PASSWORD).await.expect(200).text("/flow/id");
    let hers = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    nobody.post("/v1/auth/mfa/verify", hers).await.refused(409, "step_not_open");
    nobody.post("/v1/auth/mfa/challenge", json!({ "flow_id": flow })).await.refused(409, "step_not_open");

    // A factor that somebody else began is not activated here.
    let begun = ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let app = App::of(&server, &begun.text("/set_up/secret"));
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    nobody.post(path, json!({ "flow_id": flow, "code": app.code() })).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_policy_that_changes_meanwhile_holds() {
    let server = patient().await;
    let nobody = server.anonymous();
    set_mfa(&server, json!({ "policy": "required" })).await;
    nobody.sign_up("ada@example.com").await.expect(202);
    let flow = nobody.sign_in("ada@example.com", PASSWORD).await.expect(200).text("/flow/id");
    set_mfa(&server, json!({ "policy": "required", "factors": ["email", "recovery_code"] })).await;
    let body = json!({ "flow_id": flow, "kind": "totp" });
    nobody.post("/v1/auth/mfa/factors", body).await.refused(422, "factor_not_allowed");
}
