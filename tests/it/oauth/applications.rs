//! OAuth clients as those see them who run the application.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{App, REDIRECT, basic, body, form, probe, unproven};
use crate::kit::{Client, Server, count_events};

async fn holder(root: &Client, scopes: &[&str]) -> Client {
    let created = root.post("/v1/api-keys", json!({ "name": "some", "scopes": scopes })).await.expect(201);
    root.clone().bearer(&created.text("/secret"))
}

#[tokio::test]
async fn the_type_of_a_client_decides_what_it_is_where_nothing_is_said() {
    let server = Server::start().await;
    for (kind, method, grants, has_secret) in [
        ("spa", "none", json!(["authorization_code", "refresh_token"]), false),
        ("native", "none", json!(["authorization_code", "refresh_token"]), false),
        ("web", "client_secret_basic", json!(["authorization_code", "refresh_token"]), true),
        ("m2m", "client_secret_basic", json!(["client_credentials"]), true),
        ("saml", "none", json!([]), false),
    ] {
        let created = server.root().post("/api/v1/applications", body(kind, json!({}))).await.expect(201);
        let client = created.data();
        assert_eq!((&client["type"], &client["state"]), (&json!(kind), &json!("active")));
        assert_eq!(client["token_endpoint_auth_method"], method, "{kind}");
        assert_eq!(client["grant_types"], grants, "{kind}");
        assert_eq!(client["require_pkce"], true, "{kind}");
        assert_eq!(client["client_id"], client["id"]);
        assert!(created.id().starts_with("app_") && created.header("location").ends_with(&created.id()));
        assert_eq!(
            client["client_secret"].as_str().is_some_and(|text| text.starts_with("pc_cs_")),
            has_secret,
            "{kind}"
        );
    }
    let spa = server.root().get("/api/v1/applications?type=spa").await.expect(200);
    assert_eq!(spa.items().len(), 1);
    assert_eq!(spa.items()[0]["allowed_origins"], json!(["https://app.example.com"]));
}

#[tokio::test]
async fn the_secret_is_shown_once_and_kept_as_a_digest() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({})).await;
    let secret = client.secret.clone().unwrap();
    let path = format!("/api/v1/applications/{}", client.id);
    for reply in [server.root().get(&path).await, server.root().get("/api/v1/applications").await] {
        assert!(!String::from_utf8_lossy(&reply.expect(200).bytes).contains(&secret));
    }
    if let Some(bytes) = server.stored_bytes() {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn what_does_not_hold_together_is_refused_field_by_field() {
    let server = Server::start().await;
    for (kind, over, expected) in [
        ("web", json!({ "redirect_uris": ["https://app.example.com/*"] }), "redirect_uris.0 invalid"),
        ("web", json!({ "redirect_uris": [] }), "redirect_uris missing"),
        ("web", json!({ "redirect_uris": ["javascript:alert(1)"] }), "redirect_uris.0 invalid"),
        ("web", json!({ "logo_uri": "data:text/html,x" }), "logo_uri invalid"),
        (
            "spa",
            json!({ "token_endpoint_auth_method": "client_secret_basic" }),
            "token_endpoint_auth_method not_allowed",
        ),
        ("spa", json!({ "require_pkce": false }), "require_pkce not_allowed"),
        ("m2m", json!({ "grant_types": ["authorization_code"] }), "redirect_uris missing"),
        ("m2m", json!({ "token_endpoint_auth_method": "private_key_jwt" }), "jwks missing"),
        ("m2m", json!({ "token_endpoint_auth_method": "none" }), "grant_types not_allowed"),
        (
            "web",
            json!({ "profile": "fapi2", "token_endpoint_auth_method": "client_secret_basic" }),
            "token_endpoint_auth_method not_allowed",
        ),
        ("web", json!({ "access_token_lifetime": 86_401 }), "access_token_lifetime out_of_range"),
        ("web", json!({ "grant_types": ["implicit"] }), "grant_types[0] invalid"),
        ("web", json!({ "allowed_scopes": ["openid", "invoices:raed"] }), "allowed_scopes unknown"),
        ("web", json!({ "name": "a\u{202e}b" }), "name invalid"),
    ] {
        let refused = server.root().post("/api/v1/applications", body(kind, over.clone())).await.expect(422);
        assert!(refused.fields().iter().any(|field| field == expected), "{over}: {refused}");
    }
    for over in [json!({ "secret": "x" }), json!({ "tenant_id": "x" }), json!({ "origin": "document" })] {
        server.root().post("/api/v1/applications", body("web", over)).await.refused(400, "unknown_field");
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_brings_the_default_back() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({ "client_uri": "https://shop.example.com" })).await;
    let path = format!("/api/v1/applications/{}", client.id);
    let tag = server.root().get(&path).await.header("etag").to_owned();
    let change = json!({ "name": "Store", "client_uri": null, "dpop_bound_access_tokens": true, "profile": "mcp" });
    let changed = server.root().patch(&path, change).if_match(&tag).await.expect(200);
    let data = changed.data();
    assert_eq!((&data["name"], &data["client_uri"], &data["profile"]), (&json!("Store"), &Value::Null, &json!("mcp")));
    assert_eq!((&data["dpop_bound_access_tokens"], &data["redirect_uris"]), (&json!(true), &json!([REDIRECT])));
    server.root().patch(&path, json!({ "name": "X" })).if_match(&tag).await.refused(412, "version_mismatch");
    server.root().patch(&path, json!({ "type": "spa" })).await.expect(422);
    server.root().patch(&path, json!({ "name": null })).await.expect(422);
    server.root().patch(&path, json!({ "redirect_uris": [] })).await.expect(422);
    let before = count_events(server.db()).await;
    server.root().patch(&path, json!({ "type": "web", "name": "Store" })).await.expect(200);
    assert_eq!(count_events(server.db()).await, before, "nothing changed");
}

#[tokio::test]
async fn nobody_gives_a_client_more_than_they_hold() {
    let server = Server::start().await;
    let root = server.root();
    let scopes = ["applications:read", "applications:write", "applications:rotate-secret", "users:read"];
    let climber = holder(&root, &scopes).await;
    let with = |scopes: Value| body("m2m", json!({ "allowed_scopes": scopes }));
    climber.post("/api/v1/applications", with(json!(["users:read"]))).await.expect(201);
    climber.post("/api/v1/applications", with(json!(["users:write"]))).await.refused(403, "scope_not_held");
    // Nor lays hands on a client that holds more: its secret, its keys, its addresses.
    let strong = App::create(&root, "m2m", json!({ "allowed_scopes": ["users:write"] })).await;
    let path = format!("/api/v1/applications/{}", strong.id);
    climber.poke(format!("{path}/rotate-secret")).await.refused(403, "scope_not_held");
    climber.patch(&path, json!({ "jwks_uri": "https://evil.example/keys" })).await.refused(403, "scope_not_held");
    climber.patch(&path, json!({ "allowed_scopes": [] })).await.expect(200);
}

#[tokio::test]
async fn old_and_new_secret_work_for_the_overlap_and_the_new_one_after_it() {
    let server = Server::start().await;
    let anyone = server.anonymous();
    let client = App::create(&server.root(), "web", json!({})).await;
    let path = format!("/api/v1/applications/{}/rotate-secret", client.id);
    let works = async |secret: &str| {
        probe(&anyone, &[]).header("authorization", &basic(&client.id, secret)).await.status == 200
    };
    let old = client.secret.clone().unwrap();
    let rotated = server.root().poke(&path).await.expect(200);
    let new = rotated.text("/client_secret");
    assert!(rotated.data()["previous_expires_at"].is_string());
    assert!(works(&old).await && works(&new).await);
    server.turn_clock(Duration::from_hours(71));
    assert!(works(&old).await && works(&new).await);
    server.turn_clock(Duration::from_hours(1));
    assert!(!works(&old).await && works(&new).await);
    // One that leaked ends at once.
    let last = server.root().post(&path, json!({ "overlap_seconds": 0 })).await.expect(200);
    assert_eq!(last.data()["previous_expires_at"], Value::Null);
    assert!(!works(&new).await && works(&last.text("/client_secret")).await);
    server.root().post(&path, json!({ "overlap_seconds": 2_592_001 })).await.refused(422, "overlap_too_long");

    let public = App::create(&server.root(), "spa", json!({})).await;
    let path = format!("/api/v1/applications/{}/rotate-secret", public.id);
    server.root().poke(path).await.refused(409, "no_client_secret");
}

#[tokio::test]
async fn a_client_has_ten_secrets_at_most() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({})).await;
    let path = format!("/api/v1/applications/{}/rotate-secret", client.id);
    for _ in 0..9 {
        server.root().poke(&path).await.expect(200);
    }
    server.root().poke(&path).await.refused(409, "too_many_secrets");
    server.root().post(&path, json!({ "overlap_seconds": 0 })).await.expect(200);
    server.root().poke(&path).await.expect(200);
}

