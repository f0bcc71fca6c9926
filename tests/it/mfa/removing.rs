//! Taking factors away, one by its person or all by an administrator.

use serde_json::json;

use super::factor::{App, enrol_app, enrol_email, mail_to, patient, pending, set_mfa, verified, with_app};
use crate::kit::PASSWORD;

#[tokio::test]
async fn a_factor_goes_only_from_a_session_that_proved_two_factors_lately() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let (_, factor, _) = enrol_app(&server, &ada).await;
    for path in ["/v1/auth/mfa/factors", "/api/v1/me/factors"] {
        ada.delete(format!("{path}/{factor}")).await.refused(403, "step_up_required");
    }
    let eve = with_app(&server, &server.anonymous(), "eve@example.com").await;
    eve.delete(format!("/v1/auth/mfa/factors/{factor}")).await.refused(404, "not_found");
    eve.delete(format!("/v1/auth/mfa/factors/{}", eve.factor_id)).await.expect(200);
    assert_eq!(
        eve.get("/v1/auth/mfa/factors").await.expect(200).items().len(),
        0,
        "nor is there paper without a factor"
    );
    let signed_in = server.anonymous().sign_in("eve@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
}

#[tokio::test]
async fn the_last_factor_stays_where_one_is_required() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    set_mfa(&server, json!({ "policy": "required" })).await;
    let path = format!("/api/v1/me/factors/{}", ada.factor_id);
    ada.delete(&path).await.refused(409, "last_factor");
    enrol_email(&server, &ada, "backup@example.org").await;
    ada.delete(&path).await.expect(204);
}

#[tokio::test]
async fn a_removed_factor_proves_nothing_in_a_flow_that_had_begun() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    enrol_email(&server, &ada, "backup@example.org").await;
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    ada.delete(format!("/v1/auth/mfa/factors/{}", ada.factor_id)).await.expect(200);
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    server.anonymous().post("/v1/auth/mfa/verify", body).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_reset_takes_everything_ends_sessions_tells_the_person_and_demands_an_enrolment() {
    let server = patient().await;
    for (method, path) in [("DELETE", "/v1/users/{id}/mfa"), ("POST", "/api/v1/users/{id}/reset-mfa")] {
        let email = format!("{}@example.com", method.to_lowercase());
        verified(&server, &email).await;
        let ada = server.sign_in_at(&server.anonymous(), &email).await;
        let (app, factor, activated) = enrol_app(&server, &ada).await;
        let flow = pending(&server.anonymous(), &email).await;
        server.run_jobs().await;
        server.mailbox().clear();

        let path = path.replace("{id}", &ada.id);
        server
            .api_key(&["users:read"])
            .await
            .call(method.parse().unwrap(), &path)
            .await
            .refused(403, "insufficient_scope");
        let reply = server.root().call(method.parse().unwrap(), &path).await;
        assert!(matches!(reply.status, 200 | 204), "{reply}");

        ada.get("/v1/auth/me").await.refused(401, "session_revoked");
        let nobody = server.anonymous();
        let right = json!({ "flow_id": flow, "factor_id": factor, "code": app.next() });
        nobody.post("/v1/auth/mfa/verify", right).await.refused(404, "flow_not_found");
        assert_eq!(mail_to(&server, &email).await, ["factor_removed"]);

        let waiting = nobody.sign_in(&email, PASSWORD).await.expect(200);
        assert_eq!(waiting.text("/state"), "mfa_enrolment_required", "whatever the policy says: {waiting}");
        let flow = waiting.text("/flow/id");
        let old = json!({ "flow_id": flow, "recovery_code": activated.text("/recovery_codes/0") });
        nobody.post("/v1/auth/mfa/verify", old).await.refused(409, "step_not_open");
        let begun = nobody.post("/v1/auth/mfa/factors", json!({ "flow_id": flow, "kind": "totp" })).await.expect(201);
        let app = App::of(&server, &begun.text("/set_up/secret"));
        let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
        let done = nobody.post(path, json!({ "flow_id": flow, "code": app.code() })).await.expect(200);
        assert_eq!(done.text("/sign_in/state"), "complete");
        // The demand is met: from now on they are asked, and not made to enrol.
        pending(&nobody, &email).await;
    }
}
