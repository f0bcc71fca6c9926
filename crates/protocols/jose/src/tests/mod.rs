//! The crate through its public door.

mod foreign_sets;
mod foreign_tokens;
mod hostile_keys;
mod hostile_tokens;
mod mutation;
mod round_trip;
mod vectors;
mod wycheproof;
mod wycheproof_jws;

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::{Algorithm, SigningKey, VerifyingKey, base64url};

/// One key of each algorithm; finding an RSA key is slow, so all tests share them.
static KEYS: LazyLock<Vec<(SigningKey, VerifyingKey)>> = LazyLock::new(|| {
    Algorithm::ALL
        .into_iter()
        .map(|algorithm| {
            let key = SigningKey::generate(algorithm).unwrap();
            let public = VerifyingKey::from_jwk(&key.public_jwk()).unwrap();
            (key, public)
        })
        .collect()
});

fn find(kid: &str) -> Option<&'static VerifyingKey> {
    KEYS.iter().find(|(key, _)| key.kid() == kid).map(|(_, public)| public)
}

/// Signs whatever header it is given, so that a refusal is the header's doing and not the signature's.
fn sign_raw(key: &SigningKey, header: &str, payload: &[u8]) -> String {
    let signed = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let signature = key.sign_bytes(signed.as_bytes()).unwrap();
    format!("{signed}.{}", base64url::encode(&signature))
}

fn header_of(key: &SigningKey) -> Value {
    json!({ "alg": key.algorithm(), "kid": key.kid(), "typ": "at+jwt" })
}
