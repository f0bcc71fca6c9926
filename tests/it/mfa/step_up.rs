//! Raising a session: proving a second factor again for what is dear.

use std::time::Duration;

use serde_json::json;

use super::factor::{enrol_app, patient, set_mfa, with_app};
use crate::kit::claims_of;

#[tokio::test]
async fn a_session_of_one_factor_is_raised_and_keeps_its_id() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let (app, factor, _) = enrol_app(&server, &ada).await;
    assert_eq!(claims_of(&ada.access_token)["aal"], 1);
    let begun = ada.post("/v1/auth/mfa/challenge", json!({ "factor_id": factor })).await.expect(200);
    assert_eq!(begun.text("/factor/kind"), "totp");
    let body = json!({ "flow_id": begun.text("/flow_id"), "factor_id": factor, "code": app.next() });
    let raised = ada.post("/v1/auth/mfa/verify", body).await.expect(200);
    let claims = claims_of(&raised.text("/access_token"));
    assert_eq!(claims["aal"], 2);
    assert_eq!(claims["sid"], claims_of(&ada.access_token)["sid"]);
    assert_eq!(raised.text("/session/id"), ada.session_id);
    // The older token of the same session is as strong, since the level is read and not carried.
    ada.poke("/v1/auth/mfa/recovery-codes").await.expect(201);
}

#[tokio::test]
async fn freshness_runs_out_and_is_had_again() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    ada.poke("/v1/auth/mfa/recovery-codes").await.expect(201);
    server.turn_clock(Duration::from_secs(620));
    let tokens = ada.post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token })).await.expect(200);
    let ada_again = server.anonymous().bearer(&tokens.text("/access_token"));
    ada_again.poke("/v1/auth/mfa/recovery-codes").await.refused(403, "step_up_required");
    let begun = ada_again.post("/api/v1/auth/step-up", json!({})).await.expect(200);
    assert_eq!(begun.text("/state"), "mfa_required");
    let factor = begun.text("/available_factors/0/id");
    let body = json!({ "flow_id": begun.text("/flow_id"), "factor_id": factor, "code": ada.app.next() });
    let raised = ada_again.post("/api/v1/auth/mfa/complete", body).await.expect(200);
    let raised = server.anonymous().bearer(&raised.text("/access_token"));
    raised.poke("/v1/auth/mfa/recovery-codes").await.expect(201);
}

#[tokio::test]
async fn a_level_that_does_not_exist_is_refused() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    for aal in [0, 1, 4, 255] {
        for path in ["/v1/auth/mfa/challenge", "/api/v1/auth/step-up"] {
            ada.post(path, json!({ "aal": aal })).await.refused(422, "invalid_fields");
        }
    }
    server.anonymous().poke("/v1/auth/mfa/challenge").await.refused(401, "flow_required");
    server.anonymous().poke("/api/v1/auth/step-up").await.refused(401, "missing_credentials");
}

#[tokio::test]
async fn the_flow_of_a_step_up_ends_with_its_session() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let flow = ada.post("/v1/auth/mfa/challenge", json!({})).await.expect(200).text("/flow_id");
    ada.poke("/v1/auth/sign-out").await.expect(200);
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next() });
    let reply = server.anonymous().post("/v1/auth/mfa/verify", body).await;
    assert!(matches!(reply.status, 401 | 404), "{reply}");
}

#[tokio::test]
async fn the_highest_level_is_for_who_has_what_reaches_it() {
    let server = patient().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    enrol_app(&server, &ada).await;
    // Nothing here reaches it; and then, nothing that she has. A thief of her session would otherwise add what they brought along.
    for attestation in [json!({ "mode": "off" }), json!({ "mode": "any_attested" })] {
        set_mfa(&server, json!({ "attestation": attestation })).await;
        for path in ["/v1/auth/mfa/challenge", "/api/v1/auth/step-up"] {
            ada.post(path, json!({ "aal": 3 })).await.refused(403, "aal_unreachable");
        }
    }
    let root = webauthn::soft::Maker::of([7; 16]).root_pem;
    server.root().patch("/v1/settings", json!({ "passkeys": { "attestation_roots": [root] } })).await.expect(200);
    ada.post("/api/v1/auth/step-up", json!({ "aal": 3 })).await.refused(403, "aal_unreachable");
    // Whoever has no factor yet may add a passkey on the way, and nothing else.
    let begun = eve.post("/api/v1/auth/step-up", json!({ "aal": 3 })).await.expect(200);
    assert_eq!(begun.text("/state"), "mfa_enrolment_required");
    let app = json!({ "flow_id": begun.text("/flow_id"), "kind": "totp" });
    eve.post("/v1/auth/mfa/factors", app).await.refused(422, "factor_not_allowed");
    for mfa in [json!({}), json!({ "policy": "off" })] {
        set_mfa(&server, mfa).await;
        eve.post("/api/v1/auth/step-up", json!({ "aal": 3 })).await.refused(403, "aal_unreachable");
    }
    eve.post("/api/v1/auth/step-up", json!({ "aal": 2 })).await.refused(403, "aal_unreachable");
}
