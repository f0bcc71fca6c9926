//! What anyone needs to verify a token: keys and metadata, cacheable and small.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::Server;

#[tokio::test]
async fn the_key_set_holds_public_keys_only() {
    let server = Server::start().await;
    let jwks = server.anonymous().get("/.well-known/jwks.json").await.expect(200);
    let keys = jwks.json["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let mut fields: Vec<&str> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x"]);
    assert_eq!(keys[0]["alg"], "EdDSA");
}

#[tokio::test]
async fn documents_are_cacheable_and_told_apart_by_their_tag() {
    let server = Server::start().await;
    for path in
        ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
    {
        let first = server.anonymous().get(path).await.expect(200);
        assert!(first.header("cache-control").starts_with("public, max-age="), "{path}");
        assert_eq!(first.header("content-type"), "application/json");
        assert!(first.header("vary").contains("x-application-id"), "{path}");
        let tag = first.header("etag");
        let again = server.anonymous().get(path).header("if-none-match", tag).await.expect(304);
        assert!(again.bytes.is_empty() && again.header("etag") == tag, "{path}");
        server.anonymous().get(path).header("if-none-match", "\"other\"").await.expect(200);
        server.anonymous().get(path).header("if-none-match", &format!("\"other\", {tag}")).await.expect(304);
    }
}

#[tokio::test]
async fn metadata_names_the_issuer_of_each_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let issuer = async |application: &str| {
        let client = server.anonymous().at_application(application);
        let document = client.get("/.well-known/openid-configuration").await.expect(200).json;
        assert_eq!(document, client.get("/.well-known/oauth-authorization-server").await.json);
        assert_eq!(document["jwks_uri"], format!("{}/.well-known/jwks.json", document["issuer"].as_str().unwrap()));
        document["issuer"].clone()
    };
    assert_eq!(issuer(server.application_id()).await, "http://localhost:8080");
    assert_eq!(issuer(&other.id).await, format!("http://{}.localhost:8080", other.slug));
}

#[tokio::test]
async fn what_a_client_sends_does_not_reach_the_metadata() {
    let server = Server::start().await;
    let evil = server.anonymous().get("/.well-known/openid-configuration").header("x-forwarded-host", "evil.example");
    let reply = evil.header("forwarded", "host=evil.example").header("x-forwarded-proto", "gopher").await.expect(200);
    assert!(
        !String::from_utf8_lossy(&reply.bytes).contains("evil") && reply.json["issuer"] == "http://localhost:8080",
        "{reply}"
    );
}

#[tokio::test]
async fn the_next_key_is_published_before_it_signs_and_old_tokens_stay_verifiable() {
    let server = Server::start().await;
    let kids = async || {
        let jwks = server.anonymous().get("/.well-known/jwks.json").await.expect(200).json;
        jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let signer = async |email: &str| jose::peek_kid(&server.user(email).await.access_token).unwrap().clone();
    let first = kids().await;
    server.turn_clock(Duration::from_hours(89 * 24));
    server.run_jobs().await;
    let both = kids().await;
    assert_eq!(both.len(), 2, "a day ahead");
    assert!(both.contains(&first[0]));
    assert_eq!(signer("ada@example.com").await, first[0], "not yet");
    server.turn_clock(Duration::from_hours(24));
    let late = signer("grace@example.com").await;
    assert_ne!(late, first[0]);
    assert!(both.contains(&late));
    assert!(kids().await.contains(&first[0]), "tokens of yesterday still verify");
    server.turn_clock(Duration::from_hours(2 * 24));
    server.run_jobs().await;
    assert_eq!(kids().await, [late]);
}

#[tokio::test]
async fn keys_of_applications_differ() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let keys = async |application: &str| {
        server.anonymous().at_application(application).get("/.well-known/jwks.json").await.json
    };
    let (ours, theirs): (Value, Value) = (keys(server.application_id()).await, keys(&other.id).await);
    assert_ne!(ours["keys"][0]["kid"], theirs["keys"][0]["kid"]);
    assert_ne!(ours, json!({ "keys": [] }));
}
