//! Second factors of accounts, and signing in with them by the same call.

use serde_json::{Value, json};
use webauthn::{
    Algorithm,
    soft::{Asked, SoftPasskey, Vouching},
};

use super::people::{ACCOUNT, account, at};
use crate::{
    kit::{Client, PASSWORD, Person, Reply, Server},
    mfa::App,
    passkeys::{ORIGIN, RP_ID, decoded},
};

const FACTORS: &str = "/v1/dashboard/account/factors";
const SIGN_IN: &str = "/v1/dashboard/sign-in";

/// An app for an account: itself, its factor's id and the recovery codes.
pub(super) async fn enrol_app(account: &Client) -> (App, String, Vec<String>) {
    let begun = account.post(FACTORS, json!({ "kind": "totp", "name": "phone" })).await.expect(201);
    let app = App::of(&account.server, &begun.text("/set_up/secret"));
    let path = format!("{FACTORS}/{}/activate", begun.id());
    let activated = account.post(path, json!({ "code": app.code() })).await.expect(200);
    let codes = activated.data()["recovery_codes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (app, begun.id(), codes)
}

/// An app where there is a factor already, and with it recovery codes.
async fn enrol_second_app(account: &Client) {
    let begun = account.post(FACTORS, json!({ "kind": "totp" })).await.expect(201);
    let app = App::of(&account.server, &begun.text("/set_up/secret"));
    let path = format!("{FACTORS}/{}/activate", begun.id());
    account.post(path, json!({ "code": app.code() })).await.expect(200);
}

/// The flow of a sign-in that waits for a second factor.
pub(super) async fn pending(server: &Server, email: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD });
    let reply = at(server, email).post(SIGN_IN, body).await.expect(200);
    assert_eq!(reply.text("/state"), "mfa_required", "{reply}");
    reply.text("/flow/id")
}

async fn second(server: &Server, email: &str, body: Value) -> Reply {
    at(server, email).post(SIGN_IN, body).await
}

async fn signed_in(server: &Server, email: &str, body: Value) -> Person {
    Person::of(at(server, email), email, &second(server, email, body).await.expect(200))
}

#[tokio::test]
async fn an_account_shows_its_factors_and_signs_in_with_both_steps_by_one_call() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let ada = account(&server, email).await;
    assert_eq!(ada.get(ACCOUNT).await.expect(200).data()["factors"], json!([]));
    let (app, factor, _) = enrol_app(&ada).await;
    let shown = ada.get(ACCOUNT).await.expect(200);
    let kinds: Vec<&str> =
        shown.data()["factors"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"totp") && kinds.contains(&"recovery_code"), "{shown}");
    let flow = pending(&server, email).await;
    let with = |code: String| json!({ "flow_id": flow, "factor_id": factor, "code": code });
    second(&server, email, with(app.wrong_code())).await.refused(401, "totp_invalid");
    let code = app.next();
    let strong = signed_in(&server, email, with(code.clone())).await;
    assert_eq!(crate::kit::claims_of(&strong.access_token)["aal"], 2);
    strong.get(ACCOUNT).await.expect(200);
    second(&server, email, with(code)).await.refused(404, "flow_not_found");
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let (_, _, codes) = enrol_app(&*account(&server, email).await).await;
    let flow = pending(&server, email).await;
    signed_in(&server, email, json!({ "flow_id": flow, "recovery_code": codes[0] })).await;
    let flow = pending(&server, email).await;
    let again = second(&server, email, json!({ "flow_id": flow, "recovery_code": codes[0] })).await;
    again.refused(401, "recovery_code_invalid");
}

