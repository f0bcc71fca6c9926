//! Wycheproof's vectors of whole signatures and of key sets. No crate carries them: `make test-vectors` fetches them and says where they
//! are; without that the test says that it was skipped.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::{Algorithm, Expected, JwkSet, peek_kid, token::Unproven, verify_with};

const EXPECTED: Expected<'_> =
    Expected { types: &["JWT", "JOSE"], is_typ_required: false, algorithms: &Algorithm::ALL };

#[expect(clippy::disallowed_methods, reason = "nothing is set here: whoever fetched the vectors says where they lie")]
fn folder() -> Option<PathBuf> {
    std::env::var_os("WYCHEPROOF").map(PathBuf::from)
}

/// The keys of a group; the public halves where there are some.
fn keys(group: &Value) -> JwkSet {
    let keys = ["public", "private"].iter().find_map(|half| group.get(*half)).unwrap();
    let set = if keys.get("keys").is_some() { keys.clone() } else { json!({ "keys": [keys] }) };
    serde_json::from_value(set).unwrap()
}

/// What verifies elsewhere does not here where the token, or the key that is meant, is for an algorithm that is not spoken: HMAC, other
/// hashes, other curves.
fn is_spoken(jws: &str, keys: &JwkSet) -> bool {
    let is_ours = |name: &str| name.parse::<Algorithm>().is_ok();
    let named = Unproven::read(jws).ok().and_then(|read| read.header["alg"].as_str().map(is_ours));
    let kid = peek_kid(jws).ok();
    let mut meant = keys.keys.iter().filter(|key| kid.is_none() || key.kid == kid);
    named.unwrap_or(true) && meant.any(|key| key.alg.as_deref().is_some_and(is_ours))
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn whole_signatures_verify_as_the_vectors_say() {
    let Some(folder) = folder() else {
        eprintln!("skipped: the vectors are not there (make test-vectors)");
        return;
    };
    let (mut count, mut other) = (0, Vec::new());
    for name in ["json_web_signature_test", "json_web_key_test", "json_web_crypto_test"] {
        let set = fs::read(folder.join(name).with_extension("json")).unwrap();
        let set: Value = serde_json::from_slice(&set).unwrap();
        for group in set["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                // Encryption is not spoken.
                let Some(jws) = test["jws"].as_str() else { continue };
                count += 1;
                let keys = keys(group);
                let is_valid = verify_with(jws, &EXPECTED, &keys).is_ok();
                let is_said = test["result"] == "valid" && is_spoken(jws, &keys);
                if is_valid != is_said {
                    other.push(format!("{name} {}: {} is {}", test["tcId"], test["comment"], test["result"]));
                }
            }
        }
    }
    assert!(count >= 470, "{count}");
    assert!(other.is_empty(), "of {count}:\n{}", other.join("\n"));
}
