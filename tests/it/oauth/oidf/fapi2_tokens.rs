//! FAPI 2.0: answers, codes and tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{kit::Tokens, stage::answer};
use super::fapi2::{PAR, Party, TOKEN};
use crate::kit::claims_of;

/// The server says of itself what the profile asks for.
#[tokio::test]
async fn fapi2_security_profile_final_discovery_end_point_verification() {
    let party = Party::open().await;
    let told = party.server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json;
    let issuer = told["issuer"].as_str().unwrap();
    for (name, path) in [("token_endpoint", TOKEN), ("pushed_authorization_request_endpoint", PAR)] {
        assert_eq!(told[name], format!("{issuer}{path}"), "{name}");
    }
    for name in ["require_pushed_authorization_requests", "authorization_response_iss_parameter_supported"] {
        assert_eq!(told[name], true, "{name}");
    }
    assert_eq!(told["response_types_supported"], json!(["code"]));
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    for name in [
        "token_endpoint_auth_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
    ] {
        let known = told[name].as_array().unwrap_or_else(|| panic!("no {name}: {told}"));
        assert!(known.contains(&json!("ES256")) && known.contains(&json!("PS256")), "{name}: {known:?}");
        assert!(!known.contains(&json!("RS256")) && !known.contains(&json!("none")), "{name}: {known:?}");
    }
    let methods = told["token_endpoint_auth_methods_supported"].as_array().unwrap();
    assert!(methods.iter().all(|method| !method.as_str().unwrap().contains("secret")), "{methods:?}");
}

/// Who says no goes back with that, and with who says it.
#[tokio::test]
async fn fapi2_security_profile_final_user_rejects_authentication() {
    let mut party = Party::open_with(&json!({ "skip_consent": false })).await;
    let address = party.address(&party.push(&[]).await.expect(201));
    party.ada.open(&address).await;
    party.ada.submit("/oauth2/consent", &[("decision", "deny")]).await;
    let told = answer(&party.ada);
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("access_denied", "the-state"));
    assert_eq!(told["iss"], super::super::stage::ISSUER);
}

/// Without a state none comes back.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_request_without_state_success() {
    let mut party = Party::open().await;
    let pushed = party.push(&[("state", "")]).await.expect(201);
    let told = party.answered(&pushed).await;
    assert!(!told.contains_key("state"), "{told:?}");
    party.redeem(&told["code"]).await.expect(200);
}

/// The claims of the ID token that comes for a request with this nonce.
async fn with_nonce(nonce: &str) -> Value {
    let tokens = Party::open().await.tokens(&[("nonce", nonce)]).await;
    claims_of(tokens.id.as_ref().unwrap())
}

/// Without a nonce the ID token has none.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_request_without_nonce_success() {
    assert_eq!(with_nonce("").await.get("nonce"), None);
}

/// A nonce of 64 characters comes back as it was.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success() {
    let nonce = "n0".repeat(32);
    assert_eq!(with_nonce(&nonce).await["nonce"], nonce);
}

/// So does a longer one.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_request_with_long_nonce() {
    let nonce = "n0".repeat(192);
    assert_eq!(with_nonce(&nonce).await["nonce"], nonce);
}

/// A long state comes back as it was.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_request_with_long_state() {
    let mut party = Party::open().await;
    let state = "s0".repeat(192);
    let pushed = party.push(&[("state", &state)]).await.expect(201);
    assert_eq!(party.answered(&pushed).await["state"], state);
}

/// Scopes are a set: `openid` need not be the first.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_other_scope_order_succeeds() {
    let mut party = Party::open().await;
    let tokens = party.tokens(&[("scope", "email openid")]).await;
    assert!(tokens.id.is_some(), "{}", tokens.json);
    assert_eq!(party.userinfo(&tokens.access).await.expect(200).json["email"], "ada@example.com");
}

