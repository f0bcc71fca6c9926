//! For every operation on second factors a request that succeeds, for the sweeps and the reference.

use serde_json::json;

use super::factor::{App, MfaPerson, enrol_email, pending, with_app};
use crate::kit::{Call, Client};

/// Is the operation one of those that need more than a signed-in person?
pub(crate) fn has_sample(template: &str) -> bool {
    let is_mine = template.starts_with("/v1/auth/mfa") || template.starts_with("/api/v1/auth/mfa");
    let is_own = template.starts_with("/api/v1/me/factors") || template == "/api/v1/me/recovery-codes";
    is_mine || is_own || matches!(template, "/api/v1/auth/step-up" | "/v1/auth/flows/{flow_id}")
}

/// A request that is carried out; of a mutation, one that changes something.
pub(crate) async fn sample(client: &Client, email: &str, method: &str, template: &str) -> Call {
    let server = &client.server;
    match (method, template) {
        ("POST", "/v1/auth/mfa/factors" | "/api/v1/auth/mfa/enrolments" | "/api/v1/me/factors") => {
            let person = server.user_at(client, email).await;
            person.post(template, json!({ "kind": "totp", "name": "Ada's phone" }))
        }
        ("POST", path) if path.contains("{factor_id}") => {
            let person = server.user_at(client, email).await;
            let begun = person.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
            let app = App::of(server, &begun.text("/set_up/secret"));
            person.post(path.replace("{factor_id}", &begun.id()), json!({ "code": app.code() }))
        }
        ("POST", "/api/v1/auth/mfa/begin") => {
            let person = with_app(server, client, email).await;
            let factor_id = enrol_email(server, &person, email).await;
            let flow_id = pending(client, email).await;
            client.post(template, json!({ "flow_id": flow_id, "factor_id": factor_id }))
        }
        ("POST", "/v1/auth/mfa/verify" | "/api/v1/auth/mfa/complete") => {
            let MfaPerson { app, factor_id, .. } = with_app(server, client, email).await;
            let flow_id = pending(client, email).await;
            client.post(template, json!({ "flow_id": flow_id, "factor_id": factor_id, "code": app.next() }))
        }
        ("GET", "/v1/auth/flows/{flow_id}") => {
            with_app(server, client, email).await;
            client.get(template.replace("{flow_id}", &pending(client, email).await))
        }
        ("GET", "/api/v1/auth/mfa/factors") => {
            with_app(server, client, email).await;
            client.get(format!("{template}?flow_id={}", pending(client, email).await))
        }
        ("POST", "/v1/auth/mfa/challenge" | "/api/v1/auth/step-up") => {
            with_app(server, client, email).await.post(template, json!({ "aal": 2 }))
        }
        ("POST", _) => with_app(server, client, email).await.poke(template),
        (_, path) if path.contains("trusted-devices") => {
            let (person, device_id) = trusting(client, email).await;
            let path = path.replace("{trusted_device_id}", &device_id);
            if method == "GET" { person.get(path) } else { person.delete(path) }
        }
        ("DELETE", path) => {
            let person = with_app(server, client, email).await;
            person.delete(path.replace("{factor_id}", &person.factor_id))
        }
        (_, path) => with_app(server, client, email).await.get(path),
    }
}

/// Somebody who trusts a device, and its id.
async fn trusting(client: &Client, email: &str) -> (MfaPerson, String) {
    let person = with_app(&client.server, client, email).await;
    let flow_id = pending(client, email).await;
    let code = person.app.next();
    let body = json!({ "flow_id": flow_id, "factor_id": person.factor_id, "code": code, "trust_device": true });
    client.post("/v1/auth/mfa/verify", body).await.expect(200);
    let device_id = person.get("/v1/auth/mfa/trusted-devices").await.expect(200).text("/0/id");
    (person, device_id)
}
