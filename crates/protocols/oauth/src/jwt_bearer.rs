//! A JWT as a grant (RFC 7523, section 2.1): another issuer says for whom a token may be given.

use std::time::Duration;

use jose::{Algorithm, Expected, JwkSet, peek_claims, verify_with};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    error::OAuthError,
    jwt::{Audience, MAX_JTI, Times},
};

/// How far ahead `exp` may be: an assertion is made for one request, and so long is its `jti` kept.
const LIFETIME: Duration = Duration::from_mins(5);

/// An issuer whose word is taken, by configuration and never by what the token says.
#[derive(Clone, Copy, Debug)]
pub struct TrustedIssuer<'a> {
    pub issuer: &'a str,
    pub keys: &'a JwkSet,
    pub algorithms: &'a [Algorithm],
}

/// What the issuer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantAssertion {
    pub subject: String,
    /// Where it is there, it counts once until `exp` (RFC 7523, section 3, number 7).
    pub jti: Option<String>,
    pub exp: Timestamp,
    /// All claims, for what a profile of the grant reads in them.
    pub claims: Map<String, Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: Option<String>,
    #[serde(flatten)]
    times: Times,
}

/// The issuer that an assertion names, so that it can be looked up among those that are trusted.
pub fn peek_issuer(assertion: &str) -> Result<String, OAuthError> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims: Issuer = peek_claims(assertion)
        .map_err(|_| OAuthError::invalid_grant("the assertion is no JWT that names its issuer"))?;
    Ok(claims.iss)
}

/// Verifies a grant assertion; `audiences` are the issuer identifier and the token endpoint. All refusals are `invalid_grant`
/// (RFC 7523, section 3.1).
pub fn verify_grant(
    assertion: &str,
    trusted: &TrustedIssuer<'_>,
    audiences: &[&str],
    now: Timestamp,
) -> Result<GrantAssertion, OAuthError> {
    let refused = |why| OAuthError::invalid_grant(format!("the assertion is refused: {why}"));
    let expected = Expected { types: &["JWT"], is_typ_required: false, algorithms: trusted.algorithms };
    let verified = verify_with(assertion, &expected, trusted.keys)
        .map_err(|_| refused("its signature, type or algorithm does not hold"))?;
    let claims: Claims = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    if claims.iss != trusted.issuer {
        return Err(refused("iss is another issuer"));
    }
    if !claims.aud.only().is_some_and(|only| audiences.contains(&only)) {
        return Err(refused("aud is not this issuer alone"));
    }
    if claims.sub.is_empty() || claims.jti.as_ref().is_some_and(|jti| jti.len() > MAX_JTI) {
        return Err(refused("sub is empty or jti too long"));
    }
    let exp = claims.times.check(LIFETIME, now).map_err(refused)?;
    let all = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    Ok(GrantAssertion { subject: claims.sub, jti: claims.jti, exp, claims: all })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, NOW_SECONDS, changed, key, keys};

    #[test]
    fn a_trusted_issuer_speaks_of_a_subject_to_this_server() {
        let claims =
            json!({ "iss": "https://idp.test", "sub": "u", "aud": "https://as.test", "exp": NOW_SECONDS + 60 });
        let keys = keys();
        let trusted = TrustedIssuer { issuer: "https://idp.test", keys: &keys, algorithms: &[Algorithm::Es256] };
        for (changes, is_good) in [
            (json!({}), true),
            (json!({ "jti": "1", "scope": "a" }), true),
            (json!({ "aud": ["https://as.test"] }), true),
            (json!({ "aud": ["https://as.test", "https://b.test"] }), false),
            (json!({ "iss": "https://other.test" }), false),
            (json!({ "sub": null }), false),
            (json!({ "sub": "" }), false),
            (json!({ "exp": null }), false),
            (json!({ "exp": NOW_SECONDS - 60 }), false),
            (json!({ "exp": NOW_SECONDS + 300 }), true),
            (json!({ "exp": NOW_SECONDS + 3_600 }), false),
            (json!({ "nbf": NOW_SECONDS + 60 }), false),
        ] {
            let token = key().sign("JWT", &changed(&claims, &changes)).unwrap();
            let verdict = verify_grant(&token, &trusted, &["https://as.test"], NOW);
            assert_eq!(verdict.is_ok(), is_good, "{changes}");
            let other = TrustedIssuer { algorithms: &[Algorithm::EdDsa], ..trusted };
            assert!(verify_grant(&token, &other, &["https://as.test"], NOW).is_err());
        }
        let token = key().sign("JWT", &claims).unwrap();
        assert_eq!(peek_issuer(&token).unwrap(), "https://idp.test");
        let access_token = key().sign("at+jwt", &claims).unwrap();
        assert!(verify_grant(&access_token, &trusted, &["https://as.test"], NOW).is_err());
    }
}
