use std::time::Duration;

use serde_json::json;

use super::factor::{patient, pending, with_app};
use crate::kit::{PASSWORD, claims_of};

#[tokio::test]
async fn a_password_and_a_code_make_a_session_of_two_factors() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let claims = claims_of(&ada.access_token);
    assert_eq!(claims["aal"], 2);
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));
    let me = ada.get("/v1/auth/me").await.expect(200);
    assert_eq!(me.text("/user/primary_email"), "ada@example.com");
}

#[tokio::test]
async fn there_is_no_session_before_the_second_factor() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let sessions = || async {
        let path = format!("/v1/sessions?user_id={}", ada.id);
        server.root().get(path).await.expect(200).items().len()
    };
    let before = sessions().await;
    let reply = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(reply.text("/state"), "mfa_required");
    let text = String::from_utf8_lossy(&reply.bytes).into_owned();
    assert!(!text.contains("token") && reply.cookies().is_empty(), "{text}");
    assert_eq!(sessions().await, before);
    // The handle of a flow is no access token.
    let flow = reply.text("/flow/id");
    server.anonymous().bearer(&flow).get("/v1/auth/me").await.refused(401, "invalid_token");
}

#[tokio::test]
async fn what_a_pending_sign_in_says_of_factors_is_little() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let reply = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    let app = &reply.data()["flow"]["factors"][0];
    assert_eq!(*app, json!({ "id": ada.factor_id, "kind": "totp", "label": "Authenticator app" }));
    let flow = reply.text("/flow/id");
    let listed = server.anonymous().get(format!("/v1/auth/mfa/factors?flow_id={flow}")).await.expect(200);
    assert_eq!(listed.items()[0], *app);
}

#[tokio::test]
async fn a_code_is_accepted_once_whichever_flow_it_is_sent_to() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let code = ada.app.next();
    let verify = |flow: String, code: String| {
        nobody.post("/v1/auth/mfa/verify", json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code }))
    };
    let (one, two) = (pending(&nobody, "ada@example.com").await, pending(&nobody, "ada@example.com").await);
    verify(one.clone(), code.clone()).await.expect(200);
    verify(one, code.clone()).await.refused(404, "flow_not_found");
    verify(two.clone(), code).await.refused(401, "totp_invalid");
    // Nor one of a step before it.
    verify(two.clone(), ada.app.code_in(-1)).await.refused(401, "totp_invalid");
    verify(two, ada.app.next()).await.expect(200);
}

#[tokio::test]
async fn a_clock_that_goes_half_a_minute_wrong_is_no_hindrance_and_one_that_goes_a_minute_wrong_is() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    for (steps, status) in [(-2, 401), (2, 401), (-1, 200), (0, 200), (1, 200)] {
        server.turn_clock(Duration::from_mins(5));
        let flow = pending(&nobody, "ada@example.com").await;
        let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.code_in(steps) });
        nobody.post("/v1/auth/mfa/verify", body).await.expect(status);
    }
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_one_time_however_it_is_typed() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let verify = |flow: String, code: String| {
        nobody.post("/v1/auth/mfa/verify", json!({ "flow_id": flow, "recovery_code": code }))
    };
    let first = &ada.recovery_codes[0];
    let flow = pending(&nobody, "ada@example.com").await;
    verify(flow.clone(), "00000-00000".to_owned()).await.refused(401, "recovery_code_invalid");
    let signed_in = verify(flow, format!(" {} ", first.replace('-', " ").to_uppercase())).await.expect(200);
    assert_eq!(claims_of(&signed_in.text("/access_token"))["aal"], 2);
    let flow = pending(&nobody, "ada@example.com").await;
    verify(flow.clone(), first.clone()).await.refused(401, "recovery_code_invalid");
    verify(flow, ada.recovery_codes[1].clone()).await.expect(200);
    let factors = ada.get("/v1/auth/mfa/factors").await.expect(200);
    assert_eq!(factors.items()[1]["remaining"], 8);
}

#[tokio::test]
async fn a_new_set_of_recovery_codes_voids_the_old_one() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let new = super::factor::texts(&ada.poke("/v1/auth/mfa/recovery-codes").await.expect(201).data()["recovery_codes"]);
    assert_eq!(new.len(), 10);
    assert!(new.iter().all(|code| !ada.recovery_codes.contains(code)));
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let verify = |code: &String| nobody.post("/v1/auth/mfa/verify", json!({ "flow_id": flow, "recovery_code": code }));
    verify(&ada.recovery_codes[3]).await.refused(401, "recovery_code_invalid");
    verify(&new[3]).await.expect(200);
}

#[tokio::test]
async fn recovery_codes_without_a_factor_are_not_to_be_had() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    ada.poke("/v1/auth/mfa/recovery-codes").await.refused(409, "no_factor");
    ada.poke("/api/v1/me/recovery-codes").await.refused(409, "no_factor");
}

#[tokio::test]
async fn a_proof_is_one_thing_and_of_a_factor_that_is_ones_own() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let eve = with_app(&server, &server.anonymous(), "eve@example.com").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    for body in [
        json!({ "flow_id": flow }),
        json!({ "flow_id": flow, "code": "123456" }),
        json!({ "flow_id": flow, "factor_id": ada.factor_id }),
        json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": "123456", "recovery_code": "x" }),
    ] {
        nobody.post("/v1/auth/mfa/verify", body).await.refused(422, "proof_required");
    }
    let hers = json!({ "flow_id": flow, "factor_id": eve.factor_id, "code": eve.app.next() });
    nobody.post("/v1/auth/mfa/verify", hers).await.refused(404, "not_found");
    let hers = json!({ "flow_id": flow, "recovery_code": eve.recovery_codes[0] });
    nobody.post("/v1/auth/mfa/verify", hers).await.refused(401, "recovery_code_invalid");
    for code in ["", "12345", "1234567", "abcdef", "１２３４５６", &"1".repeat(10_000)] {
        let body =
            json!({ "flow_id": pending(&nobody, "ada@example.com").await, "factor_id": ada.factor_id, "code": code });
        nobody.post("/v1/auth/mfa/verify", body).await.refused(401, "totp_invalid");
    }
}

#[tokio::test]
async fn a_flow_of_another_application_is_not_found() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let other = server.other_tenant("Acme").await;
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    let there = server.anonymous().at_application(&other.id);
    there.post("/v1/auth/mfa/verify", body.clone()).await.refused(404, "flow_not_found");
    server.anonymous().post("/v1/auth/mfa/verify", body).await.expect(200);
}

#[tokio::test]
async fn who_was_disabled_meanwhile_does_not_come_in_with_a_second_factor() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    server.root().poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    server.anonymous().post("/v1/auth/mfa/verify", body).await.refused(403, "account_disabled");
}

#[tokio::test]
async fn the_trail_tells_what_happened_and_no_code() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    let wrong = ada.app.wrong_code();
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": wrong });
    server.anonymous().post("/v1/auth/mfa/verify", body).await.refused(401, "totp_invalid");
    server.run_jobs().await;
    let events = server.root().get(format!("/v1/audit/events?target_id={}&limit=200", ada.id)).await.expect(200);
    let text = events.data().to_string();
    for name in [
        "mfa.enrolment_begun",
        "mfa.factor_enrolled",
        "user.mfa_required",
        "user.mfa_succeeded",
        "user.mfa_failed",
        "totp_invalid",
    ] {
        assert!(text.contains(name), "{name}: {text}");
    }
    for secret in [&wrong, &ada.recovery_codes[0], &flow] {
        assert!(!text.contains(secret.as_str()), "{secret}");
    }
}
