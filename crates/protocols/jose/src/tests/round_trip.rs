//! What is signed here verifies here.

use serde_json::{Value, json};

use super::{KEYS, find, header_of, sign_raw};
use crate::{Algorithm, JoseError, JwkSet, SigningKey, base64url, verify};

#[test]
fn each_algorithm_verifies_what_it_signed() {
    for (key, _) in KEYS.iter() {
        let claims = json!({ "iss": "https://acme.example.com", "sub": "usr_1", "exp": 1_700_000_000 });
        let token = key.sign("at+jwt", &claims).unwrap();
        let verified = verify(&token, "at+jwt", find).unwrap();
        assert_eq!(verified.claims::<Value>(), Ok(claims));
        let header = base64url::decode(token.split('.').next().unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&header).unwrap(), header_of(key));
    }
}

#[test]
fn the_type_is_compared_without_case_and_prefix() {
    let (key, _) = &KEYS[0];
    for (signed, expected) in [
        ("JWT", "jwt"),
        ("at+JWT", "at+jwt"),
        ("application/at+jwt", "at+jwt"),
        ("at+jwt", "application/at+jwt"),
        ("APPLICATION/AT+JWT", "at+jwt"),
    ] {
        let token = key.sign(signed, &json!({})).unwrap();
        assert!(verify(&token, expected, find).is_ok(), "{signed} as {expected}");
    }
}

#[test]
fn a_type_that_would_break_out_of_the_header_is_not_signed() {
    for typ in ["", "a\"", "a b", "a\\", "\u{e9}", "a\n"] {
        assert_eq!(KEYS[0].0.sign(typ, &json!({})), Err(JoseError::Typ), "{typ:?}");
    }
}

#[test]
fn a_key_survives_being_stored() {
    for (key, _) in KEYS.iter() {
        let restored = SigningKey::from_pkcs8(key.algorithm(), &key.to_pkcs8()).unwrap();
        assert_eq!(restored.public_jwk(), key.public_jwk());
        assert_eq!(restored.to_pkcs8(), key.to_pkcs8());
        assert!(verify(&restored.sign("JWT", &json!({})).unwrap(), "JWT", find).is_ok());
        // The two paddings of RSA share a form; which one a key signs with is kept beside it.
        let is_rsa = |algorithm| matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256);
        let fits = |other| other == key.algorithm() || is_rsa(other) && is_rsa(key.algorithm());
        for other in Algorithm::ALL.into_iter().filter(|other| !fits(*other)) {
            assert!(SigningKey::from_pkcs8(other, &key.to_pkcs8()).is_err(), "{} as {other}", key.algorithm());
        }
    }
}

#[test]
fn a_name_of_ones_own_is_escaped() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("next \"key\"");
    let public = key.verifying_key().unwrap();
    let token = key.sign("JWT", &json!({})).unwrap();
    verify(&token, "JWT", |kid| (kid == "next \"key\"").then_some(&public)).unwrap();
    assert_eq!(key.public_jwk().kid.as_deref(), Some(key.kid()));
}

#[test]
fn the_published_set_holds_no_private_member() {
    let set = JwkSet { keys: KEYS.iter().map(|(key, _)| key.public_jwk()).collect() };
    let text = serde_json::to_value(&set).unwrap();
    for key in text["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_eq!(key["use"], "sig");
    }
    assert_eq!(text["keys"][0]["alg"], "EdDSA");
    assert_eq!(serde_json::from_value::<JwkSet>(text).unwrap(), set);
}

#[test]
fn debug_says_nothing_of_the_key() {
    for (key, _) in KEYS.iter() {
        let expected = format!("SigningKey {{ algorithm: {:?}, kid: {:?}, .. }}", key.algorithm(), key.kid());
        assert_eq!(format!("{key:?}"), expected);
    }
}

#[test]
fn claims_are_one_object_without_repeated_names() {
    let (key, _) = &KEYS[0];
    for payload in ["", "[]", "\"text\"", "null", r#"{"sub":"a","sub":"b"}"#, "{}{}", "not JSON"] {
        let token = sign_raw(key, &header_of(key).to_string(), payload.as_bytes());
        let verified = verify(&token, "at+jwt", find).unwrap();
        assert_eq!(verified.claims::<Value>(), Err(JoseError::Claims), "{payload}");
    }
}
