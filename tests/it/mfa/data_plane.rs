//! The data plane's own paths, ids and names.

use serde_json::json;

use super::factor::{App, code_to, patient, set_mfa, texts, with_app};
use crate::kit::{PASSWORD, claims_of};

#[tokio::test]
async fn a_person_enrols_lists_and_removes_factors_under_me() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let begun = ada.post("/api/v1/me/factors", json!({ "kind": "totp" })).await.expect(201);
    let id = begun.id();
    assert!(id.starts_with("factor_"), "{id}");
    let app = App::of(&server, &begun.text("/set_up/secret"));
    let path = format!("/api/v1/me/factors/{id}/activate");
    ada.post(&path, json!({ "code": app.wrong_code() })).await.refused(401, "totp_invalid");
    let activated = ada.post(&path, json!({ "code": app.code() })).await.expect(200);
    assert_eq!(texts(&activated.data()["recovery_codes"]).len(), 10);
    let listed = ada.get("/api/v1/me/factors").await.expect(200);
    assert_eq!(listed.text("/0/id"), id);
    assert_eq!(listed.items()[1]["remaining"], 10);

    let flow = ada.post("/api/v1/auth/step-up", json!({ "aal": 2 })).await.expect(200).text("/flow_id");
    let body = json!({ "flow_id": flow, "factor_id": id, "code": app.next() });
    ada.post("/api/v1/auth/mfa/complete", body).await.expect(200);
    let codes = ada.poke("/api/v1/me/recovery-codes").await.expect(201);
    assert_eq!(texts(&codes.data()["recovery_codes"]).len(), 10);
    ada.delete(format!("/api/v1/me/factors/{id}")).await.expect(204);
    assert_eq!(ada.get("/api/v1/me/factors").await.expect(200).items().len(), 0);
}

#[tokio::test]
async fn an_enrolment_within_a_login_answers_the_login() {
    let server = patient().await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let nobody = server.anonymous();
    nobody.sign_up("ada@example.com").await.expect(202);
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let waiting = nobody.post("/api/v1/auth/login", login).await.expect(200);
    assert_eq!(waiting.text("/state"), "mfa_enrolment_required");
    let flow = waiting.text("/flow_id");
    let body = json!({ "flow_id": flow, "kind": "email" });
    let begun = nobody.post("/api/v1/auth/mfa/enrolments", body).await.expect(201);
    let code = code_to(&server, "ada@example.com").await;
    let path = format!("/api/v1/auth/mfa/enrolments/{}/complete", begun.id());
    let done = nobody.post(path, json!({ "flow_id": flow, "code": code })).await.expect(200);
    assert_eq!(done.text("/login/state"), "success");
    assert_eq!(claims_of(&done.text("/login/access_token"))["aal"], 2);
}

#[tokio::test]
async fn the_factors_of_a_login_are_listed_and_one_is_begun() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let flow = nobody.post("/api/v1/auth/login", login).await.expect(200).text("/flow_id");
    let listed = nobody.get(format!("/api/v1/auth/mfa/factors?flow_id={flow}")).await.expect(200);
    let kinds: Vec<_> = listed.items().iter().map(|factor| factor["kind"].clone()).collect();
    assert_eq!(kinds, ["totp", "recovery_code"]);
    let body = json!({ "flow_id": flow, "factor_id": listed.text("/0/id") });
    let begun = nobody.post("/api/v1/auth/mfa/begin", body).await.expect(200);
    assert_eq!(begun.text("/factor/kind"), "totp");
    let body = json!({ "flow_id": flow, "recovery_code": ada.recovery_codes[9] });
    nobody.post("/api/v1/auth/mfa/complete", body).await.expect(200);
}
