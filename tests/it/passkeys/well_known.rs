use serde_json::json;
use webauthn::soft::Asked;

use super::{AUTHENTICATION, AUTHENTICATION_VERIFY, RP_ID, challenge_of, passkey, register};
use crate::kit::Server;

#[tokio::test]
async fn other_origins_and_native_applications_take_part_once_they_are_registered() {
    let server = Server::start().await;
    let fingerprint = ["AB"; 32].join(":");
    let documents = async || {
        let get = async |path: &str| server.anonymous().get(path).await.expect(200).json;
        (
            get("/.well-known/webauthn").await,
            get("/.well-known/apple-app-site-association").await,
            get("/.well-known/assetlinks.json").await,
        )
    };
    let nothing =
        (json!({ "origins": ["http://localhost:8080"] }), json!({ "webcredentials": { "apps": [] } }), json!([]));
    assert_eq!(documents().await, nothing);

    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let mut from = async |origin: &str| {
        let begun = server.anonymous().poke(AUTHENTICATION).await.expect(200);
        let credential = passkey.get(&Asked::new(&challenge_of(&begun), origin, RP_ID)).to_json();
        server.anonymous().post(AUTHENTICATION_VERIFY, json!({ "credential": credential })).await
    };
    let origins = ["https://app.example.com", "android:apk-key-hash:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"];
    for origin in origins {
        from(origin).await.refused(401, "webauthn_failed");
    }
    let settings = json!({ "allowed_origins": ["https://app.example.com"], "passkeys": { "native_apps": [
        { "platform": "apple", "app_id": "ABCDE12345.com.example.app" },
        { "platform": "android", "package_name": "com.example.app", "sha256_cert_fingerprints": [fingerprint] },
    ] } });
    server.root().patch("/v1/settings", settings).await.expect(200);
    for origin in origins {
        from(origin).await.expect(200);
    }
    let (related, apple, android) = documents().await;
    assert_eq!(related, json!({ "origins": ["http://localhost:8080", "https://app.example.com"] }));
    assert_eq!(apple, json!({ "webcredentials": { "apps": ["ABCDE12345.com.example.app"] } }));
    assert_eq!(android[0]["target"]["package_name"], "com.example.app");
    assert_eq!(android[0]["target"]["sha256_cert_fingerprints"], json!([fingerprint]));
}

#[tokio::test]
async fn an_application_that_is_named_wrongly_is_refused() {
    let server = Server::start().await;
    for (app, field) in [
        (json!({ "platform": "apple", "app_id": "com.example.app" }), "app_id"),
        (
            json!({ "platform": "android", "package_name": "com.example.app", "sha256_cert_fingerprints": ["AB"] }),
            "sha256_cert_fingerprints.0",
        ),
    ] {
        let refused = server.root().patch("/v1/settings", json!({ "passkeys": { "native_apps": [app] } })).await;
        assert_eq!(
            refused.refused(422, "invalid_fields").fields(),
            [format!("passkeys.native_apps.0.{field} invalid")]
        );
    }
    let refused = server.root().patch("/v1/settings", json!({ "passkeys": { "attestation_roots": ["no PEM"] } })).await;
    assert_eq!(refused.refused(422, "invalid_fields").fields(), ["passkeys.attestation_roots.0 invalid"]);
}
