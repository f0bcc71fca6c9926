use serde_json::json;

use crate::kit::Server;

const PATH: &str = "/v1/settings/mfa";

#[tokio::test]
async fn a_fresh_application_asks_who_has_enrolled() {
    let server = Server::start().await;
    let settings = server.root().get(PATH).await.expect(200);
    assert_eq!(settings.data()["policy"], "optional");
    assert_eq!(settings.data()["factors"], json!(["totp", "passkey", "email", "sms", "recovery_code"]));
    assert_eq!(settings.data()["trusted_device_days"], 30);
    assert_eq!(settings.data()["step_up_seconds"], 600);
}

#[tokio::test]
async fn every_wrong_value_is_named() {
    let server = Server::start().await;
    for (body, field) in [
        (json!({ "policy": "sometimes" }), "policy invalid"),
        (json!({ "factors": [] }), "factors required"),
        (json!({ "factors": ["recovery_code"] }), "factors required"),
        (json!({ "factors": ["totp", "totp"] }), "factors.1 duplicate"),
        (json!({ "policy": "off", "required_roles": ["admin"] }), "required_roles contradiction"),
        (json!({ "required_roles": [""] }), "required_roles.0 invalid"),
        (json!({ "trusted_device_days": 400 }), "trusted_device_days out_of_range"),
        (json!({ "step_up_seconds": 1 }), "step_up_seconds out_of_range"),
        (json!({ "attestation": { "mode": "listed" } }), "attestation.aaguids required"),
        (json!({ "attestation": { "aaguids": ["yubikey"] } }), "attestation.aaguids.0 invalid"),
    ] {
        let reply = server.root().put(PATH, body.clone()).await.expect(422);
        assert_eq!(reply.fields(), [field], "{body}");
    }
}
