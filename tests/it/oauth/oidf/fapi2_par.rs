//! FAPI 2.0: requests are pushed, with PKCE, and a handle is for its client and one answer.

use std::time::Duration;

use super::super::stage::{BACK, VERIFIER, answer, prove};
use super::fapi2::{PAR, Party};
use crate::hosted::Browser;

/// A handle that waits for its person to sign in may be opened again.
#[tokio::test]
async fn fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let party = Party::open().await;
    let address = party.address(&party.push(&[]).await.expect(201));
    let mut ada = Browser::new(&party.server);
    for _ in 0..2 {
        ada.open(&address).await;
        assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
    }
    prove(&mut ada, "ada@example.com").await;
    party.redeem(&answer(&ada)["code"]).await.expect(200);
}

/// Once it was answered, a handle is good for nothing.
#[tokio::test]
async fn fapi2_security_profile_final_par_attempt_reuse_request_uri() {
    let mut party = Party::open().await;
    let pushed = party.push(&[]).await.expect(201);
    assert!(party.answered(&pushed).await.contains_key("code"));
    party.is_shown_a_refusal(&party.address(&pushed)).await;
}

/// A handle is over when the seconds are that were told with it.
#[tokio::test]
async fn fapi2_security_profile_final_par_attempt_to_use_expired_request_uri() {
    let mut party = Party::open().await;
    let pushed = party.push(&[]).await.expect(201);
    let seconds = pushed.json["expires_in"].as_u64().unwrap();
    assert!(seconds < 600, "{pushed}");
    party.server.turn_clock(Duration::from_secs(seconds + 1));
    party.is_shown_a_refusal(&party.address(&pushed)).await;
}

/// Another client's handle is none.
#[tokio::test]
async fn fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client() {
    let mut party = Party::open().await;
    let other = party.other().await;
    let pushed = party.push(&[]).await.expect(201);
    party.is_shown_a_refusal(&other.address(&pushed)).await;
    assert!(party.answered(&pushed).await.contains_key("code"), "its own client may still use it");
}

/// What is pushed is no handle of another request.
#[tokio::test]
async fn fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param() {
    let party = Party::open().await;
    let uri = [("request_uri", "urn:ietf:params:oauth:request_uri:made-up")];
    party.push(&uri).await.refused(400, "invalid_request");
}

/// Requests are pushed by POST and by nothing else.
#[tokio::test]
async fn fapi2_security_profile_final_par_attempt_invalid_http_method() {
    let party = Party::open().await;
    for method in [http::Method::GET, http::Method::PUT, http::Method::DELETE] {
        party.server.anonymous().call(method, PAR).await.expect(405);
    }
}

/// A request without a code challenge is refused.
#[tokio::test]
async fn fapi2_security_profile_final_par_ensure_pkce_required() {
    let party = Party::open().await;
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    party.push(&none).await.refused(400, "invalid_request");
}

/// The challenge is a digest: `plain` is refused, by name and by default.
#[tokio::test]
async fn fapi2_security_profile_final_par_plain_pkce_rejected() {
    let party = Party::open().await;
    for method in ["plain", ""] {
        let plain = [("code_challenge", VERIFIER), ("code_challenge_method", method)];
        party.push(&plain).await.refused(400, "invalid_request");
    }
}

/// A code is not given tokens for without its verifier.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_pkce_code_verifier_required() {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    party.prove(&Party::redemption(&code)[..3]).await.refused(400, "invalid_grant");
}

/// Nor with another's verifier.
#[tokio::test]
async fn fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected() {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    let mut fields = Party::redemption(&code);
    fields[3].1 = "another-verifier-of-more-than-forty-three-characters";
    party.prove(&fields).await.refused(400, "invalid_grant");
}

/// `client_id` and the handle are all that the browser has to bring.
#[tokio::test]
async fn fapi2_security_profile_final_par_without_duplicate_parameters() {
    let mut party = Party::open().await;
    let pushed = party.push(&[]).await.expect(201);
    let told = party.answered(&pushed).await;
    assert_eq!(told["state"], "the-state");
    party.redeem(&told["code"]).await.expect(200);
}

/// A request that was not pushed is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails() {
    let mut party = Party::open().await;
    let address = party.app.address(&[]);
    party.ada.open(&address).await;
    assert_eq!(answer(&party.ada)["error"], "invalid_request");
}

/// An address that is not registered is not sent to.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_registered_redirect_uri() {
    let party = Party::open().await;
    for uri in ["https://evil.example/callback", &format!("{BACK}/more"), &format!("{BACK}?more=1")] {
        party.push(&[("redirect_uri", uri)]).await.refused(400, "invalid_request");
    }
}

/// The profile would let a client that has proven itself name a new address with each request: here it is registered first.
#[tokio::test]
async fn fapi2_security_profile_final_plain_fapi_tolerate_unregistered_redirect_uri() {
    let party = Party::open().await;
    let uri = "https://app.example.com/new";
    party.push(&[("redirect_uri", uri)]).await.refused(400, "invalid_request");
    let path = format!("/api/v1/applications/{}", party.app.id);
    let both = serde_json::json!({ "redirect_uris": [BACK, uri] });
    party.server.root().patch(path, both).await.expect(200);
    party.push(&[("redirect_uri", uri)]).await.expect(201);
}

/// The request names its address, even where there is but one.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request() {
    let party = Party::open().await;
    party.push(&[("redirect_uri", "")]).await.refused(400, "invalid_request");
    party.push(&[("redirect_uri", ""), ("scope", "email")]).await.refused(400, "invalid_request");
}

/// No ID token comes by the browser: the hybrid flow is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_response_type_code_idtoken_fails() {
    let party = Party::open().await;
    party.push(&[("response_type", "code id_token")]).await.refused(400, "unsupported_response_type");
}

/// No access token comes by the browser either.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_response_type_token_fails() {
    let party = Party::open().await;
    party.push(&[("response_type", "token")]).await.refused(400, "unsupported_response_type");
}
