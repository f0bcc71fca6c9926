use serde_json::json;

use crate::kit::{Client, Server};

const PATH: &str = "/v1/settings/providers";

async fn google(root: &Client) {
    let body = json!({ "client_id": "acme.apps", "client_secret": "GOCSPX-very-secret", "trusts_email": true });
    root.put(format!("{PATH}/google"), body).await.expect(200);
}

#[tokio::test]
async fn a_provider_is_configured_listed_changed_and_removed() {
    let server = Server::start().await;
    let root = server.root();
    google(&root).await;
    let own = json!({ "client_id": "a", "issuer": "https://id.acme.example", "display_name": "Acme staff", "enabled": false });
    let put = root.put(format!("{PATH}/acme"), own).await.expect(200);
    assert_eq!((put.text("/kind"), put.data()["enabled"].clone()), ("oidc".to_owned(), json!(false)));
    let listed = root.walk(PATH, 1).await;
    let names: Vec<&str> = listed.iter().map(|item| item["provider"].as_str().unwrap()).collect();
    assert_eq!(names, ["acme", "google"]);
    let changed = json!({ "client_id": "b.apps", "scopes": ["calendar"], "store_tokens": true });
    let changed = root.put(format!("{PATH}/google"), changed).await.expect(200);
    assert_eq!(changed.data()["has_secret"], true, "the secret stays");
    assert_eq!(changed.data()["trusts_email"], false, "the rest is replaced");
    root.delete(format!("{PATH}/google")).await.expect(200);
    root.delete(format!("{PATH}/google")).await.refused(404, "not_found");
    assert_eq!(root.walk(PATH, 10).await.len(), 1);
}

#[tokio::test]
async fn a_secret_is_kept_and_never_shown() {
    let server = Server::start().await;
    let root = server.root();
    google(&root).await;
    let listed = root.get(PATH).await.expect(200);
    let events = root.get("/v1/audit/events?type=settings.updated").await.expect(200);
    assert_eq!(events.items()[0]["data"]["changed"], json!(["providers.google"]));
    for reply in [&listed, &events] {
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("very-secret"), "{reply}");
    }
    if let Some(bytes) = server.stored_bytes() {
        assert!(!bytes.windows(11).any(|window| window == b"very-secret"), "it lies open in the store");
    }
    let new = json!({ "client_id": "acme.apps", "client_secret": "another", "trusts_email": true });
    root.put(format!("{PATH}/google"), new).await.expect(200);
    let events = root.get("/v1/audit/events?type=settings.updated").await.expect(200);
    assert_eq!(events.items()[0]["data"]["changed"], json!(["providers.google.secret"]));
}

#[tokio::test]
async fn a_secret_is_never_sent_to_another_issuer() {
    let server = Server::start().await;
    let path = format!("{PATH}/acme");
    let body = |issuer: &str| json!({ "client_id": "a", "issuer": issuer });
    let mut first = body("https://id.acme.example");
    first["client_secret"] = json!("s");
    assert_eq!(server.root().put(&path, first).await.expect(200).data()["has_secret"], true);
    let other = server.root().put(&path, body("https://id.evil.example")).await.expect(200);
    assert_eq!(other.data()["has_secret"], false);
}

#[tokio::test]
async fn every_wrong_value_is_named() {
    let server = Server::start().await;
    for (name, body, field) in [
        ("google", json!({ "client_id": "a" }), "client_secret required"),
        ("google", json!({ "client_id": "", "client_secret": "s" }), "client_id invalid"),
        ("google", json!({ "client_secret": "s" }), "client_id required"),
        ("acme", json!({ "client_id": "a" }), "issuer required"),
        ("acme", json!({ "client_id": "a", "issuer": "http://169.254.169.254" }), "issuer invalid"),
        (
            "acme",
            json!({ "client_id": "a", "issuer": "https://a.example", "trusts_email": true }),
            "trusted_domains required",
        ),
        ("Acme", json!({ "client_id": "a", "issuer": "https://a.example" }), "provider invalid"),
    ] {
        let reply = server.root().put(format!("{PATH}/{name}"), body.clone()).await.expect(422);
        assert_eq!(reply.fields(), [field], "{name} {body}");
    }
}

#[tokio::test]
async fn there_is_an_end_to_providers() {
    let server = Server::start().await;
    let body = json!({ "client_id": "a", "issuer": "https://a.example" });
    for number in 0..50 {
        server.root().put(format!("{PATH}/p{number}"), body.clone()).await.expect(200);
    }
    server.root().put(format!("{PATH}/p50"), body.clone()).await.refused(409, "too_many_providers");
    server.root().put(format!("{PATH}/p1"), body).await.expect(200);
}

#[tokio::test]
async fn two_administrators_do_not_overwrite_each_other() {
    let server = Server::start().await;
    let path = format!("{PATH}/acme");
    let body = |id: &str| json!({ "client_id": id, "issuer": "https://a.example" });
    let tag = server.root().put(&path, body("a")).await.expect(200).header("etag").to_owned();
    server.root().put(&path, body("b")).if_match(&tag).await.expect(200);
    server.root().put(&path, body("c")).if_match(&tag).await.refused(412, "version_mismatch");
    server.root().delete(&path).if_match(&tag).await.refused(412, "version_mismatch");
}
