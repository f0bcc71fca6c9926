//! FAPI 2.0 Message Signing: requests as objects that the client has signed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::super::stage::{BACK, ISSUER, answer};
use super::fapi2::{PAR, Party, TOKEN};
use crate::kit::claims_of;

const REFUSED: &str = "invalid_request_object";

/// An object with these members is refused, and one without them is not.
async fn is_refused(party: &Party, changes: &Value) {
    party.push_object(changes, &[]).await.refused(400, REFUSED);
    party.push_object(&json!({}), &[]).await.expect(201);
}

/// The object may be meant for others too.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_multiple_aud_succeeds() {
    let mut party = Party::that_signs().await;
    let aud = json!({ "aud": ["https://other.example", ISSUER] });
    let pushed = party.push_object(&aud, &[]).await.expect(201);
    assert_eq!(party.answered(&pushed).await["state"], "signed-state");
}

/// A clock that is a little ahead is forgiven.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted() {
    let party = Party::that_signs().await;
    let nbf = party.server.now().as_seconds() + 8;
    party.push_object(&json!({ "nbf": nbf }), &[]).await.expect(201);
}

/// An object that never ends is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_without_exp_fails() {
    is_refused(&Party::that_signs().await, &json!({ "exp": null })).await;
}

/// An object that says not from when on is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_without_nbf_fails() {
    is_refused(&Party::that_signs().await, &json!({ "nbf": null })).await;
}

/// The address stands in what was signed: beside it, it counts for nothing.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails() {
    let party = Party::that_signs().await;
    let none = json!({ "redirect_uri": null });
    party.push_object(&none, &[]).await.refused(400, "invalid_request");
    let beside = [("redirect_uri", BACK)];
    party.push_object(&none, &beside).await.refused(400, "invalid_request");
}

/// An object that is over is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_expired_request_object_fails() {
    let party = Party::that_signs().await;
    let now = party.server.now().as_seconds();
    is_refused(&party, &json!({ "nbf": now - 600, "exp": now - 300 })).await;
}

/// An object for somebody else is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_bad_aud_fails() {
    is_refused(&Party::that_signs().await, &json!({ "aud": "https://other.example" })).await;
}

/// An object lives for an hour at most.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_exp_over_60_fails() {
    let party = Party::that_signs().await;
    let exp = party.server.now().as_seconds() + 70 * 60;
    is_refused(&party, &json!({ "exp": exp })).await;
}

/// An object from more than an hour ago is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_nbf_over_60_fails() {
    let party = Party::that_signs().await;
    let now = party.server.now().as_seconds();
    // What ends within an hour of then is over by now, but for the seconds that are forgiven.
    is_refused(&party, &json!({ "nbf": now - 70 * 60, "exp": now + 60 })).await;
}

/// PKCS #1 v1.5 is no signature of the profile: the same key has to sign PS256.
#[expect(non_snake_case, reason = "the name of the module")]
#[tokio::test]
async fn fapi2_security_profile_final_ensure_signed_request_object_with_RS256_fails() {
    let party = Party::that_signs().await;
    let key = SigningKey::generate(Algorithm::Ps256).unwrap().with_kid("one");
    let mut jwk = serde_json::to_value(key.public_jwk()).unwrap();
    jwk.as_object_mut().unwrap().remove("alg");
    let path = format!("/api/v1/applications/{}", party.app.id);
    let keys = json!({ "jwks": { "keys": [jwk, party.key.public_jwk()] } });
    party.server.root().patch(path, keys).await.expect(200);
    let signed = |key: &SigningKey| key.sign("oauth-authz-req+jwt", &party.object(&json!({}))).unwrap();
    party.push_text(&signed(&key), &[]).await.expect(201);
    let old = SigningKey::from_pkcs8(Algorithm::Rs256, &key.to_pkcs8()).unwrap().with_kid("one");
    party.push_text(&signed(&old), &[]).await.refused(400, REFUSED);
}

