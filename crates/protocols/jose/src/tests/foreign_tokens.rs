//! ID tokens as other issuers write them.

use std::sync::LazyLock;

use serde_json::json;

use super::{KEYS, sign_raw};
use crate::{Algorithm, JoseError, SigningKey, VerifyingKey, verify_id_token};

static PSS: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Ps256).unwrap());

#[test]
fn a_type_and_a_key_name_may_be_absent() {
    let (key, public) = &KEYS[0];
    for header in [
        json!({ "alg": "EdDSA" }),
        json!({ "alg": "EdDSA", "kid": "a" }),
        json!({ "alg": "EdDSA", "typ": "JWT" }),
        json!({ "alg": "EdDSA", "typ": "jwt", "kid": "a" }),
    ] {
        let token = sign_raw(key, &header.to_string(), b"{}");
        let verified = verify_id_token(&token, |kid| (kid == header["kid"].as_str()).then_some(public));
        assert!(verified.is_ok(), "{header}: {verified:?}");
    }
}

#[test]
fn a_token_of_another_kind_is_no_id_token() {
    let (key, public) = &KEYS[0];
    for header in [
        json!({ "alg": "EdDSA", "typ": "at+jwt" }),
        json!({ "alg": "EdDSA", "typ": "logout+jwt" }),
        json!({ "alg": "EdDSA", "typ": 5 }),
        json!({ "alg": "EdDSA", "kid": 5 }),
        json!({ "alg": "EdDSA", "crit": [] }),
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({}),
    ] {
        let token = sign_raw(key, &header.to_string(), b"{}");
        assert!(verify_id_token(&token, |_| Some(public)).is_err(), "{header}");
    }
}

#[test]
fn a_pss_signature_is_no_pkcs1_signature_of_the_same_key() {
    let token = PSS.sign("JWT", &json!({})).unwrap();
    let public = PSS.verifying_key().unwrap();
    assert!(verify_id_token(&token, |_| Some(&public)).is_ok());
    let other = crate::Jwk { alg: Some("RS256".into()), ..PSS.public_jwk() };
    let other = VerifyingKey::from_jwk(&other).unwrap();
    assert_eq!(verify_id_token(&token, |_| Some(&other)), Err(JoseError::Algorithm));
    let (signed, _) = token.rsplit_once('.').unwrap();
    let signature = PSS.sign_bytes(signed.as_bytes()).unwrap();
    assert_eq!(other.verify_signature(signed.as_bytes(), &signature), Err(JoseError::Signature));
}
