//! The documents that clients find their way by.

use serde_json::json;

use super::kit::ISSUER;
use crate::kit::{Server, endpoints, pages};

#[tokio::test]
async fn every_endpoint_that_is_named_is_served() {
    let server = Server::start().await;
    let document = server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json;
    let served: Vec<&str> = endpoints().iter().chain(&pages()).map(|endpoint| endpoint.facts.path).collect();
    let named: Vec<&str> = document
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri" || *name == "check_session_iframe")
        .map(|(_, address)| address.as_str().unwrap().strip_prefix(ISSUER).unwrap())
        .collect();
    assert!(named.len() >= 9, "{named:?}");
    for path in named {
        assert!(served.contains(&path), "{path}");
    }
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn registration_is_named_where_it_is_open() {
    let server = Server::start().await;
    let named = async || {
        let document = server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json;
        document.get("registration_endpoint").is_some()
    };
    assert!(!named().await);
    server.root().put("/v1/settings/oauth", json!({ "registration": "open" })).await.expect(200);
    assert!(named().await);
}

#[tokio::test]
async fn the_api_says_who_gives_tokens_for_it() {
    let server = Server::start().await;
    let document = server.anonymous().get("/.well-known/oauth-protected-resource").await.expect(200).json;
    assert_eq!((&document["resource"], &document["authorization_servers"]), (&json!(ISSUER), &json!([ISSUER])));
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("me:read")) && scopes.contains(&json!("users:read")));
    assert_eq!(document["bearer_methods_supported"], json!(["header"]));
}
