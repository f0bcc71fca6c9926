//! Tokens that must not pass: each is the valid one with a single thing wrong.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{KEYS, find, header_of, sign_raw};
use crate::{Algorithm, JoseError, MAX_TOKEN_BYTES, SigningKey, VerifyingKey, base64url, strict::StrictError, verify};

const PAYLOAD: &[u8] = br#"{"sub":"usr_1"}"#;

fn refusal(token: &str) -> Option<JoseError> {
    verify(token, "at+jwt", find).err()
}

/// The refusal of a token whose header was changed and which was then signed in earnest.
fn refusal_with(key: &SigningKey, member: &str, value: Value) -> Option<JoseError> {
    let mut header = header_of(key);
    header[member] = value;
    refusal(&sign_raw(key, &header.to_string(), PAYLOAD))
}

#[test]
fn the_unchanged_token_passes() {
    for (key, _) in KEYS.iter() {
        assert_eq!(refusal(&sign_raw(key, &header_of(key).to_string(), PAYLOAD)), None);
    }
}

#[test]
fn the_header_does_not_choose_the_algorithm() {
    for (key, _) in KEYS.iter() {
        for alg in
            ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS512", "PS512", "ES384", "Ed448", "eddsa", "es256"]
        {
            assert_eq!(refusal_with(key, "alg", json!(alg)), Some(JoseError::Algorithm), "{alg}");
        }
        for other in Algorithm::ALL.into_iter().filter(|other| *other != key.algorithm()) {
            assert_eq!(refusal_with(key, "alg", json!(other)), Some(JoseError::Algorithm), "{other}");
        }
        for alg in [json!(null), json!(5), json!(["EdDSA"]), json!({ "EdDSA": true })] {
            assert_eq!(refusal_with(key, "alg", alg.clone()), Some(JoseError::Missing("alg")), "{alg}");
        }
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    for (key, _) in KEYS.iter() {
        let mut header = header_of(key);
        header["alg"] = json!("HS256");
        let signed = format!("{}.{}", base64url::encode(header.to_string().as_bytes()), base64url::encode(PAYLOAD));
        let jwk = key.public_jwk();
        let raw = base64url::decode(jwk.x.as_ref().or(jwk.n.as_ref()).unwrap()).unwrap();
        for secret in [raw, serde_json::to_vec(&jwk).unwrap(), Vec::new()] {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
            let token = format!("{signed}.{}", base64url::encode(tag.as_ref()));
            assert_eq!(refusal(&token), Some(JoseError::Algorithm));
        }
    }
}

#[test]
fn an_unsigned_token_is_refused_whatever_its_header_says() {
    let (key, _) = &KEYS[0];
    for alg in ["none", "EdDSA"] {
        let mut header = header_of(key);
        header["alg"] = json!(alg);
        let token = format!("{}.{}.", base64url::encode(header.to_string().as_bytes()), base64url::encode(PAYLOAD));
        assert!(refusal(&token).is_some(), "{alg}");
        assert!(refusal(token.trim_end_matches('.')).is_some(), "{alg}, two segments");
    }
}

#[test]
fn extensions_are_refused() {
    for (key, _) in KEYS.iter() {
        for (member, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("crit", json!(null)),
            ("b64", json!(false)),
            ("b64", json!(true)),
            ("zip", json!("DEF")),
        ] {
            assert_eq!(refusal_with(key, member, value), Some(JoseError::Unsupported(member)));
        }
    }
}

#[test]
fn key_material_in_the_header_is_never_used() {
    let ours = &KEYS[0].0;
    let theirs = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let mut header = header_of(ours);
    header["jwk"] = json!(theirs.public_jwk());
    header["jku"] = json!("https://attacker.example/keys");
    header["x5u"] = json!("https://attacker.example/chain");
    header["x5c"] = json!(["MIIB"]);
    assert_eq!(refusal(&sign_raw(&theirs, &header.to_string(), PAYLOAD)), Some(JoseError::Signature));
    header["kid"] = json!(theirs.kid());
    assert_eq!(refusal(&sign_raw(&theirs, &header.to_string(), PAYLOAD)), Some(JoseError::UnknownKey));
}

#[test]
fn a_key_is_named_by_a_known_text() {
    let (key, _) = &KEYS[0];
    for (kid, expected) in [
        (json!("other"), JoseError::UnknownKey),
        (json!(""), JoseError::UnknownKey),
        (json!(format!("{} ", key.kid())), JoseError::UnknownKey),
        (json!(null), JoseError::Missing("kid")),
        (json!(0), JoseError::Missing("kid")),
        (json!([key.kid()]), JoseError::Missing("kid")),
    ] {
        assert_eq!(refusal_with(key, "kid", kid), Some(expected));
    }
    // A key that exists, but did not sign this.
    assert_eq!(refusal_with(key, "kid", json!(KEYS[1].0.kid())), Some(JoseError::Algorithm));
}

#[test]
fn a_token_of_another_type_is_refused() {
    let (key, _) = &KEYS[0];
    for typ in
        ["JWT", "logout+jwt", "at+jwt ", " at+jwt", "application/", "application/application/at+jwt", "text/at+jwt", ""]
    {
        assert_eq!(refusal_with(key, "typ", json!(typ)), Some(JoseError::Typ), "{typ:?}");
    }
    assert_eq!(refusal_with(key, "typ", json!(null)), Some(JoseError::Missing("typ")));
    let header = json!({ "alg": "EdDSA", "kid": key.kid() });
    assert_eq!(refusal(&sign_raw(key, &header.to_string(), PAYLOAD)), Some(JoseError::Missing("typ")));
}

#[test]
fn a_header_that_reads_two_ways_is_refused() {
    let (key, _) = &KEYS[0];
    let kid = key.kid();
    for (header, expected) in [
        (
            format!(r#"{{"alg":"none","alg":"EdDSA","kid":"{kid}","typ":"at+jwt"}}"#),
            JoseError::Header(StrictError::DuplicateKey),
        ),
        (
            format!(r#"{{"alg":"EdDSA","kid":"x","\u006bid":"{kid}","typ":"at+jwt"}}"#),
            JoseError::Header(StrictError::DuplicateKey),
        ),
        (
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt","jwk":{{"a":1,"a":2}}}}"#),
            JoseError::Header(StrictError::DuplicateKey),
        ),
        (format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt"}}x"#), JoseError::Header(StrictError::Syntax)),
        (
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt","x":{}1{}}}"#, "[".repeat(20), "]".repeat(20)),
            JoseError::Header(StrictError::TooDeep),
        ),
        (format!(r#"[{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt"}}]"#), JoseError::Missing("typ")),
        ("\"at+jwt\"".to_owned(), JoseError::Missing("typ")),
        (String::new(), JoseError::Header(StrictError::Syntax)),
        ("not JSON".to_owned(), JoseError::Header(StrictError::Syntax)),
    ] {
        assert_eq!(refusal(&sign_raw(key, &header, PAYLOAD)), Some(expected), "{header}");
    }
}

#[test]
fn three_strict_segments_and_nothing_around_them() {
    let (key, _) = &KEYS[0];
    let token = sign_raw(key, &header_of(key).to_string(), PAYLOAD);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    for hostile in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{payload}.{signature}.x"),
        format!("{header}..{signature}"),
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("\u{feff}{token}"),
        format!("{token}\0"),
        format!("{token}="),
        format!("{token}=="),
        format!("{token}A"),
        format!("{token}AAAA"),
        format!("Bearer {token}"),
        format!("{header}.{payload} .{signature}"),
        format!("{header}=.{payload}.{signature}"),
        token.replace('.', ".\n"),
        token.replace('.', "\u{2024}"),
    ] {
        assert!(refusal(&hostile).is_some(), "{hostile:?}");
    }
}

#[test]
fn a_second_spelling_of_the_same_bytes_is_refused() {
    // 64 bytes leave four unused bits in the last character: fifteen other characters would decode alike.
    let (key, _) = &KEYS[0];
    let token = sign_raw(key, &header_of(key).to_string(), PAYLOAD);
    let (body, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let passing: Vec<char> = alphabet.chars().filter(|other| refusal(&format!("{body}{other}")).is_none()).collect();
    assert_eq!(passing, [last.chars().next().unwrap()]);
}

#[test]
fn the_standard_alphabet_is_refused() {
    let (key, _) = &KEYS[2];
    let token = sign_raw(key, &header_of(key).to_string(), PAYLOAD);
    let standard = token.replace('-', "+").replace('_', "/");
    assert_ne!(standard, token, "342 characters without - and _ are not seen in practice");
    assert_eq!(refusal(&standard), Some(JoseError::Malformed));
}

#[test]
fn an_oversized_token_is_refused_before_it_is_decoded() {
    let (key, _) = &KEYS[0];
    let token_of = |bytes: usize| sign_raw(key, &header_of(key).to_string(), &vec![b'x'; bytes]);
    let base = token_of(0).len();
    let fitting = (MAX_TOKEN_BYTES - base) / 4 * 3;
    assert_eq!(refusal(&token_of(fitting)), None);
    assert_eq!(refusal(&token_of(fitting + 3)), Some(JoseError::TooLong));
    assert_eq!(refusal(&"é".repeat(MAX_TOKEN_BYTES)), Some(JoseError::TooLong));
}

#[test]
fn signatures_out_of_range_are_refused() {
    // r = s = 0 passed for every message in CVE-2022-21449.
    let order = {
        let mut order = [0xff; 32];
        order[4..8].fill(0);
        let tail = [0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51];
        order[16..].copy_from_slice(&tail);
        order
    };
    let one = {
        let mut one = [0; 32];
        one[31] = 1;
        one
    };
    let key: &VerifyingKey = &KEYS[1].1;
    for (r, s) in [
        ([0; 32], [0; 32]),
        ([0; 32], one),
        (one, [0; 32]),
        (order, order),
        (order, one),
        (one, order),
        ([0xff; 32], [0xff; 32]),
    ] {
        assert_eq!(key.verify_signature(b"message", &[r, s].concat()), Err(JoseError::Signature));
    }
    for (_, key) in KEYS.iter() {
        for length in [0, 1, 63, 64, 65, 70, 72, 128, 255, 256, 257, 512] {
            assert_eq!(key.verify_signature(b"message", &vec![0; length]), Err(JoseError::Signature), "{length}");
        }
    }
}

#[test]
fn a_signature_in_asn1_is_refused() {
    let key = &KEYS[1].1;
    let mut der = vec![0x30, 6, 2, 1, 1, 2, 1, 1];
    assert_eq!(key.verify_signature(b"message", &der), Err(JoseError::Signature));
    der.resize(64, 0);
    assert_eq!(key.verify_signature(b"message", &der), Err(JoseError::Signature));
}

#[test]
fn an_edwards_signature_with_s_beyond_the_order_is_refused() {
    // s + L satisfies the equation as well as s does (RFC 8032, section 5.1.7, refuses it).
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (key, public) = &KEYS[0];
    let mut signature = key.sign_bytes(b"message").unwrap();
    assert_eq!(public.verify_signature(b"message", &signature), Ok(()));
    let mut carry = 0;
    for (byte, l) in signature[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(l) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert_eq!(public.verify_signature(b"message", &signature), Err(JoseError::Signature));
}
