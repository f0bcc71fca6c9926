//! Which of an issuer's keys a token is signed with. Pure.

use jose::{Jwk, JwkSet, VerifyingKey};

/// The key of this name; without a name the only signing key there is (OpenID Connect Core 1.0, section 10.1).
pub(crate) fn find(set: &JwkSet, kid: Option<&str>) -> Option<VerifyingKey> {
    if let Some(kid) = kid {
        return set.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).find_map(verifying);
    }
    let mut usable = set.keys.iter().filter_map(verifying);
    let only = usable.next()?;
    usable.next().is_none().then_some(only)
}

/// The algorithm is the key's own word; where it has none, what its type is used with. A token's header never decides.
fn verifying(key: &Jwk) -> Option<VerifyingKey> {
    let fixed = match (&key.alg, key.kty.as_str()) {
        (Some(_), _) => return VerifyingKey::from_jwk(key).ok(),
        (None, "RSA") => "RS256",
        (None, "EC") => "ES256",
        (None, "OKP") => "EdDSA",
        (None, _) => return None,
    };
    VerifyingKey::from_jwk(&Jwk { alg: Some(fixed.to_owned()), ..key.clone() }).ok()
}

#[cfg(test)]
mod tests {
    use jose::{Algorithm, SigningKey};

    use super::*;

    fn key(algorithm: Algorithm, kid: &str) -> Jwk {
        SigningKey::generate(algorithm).unwrap().with_kid(kid).public_jwk()
    }

    #[test]
    fn a_key_is_found_by_its_name_or_by_being_alone() {
        let (one, two) = (key(Algorithm::EdDsa, "one"), key(Algorithm::Es256, "two"));
        let both = JwkSet { keys: vec![one.clone(), two] };
        assert_eq!(find(&both, Some("two")).unwrap().algorithm(), Algorithm::Es256);
        assert!(find(&both, Some("three")).is_none() && find(&both, None).is_none());
        assert!(find(&JwkSet { keys: vec![one] }, None).is_some());
    }

    #[test]
    fn a_key_without_an_algorithm_has_that_of_its_type() {
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
            let bare = Jwk { alg: None, ..key(algorithm, "k") };
            assert_eq!(find(&JwkSet { keys: vec![bare] }, Some("k")).unwrap().algorithm(), algorithm);
        }
    }

    #[test]
    fn keys_that_could_not_verify_are_passed_over() {
        let honest = key(Algorithm::EdDsa, "k");
        let shared = Jwk { kty: "oct".into(), alg: Some("HS256".into()), kid: Some("k".into()), ..Jwk::default() };
        let bare = Jwk { kty: "oct".into(), kid: Some("k".into()), ..Jwk::default() };
        let none = Jwk { alg: Some("none".into()), ..honest.clone() };
        let encrypting = Jwk { use_: Some("enc".into()), ..honest.clone() };
        let set = JwkSet { keys: vec![shared.clone(), bare, none, encrypting, honest] };
        assert!(find(&set, Some("k")).is_some());
        assert!(find(&JwkSet { keys: vec![shared] }, Some("k")).is_none());
    }
}
