use serde_json::json;

use crate::kit::Server;

const PATH: &str = "/v1/settings/sign-in";

#[tokio::test]
async fn a_fresh_application_has_the_documented_defaults() {
    let server = Server::start().await;
    let settings = server.root().get(PATH).await.expect(200);
    let data = settings.data();
    assert_eq!(data["identifiers"], json!(["email", "phone", "username"]));
    assert_eq!(data["methods"], json!(["password", "passkey", "social", "magic_link", "email_code"]));
    assert_eq!((&data["magic_link_seconds"], &data["code_seconds"]), (&json!(900), &json!(600)));
    assert_eq!((&data["anonymous"], &data["magic_link_other_browser"]), (&json!(false), &json!(false)));
    assert_eq!(data["email_verification"], "optional");
    assert_eq!(data["captcha"]["provider"], "none");
    assert_eq!(data["risk"], json!({ "mode": "enforce", "second_factor": 30, "captcha": 60, "refuse": 80 }));
}

#[tokio::test]
async fn every_wrong_value_is_named() {
    let server = Server::start().await;
    for (body, fields) in [
        (json!({ "identifiers": [] }), &["identifiers required"][..]),
        (json!({ "methods": [] }), &["methods required"]),
        (json!({ "methods": ["password", "password"] }), &["methods.1 duplicate"]),
        (json!({ "methods": ["carrier_pigeon"] }), &["methods.0 invalid"]),
        (json!({ "magic_link_seconds": 59 }), &["magic_link_seconds out_of_range"]),
        (json!({ "magic_link_seconds": -1 }), &["magic_link_seconds invalid"]),
        (json!({ "code_seconds": 3600 }), &["code_seconds out_of_range"]),
        (json!({ "username": { "min_length": 20, "max_length": 10 } }), &["username.min_length too_long"]),
        (json!({ "passwords": { "min_length": 4 } }), &["passwords.min_length out_of_range"]),
        (json!({ "risk": { "second_factor": 70 } }), &["risk.captcha out_of_order"]),
        (json!({ "limits": { "sms_prefixes": ["0049"] } }), &["limits.sms_prefixes.0 invalid"]),
        (json!({ "captcha": { "provider": "turnstile" } }), &["captcha.site_key required", "captcha.secret required"]),
        (
            json!({ "captcha": { "provider": "proof_of_work", "difficulty_bits": 60 } }),
            &["captcha.difficulty_bits out_of_range"],
        ),
    ] {
        let reply = server.root().put(PATH, body.clone()).await.expect(422);
        assert_eq!(reply.fields(), fields, "{body}");
    }
}

#[tokio::test]
async fn the_password_policy_holds_for_the_very_next_request() {
    let server = Server::start().await;
    server.root().put(PATH, json!({ "passwords": { "min_length": 40 } })).await.expect(200);
    server.anonymous().sign_up("ada@example.com").await.refused(422, "password_refused");
}

#[tokio::test]
async fn a_captchas_secret_is_kept_and_never_shown() {
    let server = Server::start().await;
    let root = server.root();
    let captcha = json!({ "provider": "turnstile", "site_key": "0x4AAA", "secret": "0x4AAA-very-secret" });
    let put = root.put(PATH, json!({ "captcha": captcha })).await.expect(200);
    assert_eq!(put.data()["captcha"]["has_secret"], true);
    let read = root.get(PATH).await.expect(200);
    // Put back as it was read, without the secret, which stays.
    let same = root.put(PATH, read.data().clone()).await.expect(200);
    assert_eq!(same.data()["captcha"]["has_secret"], true);
    let events = root.get("/v1/audit/events?type=settings.updated").await.expect(200);
    assert_eq!(events.items().len(), 1);
    assert!(events.items()[0]["data"]["changed"].as_array().unwrap().contains(&json!("captcha.secret")));
    for reply in [&put, &read, &same, &events] {
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("very-secret"), "{reply}");
    }
    if let Some(bytes) = server.stored_bytes() {
        assert!(!bytes.windows(11).any(|window| window == b"very-secret"), "it lies open in the store");
    }
}

#[tokio::test]
async fn a_secret_does_not_follow_to_another_provider() {
    let server = Server::start().await;
    let root = server.root();
    let captcha = json!({ "provider": "turnstile", "site_key": "a", "secret": "b" });
    root.put(PATH, json!({ "captcha": captcha })).await.expect(200);
    let other = json!({ "captcha": { "provider": "hcaptcha", "site_key": "a" } });
    assert_eq!(root.put(PATH, other).await.expect(422).fields(), ["captcha.secret required"]);
    let none = root.put(PATH, json!({})).await.expect(200);
    assert_eq!(none.data()["captcha"]["has_secret"], false);
}
