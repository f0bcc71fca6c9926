//! Keys and tokens for the tests of this crate.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, JwkSet, SigningKey};
use kernel::Timestamp;
use serde_json::Value;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Es256).unwrap());

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub(crate) const NOW_SECONDS: i64 = 1_800_000_000;

pub(crate) fn key() -> &'static SigningKey {
    &KEY
}

pub(crate) fn keys() -> JwkSet {
    JwkSet { keys: vec![KEY.public_jwk()] }
}

/// Signs whatever header it is given.
pub(crate) fn sign_raw(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign_bytes(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims with some of them replaced, or taken away where the change is `null`.
pub(crate) fn changed(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}
