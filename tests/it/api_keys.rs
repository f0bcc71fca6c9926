//! Secret API keys: what they may do, for how long, and how their secrets change.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::{Client, Server};

async fn create(client: &Client, scopes: &[&str]) -> (String, Client) {
    let created = client.post("/v1/api-keys", json!({ "name": "backend", "scopes": scopes })).await.expect(201);
    (created.id(), client.clone().bearer(&created.text("/secret")))
}

#[tokio::test]
async fn the_secret_is_shown_once_and_never_again() {
    let server = Server::start().await;
    let root = server.root();
    let created = root.post("/v1/api-keys", json!({ "name": "backend", "scopes": ["users:read"] })).await.expect(201);
    let secret = created.text("/secret");
    assert!(secret.starts_with("pc_sk_") && secret.starts_with(&created.text("/prefix")), "{created}");
    let list = root.get("/v1/api-keys").await.expect(200);
    assert!(!String::from_utf8_lossy(&list.bytes).contains(&secret));
    let names: Vec<&Value> = list.items().iter().map(|key| &key["name"]).collect();
    assert_eq!(names, ["backend", "First key"]);
    assert!(list.items().iter().all(|key| key.get("secret").is_none() && key.get("hash").is_none()));
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let server = Server::start().await;
    let (_, reader) = create(&server.root(), &["users:read"]).await;
    reader.get("/v1/users").await.expect(200);
    reader.get("/api/v1/users").await.expect(200);
    reader.post("/v1/users", json!({ "username": "ada" })).await.refused(403, "insufficient_scope");
    reader.get("/v1/api-keys").await.refused(403, "insufficient_scope");
}

#[tokio::test]
async fn nobody_grants_more_than_they_hold() {
    let server = Server::start().await;
    let (_, climber) = create(&server.root(), &["api-keys:write", "api-keys:read", "users:read"]).await;
    create(&climber, &["users:read"]).await;
    let body = |scopes: Value| json!({ "name": "more", "scopes": scopes });
    climber.post("/v1/api-keys", body(json!(["users:read", "users:write"]))).await.refused(403, "scope_not_held");
    // Nor lays hands on the secret of a key that holds more.
    let first =
        climber.get("/v1/api-keys").await.items().iter().find(|key| key["name"] == "First key").unwrap()["id"].clone();
    climber.poke(format!("/v1/api-keys/{}/rotate", first.as_str().unwrap())).await.refused(403, "scope_not_held");
    server.root().get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn scopes_that_do_not_exist_are_refused() {
    let server = Server::start().await;
    for scopes in [json!([]), json!(["*"]), json!(["users:everything"]), json!(["users:read users:write"])] {
        server.root().post("/v1/api-keys", json!({ "name": "odd", "scopes": scopes })).await.expect(422);
    }
    server
        .root()
        .post("/v1/api-keys", json!({ "name": "x", "scopes": ["users:read"], "user_id": "x" }))
        .await
        .refused(400, "unknown_field");
    server.root().post("/v1/api-keys", json!({ "name": "", "scopes": ["users:read"] })).await.expect(422);
}

#[tokio::test]
async fn a_key_ends_when_it_expires() {
    let server = Server::start().await;
    let body = json!({ "name": "short", "scopes": ["users:read"], "expires_at": "2026-01-15T10:00:00Z" });
    let created = server.root().post("/v1/api-keys", body).await.expect(201);
    let key = server.anonymous().bearer(&created.text("/secret"));
    key.get("/v1/users").await.expect(200);
    server.turn_clock(Duration::from_mins(30));
    key.get("/v1/users").await.refused(401, "invalid_api_key");
    server.root().poke(format!("/v1/api-keys/{}/rotate", created.id())).await.refused(409, "api_key_expired");
    let past = json!({ "name": "late", "scopes": ["users:read"], "expires_at": "2026-01-15T09:00:00Z" });
    server.root().post("/v1/api-keys", past).await.refused(422, "expiry_in_the_past");
}

#[tokio::test]
async fn both_secrets_work_for_the_overlap_and_the_new_one_after_it() {
    let server = Server::start().await;
    let (id, old) = create(&server.root(), &["users:read"]).await;
    let path = format!("/v1/api-keys/{id}/rotate");
    let rotated = server.root().post(&path, json!({ "overlap_seconds": 60 })).await.expect(200);
    let new = server.anonymous().bearer(&rotated.text("/secret"));
    old.get("/v1/users").await.expect(200);
    new.get("/v1/users").await.expect(200);
    server.turn_clock(Duration::from_mins(1));
    old.get("/v1/users").await.refused(401, "invalid_api_key");
    new.get("/v1/users").await.expect(200);
    server.root().post(&path, json!({ "overlap_seconds": 604_801 })).await.refused(422, "overlap_too_long");
}

#[tokio::test]
async fn without_an_overlap_the_old_secret_ends_now() {
    let server = Server::start().await;
    let (id, old) = create(&server.root(), &["users:read"]).await;
    let rotated = server.root().poke(format!("/v1/api-keys/{id}/rotate")).await.expect(200);
    old.get("/v1/users").await.refused(401, "invalid_api_key");
    server.anonymous().bearer(&rotated.text("/secret")).get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn a_revoked_key_is_refused_from_the_next_request_on() {
    let server = Server::start().await;
    let (id, key) = create(&server.root(), &["users:read"]).await;
    key.get("/v1/users").await.expect(200);
    server.root().delete(format!("/v1/api-keys/{id}")).await.expect(200);
    key.get("/v1/users").await.refused(401, "invalid_api_key");
    server.root().delete(format!("/v1/api-keys/{id}")).await.refused(404, "not_found");
    server.root().poke(format!("/v1/api-keys/{id}/rotate")).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_key_is_nothing_at_another_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    server.root().at_application(&other.id).get("/v1/users").await.refused(401, "invalid_api_key");
    other.api_key.get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn keys_that_no_server_ever_wrote_are_refused() {
    let server = Server::start().await;
    let mut mistyped = server.root_key().to_owned();
    mistyped.replace_range(10..11, if &mistyped[10..11] == "a" { "b" } else { "a" });
    for secret in [mistyped.as_str(), "pc_sk_", "pc_sk_x", &format!("pc_sk_{}", "a".repeat(8_000))] {
        server.anonymous().bearer(secret).get("/v1/users").await.refused(401, "invalid_api_key");
    }
}

#[tokio::test]
async fn the_last_use_is_noted_within_about_a_minute() {
    let server = Server::start().await;
    let (id, key) = create(&server.root(), &["users:read"]).await;
    key.get("/v1/users").await.expect(200);
    server.turn_clock(Duration::from_mins(1));
    server.run_jobs().await;
    let list = server.root().get("/v1/api-keys").await;
    let last_used = list.items().iter().find(|key| key["id"] == id.as_str()).unwrap()["last_used_at"].clone();
    assert!(last_used.as_str().is_some_and(|at| at.starts_with("2026-01-15T09:30")), "{last_used}");
}
