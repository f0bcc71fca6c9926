//! Keys that must not be trusted with anything.

use serde_json::{Value, json};

use super::KEYS;
use crate::{JoseError, Jwk, VerifyingKey, base64url};

fn changed(index: usize, member: &str, value: Value) -> Jwk {
    let mut key = serde_json::to_value(KEYS[index].0.public_jwk()).unwrap();
    key[member] = value;
    serde_json::from_value(key).unwrap()
}

fn is_refused(key: &Jwk) -> bool {
    matches!(VerifyingKey::from_jwk(key), Err(JoseError::Key(_)))
}

const ED25519: usize = 0;
const P256: usize = 1;
const RSA: usize = 2;

#[test]
fn a_key_without_its_own_algorithm_is_refused() {
    for index in [ED25519, P256, RSA] {
        for alg in [json!(null), json!("none"), json!("HS256"), json!("eddsa"), json!("RSA-OAEP"), json!("PS384")] {
            assert!(is_refused(&changed(index, "alg", alg.clone())), "{alg}");
        }
    }
}

#[test]
fn a_key_of_another_type_curve_or_use_is_refused() {
    for (index, member, value) in [
        (ED25519, "alg", json!("ES256")),
        (ED25519, "crv", json!("X25519")),
        (ED25519, "crv", json!("Ed448")),
        (ED25519, "kty", json!("EC")),
        (P256, "alg", json!("RS256")),
        (P256, "crv", json!("P-384")),
        (P256, "crv", json!("secp256k1")),
        (RSA, "alg", json!("ES256")),
        (RSA, "kty", json!("oct")),
        (RSA, "use", json!("enc")),
        (ED25519, "use", json!("enc")),
        (ED25519, "key_ops", json!(["encrypt"])),
        (ED25519, "key_ops", json!([])),
    ] {
        assert!(is_refused(&changed(index, member, value.clone())), "{member} {value}");
    }
    assert!(!is_refused(&changed(ED25519, "key_ops", json!(["verify"]))));
    assert!(!is_refused(&changed(ED25519, "use", json!(null))));
}

#[test]
fn a_point_of_small_order_or_no_canonical_spelling_is_refused() {
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f5ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for point in points {
        let mut bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&point[at * 2..at * 2 + 2], 16).unwrap()).collect();
        for sign in [0, 0x80] {
            bytes[31] = bytes[31] & 0x7f | sign;
            assert!(is_refused(&changed(ED25519, "x", json!(base64url::encode(&bytes)))), "{point} {sign}");
        }
    }
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let y = KEYS[P256].0.public_jwk().y.unwrap();
    let mut bytes = base64url::decode(&y).unwrap();
    bytes[31] ^= 1;
    assert!(is_refused(&changed(P256, "y", json!(base64url::encode(&bytes)))));
    assert!(is_refused(&changed(P256, "y", json!(base64url::encode(&[0; 32])))));
    assert!(is_refused(&changed(P256, "x", json!(base64url::encode(&[0xff; 32])))));
}

#[test]
fn nothing_verifies_under_an_edwards_coordinate_of_no_point() {
    // y = 2 belongs to no point of the curve.
    let mut x = [0; 32];
    x[0] = 2;
    let key = changed(ED25519, "x", json!(base64url::encode(&x)));
    let Ok(key) = VerifyingKey::from_jwk(&key) else { return };
    for signature in [[0; 64], [1; 64]] {
        assert_eq!(key.verify_signature(b"message", &signature), Err(JoseError::Signature));
    }
}

#[test]
fn coordinates_of_the_wrong_length_or_spelling_are_refused() {
    for index in [ED25519, P256] {
        let x = base64url::decode(&KEYS[index].0.public_jwk().x.unwrap()).unwrap();
        for x in [x[1..].to_vec(), [&[0], &x[..]].concat(), Vec::new()] {
            assert!(is_refused(&changed(index, "x", json!(base64url::encode(&x)))));
        }
        assert!(is_refused(&changed(index, "x", json!(base64url::encode(&x) + "="))));
        assert!(is_refused(&changed(index, "x", json!(null))));
    }
    assert!(is_refused(&changed(P256, "y", json!(null))));
}

#[test]
fn an_rsa_key_of_odd_numbers_is_refused() {
    let n = base64url::decode(&KEYS[RSA].0.public_jwk().n.unwrap()).unwrap();
    let short = n[1..].to_vec();
    let even = [&n[..255], &[n[255] & 0xfe]].concat();
    let padded = [&[0], &n[..]].concat();
    let huge = [&[0x80], &[0; 1023][..], &[1]].concat();
    for n in [short, even, padded, huge, Vec::new()] {
        assert!(is_refused(&changed(RSA, "n", json!(base64url::encode(&n)))), "{} bytes", n.len());
    }
    for e in [&[][..], &[0], &[1], &[2], &[0, 3], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        assert!(is_refused(&changed(RSA, "e", json!(base64url::encode(e)))), "{e:?}");
    }
}
