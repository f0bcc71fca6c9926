//! Tables of metadata that holds together, and that does not.

use serde_json::{Value, json};

use super::*;
use crate::{
    registration::{RegistrationRequest, default_metadata},
    testing::keys,
};

/// The fields that are found wrong, for members changed in the metadata of a sound web client.
fn flaws(changes: &Value, kind: ClientType, profile: Profile) -> Vec<String> {
    let mut metadata = serde_json::to_value(default_metadata(profile)).unwrap();
    metadata["redirect_uris"] = json!(["https://a.test/cb"]);
    for (name, value) in changes.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    let metadata = serde_json::from_value(metadata).unwrap();
    let found = check_metadata(&metadata, kind, profile, false).err().unwrap_or_default();
    found.into_iter().map(|flaw| flaw.field.into_owned()).collect()
}

#[test]
fn a_standard_client_holds_together() {
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &[]),
        (json!({ "redirect_uris": [] }), &["redirect_uris"]),
        (json!({ "redirect_uris": ["https://a.test/cb", "http://a.test/cb"] }), &["redirect_uris.1"]),
        (json!({ "post_logout_redirect_uris": ["javascript:alert(1)"] }), &["post_logout_redirect_uris.0"]),
        (json!({ "logo_uri": "JaVaScRiPt:alert(1)" }), &["logo_uri"]),
        (json!({ "client_uri": "http://a.test" }), &["client_uri"]),
        (json!({ "policy_uri": "https://u@a.test" }), &["policy_uri"]),
        (json!({ "request_uris": ["https://a.test/r#digest", "http://a.test"] }), &["request_uris.1"]),
        (json!({ "allowed_origins": ["https://a.test", "https://a.test/"] }), &["allowed_origins.1"]),
        (json!({ "frontchannel_logout_uri": "https://a.test/out" }), &[]),
        (json!({ "frontchannel_logout_uri": "https://b.test/out" }), &["frontchannel_logout_uri"]),
        (json!({ "grant_types": [], "response_types": [] }), &["grant_types"]),
        (json!({ "grant_types": ["authorization_code"], "response_types": [] }), &["response_types"]),
        (json!({ "grant_types": ["client_credentials"] }), &["grant_types"]),
        (json!({ "grant_types": ["client_credentials", "refresh_token"], "response_types": [] }), &["grant_types"]),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), &["jwks"]),
        (json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": keys() }), &[]),
        (json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [{ "kty": "oct" }] } }), &["jwks"]),
        (json!({ "jwks": keys(), "jwks_uri": "https://a.test/keys" }), &["jwks_uri"]),
        (json!({ "token_endpoint_auth_method": "tls_client_auth" }), &["tls_client_auth_subject_dn"]),
        (json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a.test" }), &[]),
        (
            json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a.test",
                    "tls_client_auth_san_ip": "192.0.2.1" }),
            &["tls_client_auth_subject_dn"],
        ),
        (json!({ "id_token_signed_response_alg": "PS256" }), &[]),
        (json!({ "require_signed_request_object": true }), &["jwks"]),
        (json!({ "token_endpoint_auth_method": "none", "require_pkce": false }), &["require_pkce"]),
        (json!({ "require_pkce": false }), &[]),
        (json!({ "contacts": ["a\nb"] }), &["contacts"]),
        (json!({ "contacts": vec!["a"; 11] }), &["contacts"]),
        (json!({ "allowed_scopes": ["a b"] }), &["allowed_scopes"]),
        (json!({ "access_token_lifetime": 0 }), &["access_token_lifetime"]),
        (
            json!({ "subject_type": "pairwise", "redirect_uris": ["https://a.test/cb", "https://b.test/cb"] }),
            &["sector_identifier_uri"],
        ),
        (json!({ "subject_type": "pairwise" }), &[]),
    ];
    for (changes, expected) in cases {
        assert_eq!(flaws(&changes, ClientType::Web, Profile::Standard), expected, "{changes}");
    }
}

#[test]
fn a_type_of_client_has_its_own_rules() {
    use ClientType::{M2m, Native, Saml, Spa};
    let machine = json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [] });
    let cases: Vec<(Value, ClientType, &[&str])> = vec![
        (json!({}), Spa, &["token_endpoint_auth_method"]),
        (json!({ "token_endpoint_auth_method": "none" }), Spa, &[]),
        (json!({ "token_endpoint_auth_method": "none", "redirect_uris": ["com.example.app:/cb"] }), Native, &[]),
        (machine.clone(), M2m, &[]),
        (json!({}), M2m, &["grant_types", "redirect_uris.0"]),
        (json!({ "grant_types": [] }), Saml, &[]),
        (
            json!({ "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"], "response_types": [] }),
            Spa,
            &["grant_types"],
        ),
    ];
    for (changes, kind, expected) in cases {
        assert_eq!(flaws(&changes, kind, Profile::Standard), expected, "{changes} {kind}");
    }
}

#[test]
fn a_profile_asks_for_more() {
    let fapi2 = |changes: &Value| flaws(changes, ClientType::Web, Profile::Fapi2);
    let sound = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": keys(), "dpop_bound_access_tokens": true,
    });
    assert_eq!(fapi2(&sound), [""; 0]);
    assert_eq!(fapi2(&json!({})), ["token_endpoint_auth_method", "dpop_bound_access_tokens"]);
    for (name, value, field) in [
        ("id_token_signed_response_alg", json!("RS256"), "id_token_signed_response_alg"),
        ("token_endpoint_auth_signing_alg", json!("RS256"), "token_endpoint_auth_signing_alg"),
        ("require_pkce", json!(false), "require_pkce"),
    ] {
        let mut changed = sound.clone();
        changed[name] = value;
        assert_eq!(fapi2(&changed), [field]);
    }
    let mcp = |uri: &str| {
        let changes = json!({ "token_endpoint_auth_method": "none", "redirect_uris": [uri] });
        flaws(&changes, ClientType::Native, Profile::Mcp)
    };
    assert_eq!(mcp("http://127.0.0.1/cb"), [""; 0]);
    assert_eq!(mcp("https://a.test/cb"), [""; 0]);
    assert_eq!(mcp("com.example.app:/cb"), ["redirect_uris.0"]);
}

#[test]
fn the_endpoint_says_which_kind_of_flaw_it_was() {
    let request: RegistrationRequest =
        serde_json::from_value(json!({ "redirect_uris": ["http://a.test/cb"] })).unwrap();
    let read = request.read(Profile::Standard).unwrap();
    let flaws = check_metadata(&read.metadata, read.kind, Profile::Standard, false).unwrap_err();
    assert_eq!(flaws[0].to_error().code, OAuthCode::InvalidRedirectUri);
    let metadata = ClientMetadata { contacts: vec!["a\nb".to_owned()], ..read.metadata };
    let flaws = check_metadata(&metadata, read.kind, Profile::Standard, false).unwrap_err();
    assert_eq!(flaws[1].to_error().code, OAuthCode::InvalidClientMetadata);
}
