//! The parts of the settings that are documents by themselves.

mod branding;
mod mfa;
mod providers;
mod sessions;
mod sign_in;

use serde_json::{Value, json};

use crate::kit::Server;

const PARTS: [&str; 4] = ["sign-in", "mfa", "sessions", "branding"];

#[tokio::test]
async fn what_was_read_can_be_put_back_and_changes_nothing() {
    let server = Server::start().await;
    for part in PARTS {
        let path = format!("/v1/settings/{part}");
        let read = server.root().get(&path).await.expect(200);
        let put = server.root().put(&path, read.data().clone()).await.expect(200);
        assert_eq!(put.data(), read.data(), "{part}");
        assert_eq!(put.header("etag"), read.header("etag"), "{part}");
    }
    let events = server.root().get("/v1/audit/events?type=settings.updated").await.expect(200);
    assert!(events.items().is_empty(), "{events}");
}

#[tokio::test]
async fn a_field_that_is_not_known_is_refused_wherever_it_stands() {
    let server = Server::start().await;
    for (part, body, field) in [
        ("sign-in", json!({ "magic": true }), "magic unknown"),
        ("sign-in", json!({ "captcha": { "secrets": "x" } }), "captcha.secrets unknown"),
        ("sign-in", json!({ "username": { "shape": 1 } }), "username.shape unknown"),
        ("mfa", json!({ "attestation": { "model": "x" } }), "attestation.model unknown"),
        ("sessions", json!({ "cookies": { "domain": "example.com" } }), "cookies.domain unknown"),
        ("branding", json!({ "colors": { "light": { "ink": "#000000" } } }), "colors.light.ink unknown"),
    ] {
        let reply = server.root().put(format!("/v1/settings/{part}"), body).await.refused(400, "unknown_field");
        assert_eq!(reply.fields(), [field]);
    }
}

#[tokio::test]
async fn a_part_is_replaced_as_a_whole_and_the_others_stay() {
    let server = Server::start().await;
    let root = server.root();
    root.put("/v1/settings/mfa", json!({ "policy": "required", "trusted_device_days": 7 })).await.expect(200);
    root.put("/v1/settings/branding", json!({ "radius": 4 })).await.expect(200);
    let mfa = root.put("/v1/settings/mfa", json!({ "policy": "optional" })).await.expect(200);
    assert_eq!(mfa.data()["trusted_device_days"], 30, "what is absent has its default");
    assert_eq!(root.get("/v1/settings/branding").await.expect(200).data()["radius"], 4);
}

#[tokio::test]
async fn the_general_settings_hold_their_own_parts_and_no_others() {
    let server = Server::start().await;
    server.root().put("/v1/settings/mfa", json!({ "policy": "off" })).await.expect(200);
    let general =
        server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "invite_only" } })).await.expect(200);
    for part in ["mfa", "branding", "captcha", "risk", "limits"] {
        assert!(general.data().get(part).is_none(), "{part}");
    }
    server.root().patch("/v1/settings", json!({ "mfa": { "policy": "off" } })).await.refused(400, "unknown_field");
    assert_eq!(server.root().get("/v1/settings/mfa").await.expect(200).data()["policy"], "off");
}

#[tokio::test]
async fn parts_share_one_version_with_the_whole() {
    let server = Server::start().await;
    let tag = server.root().get("/v1/settings/mfa").await.expect(200).header("etag").to_owned();
    server.root().put("/v1/settings/branding", json!({ "radius": 2 })).if_match(&tag).await.expect(200);
    let late = server.root().put("/v1/settings/mfa", json!({ "policy": "off" })).if_match(&tag).await;
    late.refused(412, "version_mismatch");
}

#[tokio::test]
async fn the_trail_names_what_changed() {
    let server = Server::start().await;
    let body = json!({ "policy": "required", "attestation": { "mode": "any_attested" } });
    server.root().put("/v1/settings/mfa", body).await.expect(200);
    let events = server.root().get("/v1/audit/events?type=settings.updated").await.expect(200);
    let changed: &Value = &events.items()[0]["data"]["changed"];
    assert_eq!(changed, &json!(["mfa.policy", "mfa.attestation.mode"]));
}

#[tokio::test]
async fn reading_and_writing_are_two_permissions() {
    let server = Server::start().await;
    let reader = server.api_key(&["settings:read"]).await;
    for part in PARTS {
        reader.get(format!("/v1/settings/{part}")).await.expect(200);
        reader.put(format!("/v1/settings/{part}"), json!({})).await.expect(403);
    }
}
