//! Tokens of clients, proven with the keys that they registered or sent.

use serde_json::{Value, json};

use super::{KEYS, sign_raw};
use crate::{
    Algorithm, Expected, JoseError, Jwk, JwkSet, SigningKey, VerifyingKey, base64url, peek_claims, read_unsecured,
    verify_possession, verify_with,
};

const EXPECTED: Expected<'_> = Expected {
    types: &["JWT", "client-authentication+jwt"],
    is_typ_required: false,
    algorithms: &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256],
};

fn nameless(key: &SigningKey) -> Jwk {
    Jwk { alg: None, kid: None, use_: None, ..key.public_jwk() }
}

#[test]
fn a_key_without_alg_takes_an_allowed_one_that_fits_and_no_other() {
    let rsa = nameless(&KEYS[2].0);
    assert_eq!(VerifyingKey::from_jwk(&rsa).unwrap_err(), JoseError::Key("`alg` is missing"));
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256] {
        assert_eq!(VerifyingKey::from_jwk_as(&rsa, algorithm).unwrap().algorithm(), algorithm);
    }
    assert!(VerifyingKey::from_jwk_as(&rsa, Algorithm::Es256).is_err());
    let named = Jwk { alg: Some("RS256".into()), ..rsa };
    assert_eq!(VerifyingKey::from_jwk_as(&named, Algorithm::Ps256).unwrap_err(), JoseError::Algorithm);
}

#[test]
fn the_key_is_the_named_one_or_the_only_one_that_fits() {
    let (ed, ec) = (&KEYS[0].0, &KEYS[1].0);
    let other = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let named = |key: &SigningKey, kid: &str| Jwk { kid: Some(kid.into()), ..nameless(key) };
    let one_of_each = JwkSet { keys: vec![named(ed, "a"), named(ec, "b")] };
    let two_alike = JwkSet { keys: vec![named(ed, "a"), named(&other, "b")] };
    let cases = [
        (json!({ "alg": "EdDSA", "kid": "a" }), &one_of_each, true),
        (json!({ "alg": "EdDSA", "kid": "a" }), &two_alike, true),
        (json!({ "alg": "EdDSA", "kid": "a", "typ": "application/client-authentication+jwt" }), &one_of_each, true),
        (json!({ "alg": "EdDSA" }), &one_of_each, true),
        (json!({ "alg": "EdDSA" }), &two_alike, false),
        (json!({ "alg": "EdDSA", "kid": "b" }), &one_of_each, false),
        (json!({ "alg": "EdDSA", "kid": "b" }), &two_alike, false),
        (json!({ "alg": "EdDSA", "kid": "c" }), &one_of_each, false),
        (json!({ "alg": "EdDSA", "kid": 5 }), &one_of_each, false),
        (json!({ "alg": "EdDSA", "typ": "at+jwt" }), &one_of_each, false),
        (json!({ "alg": "ES256", "kid": "a" }), &one_of_each, false),
        (json!({ "alg": "none" }), &one_of_each, false),
        (json!({ "alg": "HS256" }), &one_of_each, false),
        (json!({ "kid": "a" }), &one_of_each, false),
    ];
    for (header, keys, is_good) in cases {
        let token = sign_raw(ed, &header.to_string(), b"{}");
        assert_eq!(verify_with(&token, &EXPECTED, keys).is_ok(), is_good, "{header}");
    }
}

#[test]
fn an_algorithm_that_is_not_allowed_is_not_tried() {
    let rsa = &KEYS[2].0;
    let keys = JwkSet { keys: vec![nameless(rsa)] };
    let token = sign_raw(rsa, r#"{"alg":"RS256"}"#, b"{}");
    assert_eq!(verify_with(&token, &EXPECTED, &keys), Err(JoseError::Algorithm));
    let both = Expected { algorithms: &[Algorithm::Rs256], ..EXPECTED };
    assert!(verify_with(&token, &both, &keys).is_ok());
    let required = Expected { is_typ_required: true, ..both };
    assert_eq!(verify_with(&token, &required, &keys), Err(JoseError::Missing("typ")));
}

#[test]
fn a_key_in_the_header_is_public_and_proves_its_own_token() {
    let (key, other) = (&KEYS[1].0, SigningKey::generate(Algorithm::Es256).unwrap());
    let proof = Expected { types: &["dpop+jwt"], is_typ_required: true, ..EXPECTED };
    let header = |jwk: Value| json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk }).to_string();
    let public = serde_json::to_value(nameless(key)).unwrap();

    let (jwk, _) = verify_possession(&sign_raw(key, &header(public.clone()), b"{}"), &proof).unwrap();
    assert_eq!(jwk.thumbprint(), key.public_jwk().thumbprint());
    assert_eq!(verify_possession(&sign_raw(&other, &header(public.clone()), b"{}"), &proof), Err(JoseError::Signature));
    for member in ["d", "p", "k", "oth"] {
        let mut private = public.clone();
        private[member] = json!("AA");
        let token = sign_raw(key, &header(private), b"{}");
        assert_eq!(verify_possession(&token, &proof), Err(JoseError::Key("a private member was sent")), "{member}");
    }
    for jwk in [Value::Null, json!([]), json!("x"), json!({}), json!({ "kty": "oct" })] {
        assert!(verify_possession(&sign_raw(key, &header(jwk.clone()), b"{}"), &proof).is_err(), "{jwk}");
    }
    let untyped = json!({ "alg": "ES256", "jwk": public }).to_string();
    assert!(verify_possession(&sign_raw(key, &untyped, b"{}"), &proof).is_err());
}

#[test]
fn what_is_unsecured_is_read_only_as_such() {
    let token = |header: &str, signature: &str| {
        format!("{}.{}.{signature}", base64url::encode(header.as_bytes()), base64url::encode(b"{\"a\":1}"))
    };
    assert!(read_unsecured(&token(r#"{"alg":"none"}"#, ""), &["JWT"]).is_ok());
    assert!(read_unsecured(&token(r#"{"alg":"none","typ":"jwt"}"#, ""), &["JWT"]).is_ok());
    for (header, signature) in [
        (r#"{"alg":"none"}"#, "AA"),
        (r#"{"alg":"None"}"#, ""),
        (r#"{"alg":"ES256"}"#, ""),
        (r#"{"alg":"none","typ":"at+jwt"}"#, ""),
        (r#"{"alg":"none","crit":["x"]}"#, ""),
        ("{}", ""),
    ] {
        assert!(read_unsecured(&token(header, signature), &["JWT"]).is_err(), "{header}");
    }
    let claims: Value = peek_claims(&token(r#"{"alg":"none"}"#, "")).unwrap();
    assert_eq!(claims["a"], 1);
}
