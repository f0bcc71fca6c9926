//! A JWT by which a client proves itself (RFC 7523, section 3; OpenID Connect Core 1.0, section 9; FAPI 2.0 Security Profile,
//! section 5.3.2.1).

use std::time::Duration;

use jose::{Algorithm, Expected, JwkSet, verify_with};
use kernel::Timestamp;
use serde::Deserialize;

use crate::{
    algorithms::narrowed,
    error::OAuthError,
    jwt::{Audience, Times, checked_jti},
    names::Profile,
};

/// How far ahead `exp` may be: so long is `jti` kept.
const LIFETIME: Duration = Duration::from_hours(1);
const FAPI2_LIFETIME: Duration = Duration::from_mins(10);

/// Whom the assertion must come from and be meant for.
#[derive(Clone, Copy, Debug)]
pub struct AssertionRules<'a> {
    pub client_id: &'a str,
    /// The client's own, registered or fetched from its `jwks_uri`.
    pub keys: &'a JwkSet,
    /// `token_endpoint_auth_signing_alg`.
    pub algorithm: Option<Algorithm>,
    pub profile: Profile,
    /// The issuer identifier (RFC 8414), the one audience that FAPI 2.0 knows.
    pub issuer: &'a str,
    /// Addresses that older clients name instead: of the token endpoint (RFC 7523, section 3) and of the endpoint at hand
    /// (RFC 9126, section 2).
    pub endpoints: &'a [&'a str],
}

/// What is left to remember: the pair of client and `jti` counts once until `exp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    pub jti: String,
    pub exp: Timestamp,
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

/// All refusals are `invalid_client` (RFC 7521, section 4.2.1).
pub fn verify_assertion(assertion: &str, rules: &AssertionRules<'_>, now: Timestamp) -> Result<Assertion, OAuthError> {
    let refused = |why| OAuthError::invalid_client(format!("the client assertion is refused: {why}"));
    let expected = Expected {
        types: &["JWT", "client-authentication+jwt"],
        is_typ_required: false,
        algorithms: &narrowed(rules.algorithm, rules.profile),
    };
    let verified = verify_with(assertion, &expected, rules.keys)
        .map_err(|_| refused("its signature, type or algorithm does not hold"))?;
    let claims: Claims = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    if claims.iss != rules.client_id || claims.sub != rules.client_id {
        return Err(refused("iss and sub are not the client"));
    }
    if !is_for(&claims.aud, rules) {
        return Err(refused("aud is not this issuer alone"));
    }
    let most = if rules.profile == Profile::Fapi2 { FAPI2_LIFETIME } else { LIFETIME };
    let exp = claims.times.check(most, now).map_err(refused)?;
    Ok(Assertion { jti: checked_jti(claims.jti).map_err(refused)?, exp })
}

/// One audience and no other: an assertion that several servers accept can be passed on from one to the next.
fn is_for(audience: &Audience, rules: &AssertionRules<'_>) -> bool {
    if rules.profile == Profile::Fapi2 {
        return matches!(audience, Audience::One(one) if one == rules.issuer);
    }
    audience.only().is_some_and(|only| only == rules.issuer || rules.endpoints.contains(&only))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{NOW, NOW_SECONDS, changed, key, keys, sign_raw};

    fn verdict(header: &Value, changes: &Value, profile: Profile, algorithm: Option<Algorithm>) -> bool {
        let claims = json!({ "iss": "a", "sub": "a", "aud": "https://as.test", "jti": "1", "exp": NOW_SECONDS + 60 });
        let token = sign_raw(key(), header, &changed(&claims, changes));
        let keys = keys();
        let rules = AssertionRules {
            client_id: "a",
            keys: &keys,
            algorithm,
            profile,
            issuer: "https://as.test",
            endpoints: &["https://as.test/token", "https://as.test/par"],
        };
        verify_assertion(&token, &rules, NOW).is_ok()
    }

    #[test]
    fn claims_are_of_the_client_for_this_issuer_now() {
        let cases = [
            // changes, standard, fapi2
            (json!({}), true, true),
            (json!({ "iss": "b" }), false, false),
            (json!({ "sub": "b" }), false, false),
            (json!({ "iss": null }), false, false),
            (json!({ "aud": null }), false, false),
            (json!({ "aud": ["https://as.test"] }), true, false),
            (json!({ "aud": "https://as.test/token" }), true, false),
            (json!({ "aud": ["https://as.test/par"] }), true, false),
            (json!({ "aud": ["https://as.test", "https://as.test/token"] }), false, false),
            (json!({ "aud": ["https://as.test", "https://other.test"] }), false, false),
            (json!({ "aud": "https://as.test/" }), false, false),
            (json!({ "aud": [] }), false, false),
            (json!({ "jti": null }), false, false),
            (json!({ "jti": "" }), false, false),
            (json!({ "jti": "x".repeat(513) }), false, false),
            (json!({ "jti": 5 }), false, false),
            (json!({ "exp": null }), false, false),
            (json!({ "exp": NOW_SECONDS - 300 }), false, false),
            (json!({ "exp": NOW_SECONDS + 1_800 }), true, false),
            (json!({ "exp": NOW_SECONDS + 7_200 }), false, false),
            (json!({ "iat": NOW_SECONDS + 8 }), true, true),
            (json!({ "nbf": NOW_SECONDS + 8 }), true, true),
            (json!({ "nbf": NOW_SECONDS + 61 }), false, false),
            (json!({ "iat": NOW_SECONDS + 61 }), false, false),
        ];
        for (changes, standard, fapi2) in cases {
            let header = json!({ "alg": "ES256", "kid": key().kid() });
            assert_eq!(verdict(&header, &changes, Profile::Standard, None), standard, "{changes}");
            assert_eq!(verdict(&header, &changes, Profile::Fapi2, None), fapi2, "{changes} under FAPI 2.0");
        }
    }

    #[test]
    fn header_and_algorithm_are_those_that_are_allowed() {
        let none = json!({});
        for typ in ["JWT", "jwt", "client-authentication+jwt"] {
            assert!(verdict(&json!({ "alg": "ES256", "typ": typ }), &none, Profile::Fapi2, None), "{typ}");
        }
        for typ in ["at+jwt", "oauth-authz-req+jwt", "dpop+jwt", "logout+jwt"] {
            assert!(!verdict(&json!({ "alg": "ES256", "typ": typ }), &none, Profile::Fapi2, None), "{typ}");
        }
        let header = json!({ "alg": "ES256" });
        assert!(verdict(&header, &none, Profile::Fapi2, Some(Algorithm::Es256)));
        assert!(!verdict(&header, &none, Profile::Fapi2, Some(Algorithm::Ps256)));
        assert!(narrowed(Some(Algorithm::Rs256), Profile::Fapi2).is_empty());
        assert_eq!(narrowed(Some(Algorithm::Rs256), Profile::Standard), [Algorithm::Rs256]);
    }
}
