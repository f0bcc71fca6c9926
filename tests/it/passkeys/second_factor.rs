//! Passkeys in a sign-in that began with a password.

use serde_json::{Value, json};
use webauthn::soft::{Asked, SoftPasskey, Vouching};

use super::{
    AUTHENTICATION, AUTHENTICATION_VERIFY, ORIGIN, REGISTRATION_VERIFY, RP_ID, decoded, new_credential, passkey,
    patient, register,
};
use crate::kit::{PASSWORD, Reply, Server, claims_of};

async fn require_two(server: &Server) {
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
}

/// A password, and then the challenge of the passkey that it asks for.
async fn begun(server: &Server, email: &str) -> (String, Reply) {
    let pending = server.anonymous().sign_in(email, PASSWORD).await.expect(200);
    assert_eq!(pending.text("/state"), "mfa_required", "{pending}");
    assert_eq!(pending.text("/flow/factors/0/kind"), "webauthn");
    let (flow, factor) = (pending.text("/flow/id"), pending.text("/flow/factors/0/id"));
    let body = json!({ "flow_id": flow, "factor_id": factor });
    let challenged = server.anonymous().post("/v1/auth/mfa/challenge", body).await;
    assert!(challenged.status < 300, "{challenged}");
    (flow, challenged)
}

fn signed(passkey: &mut SoftPasskey, challenged: &Reply) -> Value {
    let challenge = decoded(&challenged.text("/webauthn/challenge"));
    passkey.get(&Asked::new(&challenge, ORIGIN, RP_ID)).to_json()
}

async fn verify(server: &Server, flow: &str, credential: Value) -> Reply {
    server.anonymous().post("/v1/auth/mfa/verify", json!({ "flow_id": flow, "credential": credential })).await
}

#[tokio::test]
async fn a_passkey_completes_a_sign_in_that_began_with_a_password() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    require_two(&server).await;
    let (flow, challenged) = begun(&server, "ada@example.com").await;
    let allowed = &challenged.data()["webauthn"]["allowCredentials"];
    assert_eq!(allowed.as_array().unwrap().len(), 1, "{challenged}");
    assert_eq!(decoded(allowed[0]["id"].as_str().unwrap()), passkey.id);
    // An authenticator that was told which credential is meant need not say whose it is.
    let mut credential = signed(&mut passkey, &challenged);
    credential["response"]["userHandle"] = Value::Null;
    let signed_in = verify(&server, &flow, credential.clone()).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    let claims = claims_of(&signed_in.text("/access_token"));
    assert_eq!((&claims["aal"], &claims["amr"]), (&json!(2), &json!(["pwd", "swk", "mfa"])));
    assert_ne!(verify(&server, &flow, credential).await.status, 200);
}

#[tokio::test]
async fn another_persons_passkey_is_no_second_factor() {
    let server = patient().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let (mut adas, mut eves) = (passkey(), passkey());
    register(&ada, &mut adas).await.expect(201);
    register(&eve, &mut eves).await.expect(201);
    require_two(&server).await;
    let (flow, challenged) = begun(&server, "ada@example.com").await;
    let credential = signed(&mut eves, &challenged);
    verify(&server, &flow, credential).await.refused(401, "webauthn_failed");
    // Nor does her challenge serve his passkey.
    let (_, for_eve) = begun(&server, "eve@example.com").await;
    let credential = signed(&mut adas, &for_eve);
    verify(&server, &flow, credential).await.refused(401, "webauthn_failed");
}

#[tokio::test]
async fn challenges_of_one_purpose_serve_no_other() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    require_two(&server).await;
    let (flow, challenged) = begun(&server, "ada@example.com").await;
    let body = json!({ "credential": signed(&mut passkey, &challenged) });
    server.anonymous().post(AUTHENTICATION_VERIFY, body).await.refused(401, "webauthn_failed");
    let begun = server.anonymous().poke(AUTHENTICATION).await.expect(200);
    let challenge = decoded(&begun.text("/options/challenge"));
    let credential = passkey.get(&Asked::new(&challenge, ORIGIN, RP_ID)).to_json();
    verify(&server, &flow, credential).await.refused(401, "webauthn_failed");
}

#[tokio::test]
async fn whoever_must_have_a_second_factor_enrols_a_passkey_on_the_way_in() {
    let server = patient().await;
    let body = json!({ "primary_email": "ada@example.com", "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    require_two(&server).await;
    let pending = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(pending.text("/state"), "mfa_enrolment_required", "{pending}");
    let flow = pending.text("/flow/id");
    let body = json!({ "flow_id": flow, "kind": "webauthn" });
    let enrolling = server.anonymous().post("/v1/auth/mfa/factors", body).await;
    assert!(enrolling.status < 300, "{enrolling}");
    let mut passkey = passkey();
    passkey.user_handle = decoded(&enrolling.text("/set_up/webauthn/user/id"));
    let challenge = decoded(&enrolling.text("/set_up/webauthn/challenge"));
    let credential = passkey.create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None).to_json();
    let path = format!("/v1/auth/mfa/factors/{}/activate", enrolling.id());
    let body = json!({ "flow_id": flow, "credential": credential });
    let activated = server.anonymous().post(path, body).await;
    assert!(activated.status < 300, "{activated}");
    assert_eq!(activated.text("/sign_in/state"), "complete");
    super::sign_in(&server.anonymous(), &mut passkey).await.expect(200);
    // What was begun for a session is not finished by an enrolment, and the other way round.
    let strong = server.anonymous().bearer(&activated.text("/sign_in/access_token"));
    let of_session = new_credential(&strong, &mut super::passkey()).await;
    let body = json!({ "kind": "webauthn" });
    let enrolling = strong.post("/v1/auth/mfa/factors", body).await;
    let path = format!("/v1/auth/mfa/factors/{}/activate", enrolling.id());
    strong.post(path, json!({ "credential": of_session })).await.refused(400, "webauthn_failed");
    let challenge = decoded(&enrolling.text("/set_up/webauthn/challenge"));
    let credential = super::passkey().create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None).to_json();
    strong.post(REGISTRATION_VERIFY, json!({ "credential": credential })).await.refused(400, "webauthn_failed");
}