/// Single claims come where they were asked for, and not where they were not.
#[tokio::test]
async fn fapi2_security_profile_final_test_claims_parameter_identity_claims() {
    let mut party = Party::open().await;
    let claims = json!({ "userinfo": { "name": null }, "id_token": { "email": { "essential": true } } }).to_string();
    let tokens = party.tokens(&[("scope", "openid"), ("claims", &claims)]).await;
    let id = claims_of(tokens.id.as_ref().unwrap());
    assert_eq!((&id["email"], id.get("name")), (&json!("ada@example.com"), None));
    assert_eq!(party.userinfo(&tokens.access).await.expect(200).json["name"], "Ada Lovelace");
}

/// Claims about the person come in the ID token, where the client asks for them there.
#[tokio::test]
async fn fapi2_security_profile_final_australia_connectid_test_claims_parameter_idtoken_identity_claims() {
    let mut party = Party::open().await;
    let claims = json!({ "id_token": { "name": { "essential": true }, "email": null } }).to_string();
    let tokens = party.tokens(&[("scope", "openid"), ("claims", &claims)]).await;
    let id = claims_of(tokens.id.as_ref().unwrap());
    assert_eq!((&id["name"], &id["email"]), (&json!("Ada Lovelace"), &json!("ada@example.com")));
}

/// A context class that has to be and that nobody can reach is an error, and not left out in silence.
#[tokio::test]
async fn fapi2_security_profile_final_test_essential_acr_sca_claim() {
    let mut party = Party::open().await;
    let acr = json!({ "essential": true, "values": ["urn:openbanking:psd2:sca"] });
    let claims = json!({ "id_token": { "acr": acr } }).to_string();
    let pushed = party.push(&[("claims", &claims)]).await.expect(201);
    assert_eq!(party.answered(&pushed).await["error"], "unmet_authentication_requirements");
}

/// A code is for the client that asked for it.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client() {
    let mut party = Party::open().await;
    let other = party.other().await;
    let code = party.code(&[]).await;
    other.redeem(&code).await.refused(400, "invalid_grant");
    party.redeem(&code).await.expect(200);
}

/// A code that comes again is refused, and what it was given for is taken back.
#[tokio::test]
async fn fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second() {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    let tokens = Tokens::of(&party.redeem(&code).await.expect(200));
    party.userinfo(&tokens.access).await.expect(200);
    party.server.turn_clock(Duration::from_secs(1));
    party.redeem(&code).await.refused(400, "invalid_grant");
    party.userinfo(&tokens.access).await.refused(401, "invalid_token");
}

/// A code is over after a minute, though the application would have it live longer.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code() {
    let mut party = Party::open().await;
    let longer = json!({ "profile": "fapi2", "code_seconds": 600 });
    party.server.root().put("/v1/settings/oauth", longer).await.expect(200);
    let code = party.code(&[]).await;
    party.server.turn_clock(Duration::from_secs(61));
    party.redeem(&code).await.refused(400, "invalid_grant");
}

/// A refresh token is for its client alone, stays as it is, and gives tokens that are bound like the first.
#[tokio::test]
async fn fapi2_security_profile_final_refresh_token() {
    let mut party = Party::open().await;
    let other = party.other().await;
    let first = party.tokens(&[("scope", "openid offline_access")]).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", first.refresh())];
    other.prove(&fields).await.refused(400, "invalid_grant");
    party.send(TOKEN, &fields).await.refused(400, "invalid_request");
    let next = Tokens::of(&party.prove(&fields).await.expect(200));
    assert!(next.refresh.as_ref().is_none_or(|same| same == first.refresh()), "{}", next.json);
    assert_ne!(next.access, first.access);
    let jkt = json!({ "jkt": party.prover.thumbprint() });
    assert_eq!(claims_of(&next.access)["cnf"], jkt);
    party.userinfo(&next.access).await.expect(200);
    party.prove(&fields).await.expect(200);
}
