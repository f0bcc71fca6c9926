//! How an application behaves, read and changed at run time.

use serde_json::{Value, json};

use crate::kit::Server;

#[tokio::test]
async fn a_fresh_application_has_the_documented_defaults() {
    let server = Server::start().await;
    let settings = server.root().get("/v1/settings").await.expect(200);
    assert_eq!(settings.data().pointer("/sessions/access_token_seconds"), Some(&json!(300)));
    assert_eq!(settings.data().pointer("/sessions/idle_seconds"), Some(&json!(604_800)));
    assert_eq!(settings.data().pointer("/sign_up/mode"), Some(&json!("open")));
    assert_eq!(settings.data().pointer("/passwords/memory_kib"), Some(&json!(19_456)));
    assert_eq!(settings.data().pointer("/allowed_origins"), Some(&json!([])));
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_brings_the_default_back() {
    let server = Server::start().await;
    let root = server.root();
    let before = root.get("/v1/settings").await;
    let change = json!({ "name": "Acme", "sessions": { "idle_seconds": 3600 }, "passwords": { "min_length": 20 } });
    let changed = root.patch("/v1/settings", change).await.expect(200);
    assert_eq!(changed.text("/name"), "Acme");
    assert_eq!(changed.data()["sessions"]["idle_seconds"], 3600);
    assert_eq!(changed.data()["sessions"]["lifetime_seconds"], before.data()["sessions"]["lifetime_seconds"]);
    assert_ne!(changed.header("etag"), before.header("etag"));
    let restored = root
        .patch("/v1/settings", json!({ "sessions": { "idle_seconds": null }, "passwords": null }))
        .await
        .expect(200);
    assert_eq!(restored.data()["sessions"], before.data()["sessions"]);
    assert_eq!(restored.data()["passwords"], before.data()["passwords"]);
    assert_eq!(root.get("/v1/settings").await.data(), restored.data());
}

#[tokio::test]
async fn a_change_holds_for_the_very_next_request() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "passwords": { "min_length": 40 } })).await.expect(200);
    assert_eq!(
        server.anonymous().sign_up("ada@example.com").await.refused(422, "password_refused").fields(),
        ["password too_short"]
    );
    server.root().patch("/v1/settings", json!({ "name": "Acme" })).await.expect(200);
    assert_eq!(server.anonymous().get("/v1/auth/config").await.text("/name"), "Acme");
}

#[tokio::test]
async fn every_wrong_value_is_named() {
    let server = Server::start().await;
    for (change, field) in [
        (json!({ "allowed_origins": ["https://example.com/path"] }), "allowed_origins.0 invalid"),
        (json!({ "allowed_origins": ["*"] }), "allowed_origins.0 invalid"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "redirect_uris.0 invalid"),
        (json!({ "urls": { "home_url": "http://example.com" } }), "urls.home_url invalid"),
        (json!({ "passwords": { "memory_kib": 1024 } }), "passwords.memory_kib out_of_range"),
        (json!({ "sessions": { "access_token_seconds": 1 } }), "sessions.access_token_seconds out_of_range"),
        (
            json!({ "rate_limits": [{ "name": "everything", "requests": 1, "seconds": 1 }] }),
            "rate_limits.0.name unknown",
        ),
        (json!({ "sign_up": { "mode": "restricted" } }), "sign_up.allowed_domains required"),
    ] {
        let reply = server.root().patch("/v1/settings", change.clone()).await.expect(422);
        assert_eq!(reply.fields(), [field], "{change}");
    }
    server.root().patch("/v1/settings", json!({ "sessions": { "idle_secs": 1 } })).await.refused(400, "unknown_field");
    server.root().patch("/v1/settings", json!({ "team_id": null })).await.refused(400, "unknown_field");
}

#[tokio::test]
async fn two_administrators_do_not_overwrite_each_other() {
    let server = Server::start().await;
    let tag = server.root().get("/v1/settings").await.header("etag").to_owned();
    server.root().patch("/v1/settings", json!({ "name": "One" })).if_match(&tag).await.expect(200);
    server.root().patch("/v1/settings", json!({ "name": "Two" })).if_match(&tag).await.refused(412, "version_mismatch");
    assert_eq!(server.root().get("/v1/settings").await.text("/name"), "One");
}

#[tokio::test]
async fn the_trail_names_what_changed_and_not_to_what() {
    let server = Server::start().await;
    let change = json!({ "sessions": { "idle_seconds": 3600 }, "redirect_uris": ["https://secret.example.com/cb"] });
    server.root().patch("/v1/settings", change).await.expect(200);
    let events = server.root().get("/v1/audit/events?type=settings.updated").await.expect(200);
    let changed: Vec<&Value> = events.items()[0]["data"]["changed"].as_array().unwrap().iter().collect();
    assert!(
        changed.contains(&&json!("sessions.idle_seconds")) && changed.contains(&&json!("redirect_uris")),
        "{changed:?}"
    );
    assert!(!String::from_utf8_lossy(&events.bytes).contains("secret.example.com"));
}

#[tokio::test]
async fn one_applications_settings_are_its_own() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    server.root().patch("/v1/settings", json!({ "sessions": { "idle_seconds": 3600 } })).await.expect(200);
    let theirs = other.api_key.get("/v1/settings").await.expect(200);
    assert_eq!(theirs.data()["sessions"]["idle_seconds"], 604_800);
}