/// An object that says it is not signed is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_signature_algorithm_is_not_none() {
    let party = Party::that_signs().await;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "none", "typ": "oauth-authz-req+jwt" });
    let unsigned = format!("{}.{}.", part(&header), part(&party.object(&json!({}))));
    party.push_text(&unsigned, &[]).await.refused(400, REFUSED);
}

/// An object that was changed after it was signed is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_request_object_with_invalid_signature_fails() {
    let party = Party::that_signs().await;
    let signed = party.key.sign("oauth-authz-req+jwt", &party.object(&json!({}))).unwrap();
    party.push_text(&signed, &[]).await.expect(201);
    let parts: Vec<&str> = signed.split('.').collect();
    let mut claims = claims_of(&signed);
    claims["scope"] = json!("openid");
    let changed = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]);
    party.push_text(&changed, &[]).await.refused(400, REFUSED);
}

/// An object that another client's key signed is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_matching_key_in_authorization_request() {
    let party = Party::that_signs().await;
    let other = party.other().await;
    let foreign = other.key.sign("oauth-authz-req+jwt", &party.object(&json!({}))).unwrap();
    party.push_text(&foreign, &[]).await.refused(400, REFUSED);
    let own = party.key.sign("oauth-authz-req+jwt", &party.object(&json!({}))).unwrap();
    party.push_text(&own, &[]).await.expect(201);
}

/// A client that signs its requests is not heard without a signature, though it has proven itself.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_unsigned_request_at_par_endpoint_fails() {
    let party = Party::that_signs().await;
    party.push(&[]).await.refused(400, "invalid_request");
}

/// An object holds no handle of another request.
#[tokio::test]
async fn fapi2_security_profile_final_par_authorization_request_containing_request_uri() {
    let uri = json!({ "request_uri": "urn:ietf:params:oauth:request_uri:made-up" });
    is_refused(&Party::that_signs().await, &uri).await;
}

/// The nonce that was signed is the one of the ID token, whatever stands beside it.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object() {
    let mut party = Party::that_signs().await;
    let pushed = party.push_object(&json!({}), &[("nonce", "beside")]).await.expect(201);
    let address = format!("{}&nonce=beside", party.address(&pushed));
    party.ada.open(&address).await;
    let code = answer(&party.ada)["code"].clone();
    // The proof's own request for a nonce is signed too.
    let bare = party.prover.proof(&party.server, "POST", PAR, None);
    let nonce = party.push_object(&json!({}), &[]).header("dpop", &bare).await;
    let nonce = nonce.refused(400, "use_dpop_nonce").header("dpop-nonce").to_owned();
    let changes = json!({ "nonce": nonce });
    let proof = party.prover.proof_with(&party.server, "POST", TOKEN, None, &changes);
    let told = party.send(TOKEN, &Party::redemption(&code)).header("dpop", &proof).await.expect(200);
    assert_eq!(claims_of(told.json["id_token"].as_str().unwrap())["nonce"], "signed-nonce");
}

/// The state that was signed comes back, whatever stands beside it.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object() {
    let mut party = Party::that_signs().await;
    let pushed = party.push_object(&json!({}), &[("state", "beside")]).await.expect(201);
    let address = format!("{}&state=beside", party.address(&pushed));
    party.ada.open(&address).await;
    assert_eq!(answer(&party.ada)["state"], "signed-state");
}

/// A state that was not signed is none.
#[tokio::test]
async fn fapi2_security_profile_final_state_only_outside_request_object_not_used() {
    let mut party = Party::that_signs().await;
    let pushed = party.push_object(&json!({ "state": null }), &[("state", "beside")]).await.expect(201);
    let address = format!("{}&state=beside", party.address(&pushed));
    party.ada.open(&address).await;
    let told = answer(&party.ada);
    assert!(told.contains_key("code") && !told.contains_key("state"), "{told:?}");
}