#[tokio::test]
async fn a_passkey_raises_the_session_and_signs_the_second_step() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let ada = account(&server, email).await;
    let begun = ada.post(FACTORS, json!({ "kind": "webauthn" })).await.expect(201);
    let mut passkey = SoftPasskey::new(Algorithm::Es256);
    passkey.user_handle = decoded(&begun.text("/set_up/webauthn/user/id"));
    let challenge = decoded(&begun.text("/set_up/webauthn/challenge"));
    let credential = passkey.create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None).to_json();
    let path = format!("{FACTORS}/{}/activate", begun.id());
    let factor = ada.post(path, json!({ "credential": credential })).await.expect(200).text("/factor/id");
    let mut signed = |begun: &Reply| {
        let challenge = decoded(&begun.text("/webauthn/challenge"));
        let credential = passkey.get(&Asked::new(&challenge, ORIGIN, RP_ID)).to_json();
        json!({ "flow_id": begun.text("/flow_id"), "credential": credential })
    };
    ada.post(FACTORS, json!({ "kind": "totp" })).await.refused(403, "step_up_required");
    let begun = ada.post("/v1/dashboard/account/step-up", json!({ "factor_id": factor })).await.expect(200);
    let strong = signed_in(&server, email, signed(&begun)).await;
    assert_eq!(strong.session_id, ada.session_id);
    enrol_second_app(&strong).await;
    let body = json!({ "flow_id": pending(&server, email).await, "factor_id": factor });
    let begun = at(&server, email).post("/v1/dashboard/sign-in/challenge", body).await.expect(200);
    signed_in(&server, email, signed(&begun)).await.get(ACCOUNT).await.expect(200);
}

#[tokio::test]
async fn a_trusted_device_is_not_asked_again() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let (app, factor, _) = enrol_app(&*account(&server, email).await).await;
    let flow = pending(&server, email).await;
    let body = json!({ "flow_id": flow, "factor_id": factor, "code": app.next(), "trust_device": true });
    let token = second(&server, email, body).await.expect(200).text("/device_token");
    let body = json!({ "email": email, "password": PASSWORD, "device_token": token });
    assert_eq!(second(&server, email, body).await.expect(200).text("/state"), "complete");
}

#[tokio::test]
async fn a_session_of_one_factor_changes_no_factors_and_closes_no_account() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let ada = account(&server, email).await;
    let (app, factor, _) = enrol_app(&ada).await;
    let path = format!("{FACTORS}/{factor}");
    ada.delete(&path).await.refused(403, "step_up_required");
    ada.poke("/v1/dashboard/account/recovery-codes").await.refused(403, "step_up_required");
    ada.post(FACTORS, json!({ "kind": "totp" })).await.refused(403, "step_up_required");
    let close = crate::kit::Call { body: Some(json!({ "password": PASSWORD })), ..ada.delete(ACCOUNT) };
    close.await.refused(403, "step_up_required");
    let flow = pending(&server, email).await;
    let body = json!({ "flow_id": flow, "factor_id": factor, "code": app.next() });
    let strong = signed_in(&server, email, body).await;
    strong.poke("/v1/dashboard/account/recovery-codes").await.expect(201);
    strong.delete(&path).await.expect(200);
    let body = json!({ "email": email, "password": PASSWORD });
    assert_eq!(second(&server, email, body).await.expect(200).text("/state"), "complete");
}

#[tokio::test]
async fn the_two_steps_are_not_mixed() {
    let server = Server::start().await;
    let email = "ada@example.com";
    let (app, factor, _) = enrol_app(&*account(&server, email).await).await;
    let flow = pending(&server, email).await;
    let body = json!({ "flow_id": flow, "email": email, "password": PASSWORD });
    second(&server, email, body).await.expect(422);
    second(&server, email, json!({ "flow_id": flow })).await.expect(422);
    let body = json!({ "email": email, "password": PASSWORD, "code": app.next(), "factor_id": factor });
    second(&server, email, body).await.expect(422);
    // The console's flow is nothing at an application.
    let body = json!({ "flow_id": flow, "factor_id": factor, "code": app.next() });
    server.anonymous().post("/v1/auth/mfa/verify", body).await.refused(404, "flow_not_found");
}