#[tokio::test]
async fn a_client_that_gives_secrets_up_loses_those_it_had() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({})).await;
    let path = format!("/api/v1/applications/{}", client.id);
    server.root().patch(&path, json!({ "token_endpoint_auth_method": "none" })).await.expect(200);
    server.root().patch(&path, json!({ "token_endpoint_auth_method": "client_secret_basic" })).await.expect(200);
    unproven(probe(&server.anonymous(), &[]).header("authorization", &client.basic()).await);
    let rotated = server.root().poke(format!("{path}/rotate-secret")).await.expect(200);
    assert_eq!(rotated.data()["previous_expires_at"], Value::Null);
    let authorization = basic(&client.id, &rotated.text("/client_secret"));
    probe(&server.anonymous(), &[]).header("authorization", &authorization).await.expect(200);
}

#[tokio::test]
async fn a_disabled_client_gets_nothing_until_it_is_enabled() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "m2m", json!({ "allowed_scopes": ["users:read"] })).await;
    let path = format!("/api/v1/applications/{}", client.id);
    let grant = || {
        form(&server.anonymous(), "/oauth2/token", &[("grant_type", "client_credentials")])
            .header("authorization", &client.basic())
    };
    let token = grant().await.expect(200).json["access_token"].as_str().unwrap().to_owned();
    let speaker = server.anonymous().bearer(&token);
    speaker.get("/api/v1/users").await.expect(200);
    server.root().poke(format!("{path}/disable")).await.expect(200);
    unproven(grant().await);
    speaker.get("/api/v1/users").await.expect(401);
    server.root().poke(format!("{path}/disable")).await.expect(200);
    server.root().poke(format!("{path}/enable")).await.expect(200);
    grant().await.expect(200);
    server.root().delete(&path).await.expect(204);
    unproven(grant().await);
    server.root().get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn another_applications_client_is_like_a_missing_one() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let client = App::create(&other.api_key, "web", json!({})).await;
    let path = format!("/api/v1/applications/{}", client.id);
    let missing = "/api/v1/applications/app_00000000000000000000000000";
    for path in [path.as_str(), missing] {
        server.root().get(path).await.refused(404, "not_found");
        server.root().patch(path, json!({ "name": "X" })).await.refused(404, "not_found");
    }
    unproven(probe(&server.anonymous(), &[]).header("authorization", &client.basic()).await);
    let there = server.anonymous().at_application(&other.id);
    probe(&there, &[]).header("authorization", &client.basic()).await.expect(200);
}
