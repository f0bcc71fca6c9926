//! Is this ID token for us, of now, and of this very sign-in? Pure (OpenID Connect Core 1.0, section 3.1.3.7).

use std::time::Duration;

use jose::{Algorithm, JoseError, VerifyingKey, check_times, token_hash, verify_id_token};
use kernel::Timestamp;
use serde_json::Value;

use super::issuer::IssuerRule;

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a IssuerRule,
    pub(crate) client_id: &'a str,
    /// `None` for a provider that does not echo it.
    pub(crate) nonce: Option<&'a str>,
    /// What came with it: a token that names another one was put together by somebody.
    pub(crate) access_token: Option<&'a str>,
    pub(crate) now: Timestamp,
}

/// A cause for the log; the person learns that the provider's answer was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdTokenFlaw {
    #[error("{0}")]
    Jose(#[from] JoseError),
    #[error("`{0}` is missing or of another type")]
    Claim(&'static str),
    #[error("it is another issuer's")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("it is of another sign-in")]
    Nonce,
    #[error("it was issued in the future")]
    IssuedAhead,
    #[error("it belongs to another access token")]
    AccessToken,
}

/// Clocks of others differ from ours by so much at most.
const LEEWAY: Duration = Duration::from_mins(1);

/// The claims of a token that holds, with the algorithm fixed by the key that `find` answers.
pub(crate) fn verify<K: std::borrow::Borrow<VerifyingKey>>(
    token: &str,
    expected: &Expected<'_>,
    find: impl FnOnce(Option<&str>) -> Option<K>,
) -> Result<Value, IdTokenFlaw> {
    let mut algorithm = None;
    let verified = verify_id_token(token, |kid| {
        let key = find(kid)?;
        algorithm = Some(key.borrow().algorithm());
        Some(key)
    })?;
    let claims: Value = verified.claims()?;
    check(&claims, algorithm.ok_or(JoseError::UnknownKey)?, expected)?;
    Ok(claims)
}

fn check(claims: &Value, algorithm: Algorithm, expected: &Expected<'_>) -> Result<(), IdTokenFlaw> {
    if !expected.issuer.admits(claims) {
        return Err(IdTokenFlaw::Issuer);
    }
    check_audience(claims, expected.client_id)?;
    let issued_at = seconds(claims, "iat")?.ok_or(IdTokenFlaw::Claim("iat"))?;
    let expires_at = seconds(claims, "exp")?.ok_or(IdTokenFlaw::Claim("exp"))?;
    check_times(expires_at, seconds(claims, "nbf")?, expected.now, LEEWAY)?;
    if Timestamp::from_seconds(issued_at) > expected.now + LEEWAY {
        return Err(IdTokenFlaw::IssuedAhead);
    }
    if let Some(nonce) = expected.nonce {
        let found = claims.get("nonce").and_then(Value::as_str).ok_or(IdTokenFlaw::Claim("nonce"))?;
        if !vault::constant_time_eq(found.as_bytes(), nonce.as_bytes()) {
            return Err(IdTokenFlaw::Nonce);
        }
    }
    match (claims.get("at_hash"), expected.access_token) {
        (None, _) => Ok(()),
        (Some(Value::String(hash)), Some(token)) if *hash == token_hash(algorithm, token) => Ok(()),
        (Some(_), _) => Err(IdTokenFlaw::AccessToken),
    }
}

/// `aud` is our client, or a list that holds it; who else is in the list must be accounted for by an `azp` that is ours.
fn check_audience(claims: &Value, client_id: &str) -> Result<(), IdTokenFlaw> {
    let is_ours = |value: &Value| value.as_str() == Some(client_id);
    let authorized = claims.get("azp");
    if authorized.is_some_and(|party| !is_ours(party)) {
        return Err(IdTokenFlaw::Audience);
    }
    match claims.get("aud") {
        Some(audience @ Value::String(_)) if is_ours(audience) => Ok(()),
        Some(Value::Array(audiences)) if audiences.iter().any(is_ours) => {
            let is_alone = audiences.len() == 1;
            if is_alone || authorized.is_some() { Ok(()) } else { Err(IdTokenFlaw::Audience) }
        }
        _ => Err(IdTokenFlaw::Audience),
    }
}

/// A NumericDate in whole seconds; some issuers write a fraction of zero.
fn seconds(claims: &Value, name: &'static str) -> Result<Option<i64>, IdTokenFlaw> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(IdTokenFlaw::Claim(name)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jose::SigningKey;
    use serde_json::json;

    use super::*;

    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::EdDsa).unwrap());
    const NOW: i64 = 1_768_469_400;

    fn claims() -> Value {
        json!({
            "iss": "https://id.example.com", "aud": "client", "sub": "1815", "nonce": "n",
            "iat": NOW, "exp": NOW + 300, "at_hash": token_hash(Algorithm::EdDsa, "access"),
        })
    }

    fn verified(claims: &Value) -> Result<Value, IdTokenFlaw> {
        let issuer = IssuerRule::OneOf(vec!["https://id.example.com".to_owned()]);
        let expected = Expected {
            issuer: &issuer,
            client_id: "client",
            nonce: Some("n"),
            access_token: Some("access"),
            now: Timestamp::from_seconds(NOW),
        };
        verify(&KEY.sign("JWT", claims).unwrap(), &expected, |_| KEY.verifying_key().ok())
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    #[test]
    fn an_honest_token_holds() {
        for claims in [
            claims(),
            with("aud", json!(["client"])),
            with("azp", json!("client")),
            without("at_hash"),
            with("exp", json!(NOW - 59)),
            with("iat", json!(NOW + 60)),
            with("nbf", json!(NOW + 60)),
        ] {
            assert_eq!(verified(&claims), Ok(claims));
        }
        let many = json!({ "aud": ["client", "other"], "azp": "client" });
        let mut claims = claims();
        claims.as_object_mut().unwrap().extend(many.as_object().unwrap().clone());
        assert!(verified(&claims).is_ok());
    }

    #[test]
    fn a_lie_in_each_claim_is_found() {
        let lies = [
            (with("iss", json!("https://evil.example")), IdTokenFlaw::Issuer),
            (without("iss"), IdTokenFlaw::Issuer),
            (with("aud", json!("other")), IdTokenFlaw::Audience),
            (with("aud", json!(["other"])), IdTokenFlaw::Audience),
            (with("aud", json!(["client", "other"])), IdTokenFlaw::Audience),
            (with("aud", json!({ "client": true })), IdTokenFlaw::Audience),
            (with("aud", json!([])), IdTokenFlaw::Audience),
            (without("aud"), IdTokenFlaw::Audience),
            (with("azp", json!("other")), IdTokenFlaw::Audience),
            (with("azp", json!(null)), IdTokenFlaw::Audience),
            (with("exp", json!(NOW - 60)), IdTokenFlaw::Jose(JoseError::Expired)),
            (with("exp", json!("9999999999")), IdTokenFlaw::Claim("exp")),
            (without("exp"), IdTokenFlaw::Claim("exp")),
            (with("iat", json!(NOW + 61)), IdTokenFlaw::IssuedAhead),
            (without("iat"), IdTokenFlaw::Claim("iat")),
            (with("nbf", json!(NOW + 61)), IdTokenFlaw::Jose(JoseError::NotYetValid)),
            (with("nonce", json!("other")), IdTokenFlaw::Nonce),
            (with("nonce", json!(["n"])), IdTokenFlaw::Claim("nonce")),
            (without("nonce"), IdTokenFlaw::Claim("nonce")),
            (with("at_hash", json!("AAAA")), IdTokenFlaw::AccessToken),
            (with("at_hash", json!(null)), IdTokenFlaw::AccessToken),
        ];
        for (claims, flaw) in lies {
            assert_eq!(verified(&claims), Err(flaw), "{claims}");
        }
    }
}
