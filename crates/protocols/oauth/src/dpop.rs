//! DPoP proofs (RFC 9449): the sender of this request holds this key, now.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, Expected, verify_possession};
use kernel::Timestamp;
use serde::Deserialize;

use crate::{
    error::{OAuthCode, OAuthError},
    http_uri::is_same_target,
    jwt::{checked_jti, seconds},
};

/// What proofs are signed with; published as `dpop_signing_alg_values_supported`.
pub const DPOP_ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256];
/// How old a proof may be, unless the server says otherwise.
pub const DPOP_MAX_AGE: Duration = Duration::from_mins(5);
/// How far ahead its maker's clock may be (FAPI 2.0 Security Profile, section 5.3.2.1, number 13).
const AHEAD: Duration = Duration::from_mins(1);

/// The request that a proof must be for.
#[derive(Clone, Copy, Debug)]
pub struct DpopRules<'a> {
    pub method: &'a str,
    /// As the client may have addressed it, from configuration and not from a `Host` header: the same endpoint can have a second
    /// address for clients with certificates (RFC 8705, section 5).
    pub urls: &'a [String],
    /// Where the request brings one: the proof must name it (section 4.3, number 12).
    pub access_token: Option<&'a str>,
    pub max_age: Duration,
}

/// A proof that held. The pair of key and `jti` counts once until `remember_until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DpopProof {
    /// The thumbprint of the key (RFC 7638). It says what the sender holds, not who that is.
    pub jkt: String,
    pub jti: String,
    pub iat: Timestamp,
    /// For [`check_nonce`].
    pub nonce: Option<String>,
    pub remember_until: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    jti: Option<String>,
    htm: String,
    htu: String,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<i64>,
    ath: Option<String>,
    nonce: Option<String>,
}

/// The one value of the `DPoP` header field (section 4.3, number 1).
pub fn one_proof<'a>(mut values: impl Iterator<Item = &'a str>) -> Result<Option<&'a str>, OAuthError> {
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(refused("there is more than one")),
        (first, None) => Ok(first),
    }
}

/// Everything of section 4.3 but the nonce and that it was not seen before.
pub fn verify_proof(proof: &str, rules: &DpopRules<'_>, now: Timestamp) -> Result<DpopProof, OAuthError> {
    let expected = Expected { types: &["dpop+jwt"], is_typ_required: true, algorithms: &DPOP_ALGORITHMS };
    let (key, verified) = verify_possession(proof, &expected)
        .map_err(|_| refused("its signature, type, algorithm or key does not hold"))?;
    let claims: Claims = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    if claims.htm != rules.method {
        return Err(refused("htm is another method"));
    }
    if !rules.urls.iter().any(|url| is_same_target(&claims.htu, url)) {
        return Err(refused("htu is another address"));
    }
    let iat = Timestamp::from_seconds(claims.iat.ok_or_else(|| refused("iat is missing"))?);
    if iat + rules.max_age < now || iat > now + AHEAD {
        return Err(refused("iat is not now"));
    }
    if rules.access_token.is_some_and(|token| claims.ath != Some(access_token_hash(token))) {
        return Err(refused("ath is not that of the access token"));
    }
    let jti = checked_jti(claims.jti).map_err(refused)?;
    let jkt = key.thumbprint().ok_or_else(|| refused("its key has no thumbprint"))?;
    Ok(DpopProof { jkt, jti, iat, nonce: claims.nonce, remember_until: iat + rules.max_age })
}

/// `ath` (section 4.2).
pub fn access_token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// `use_dpop_nonce` where one is needed, or where the one that came is not (or no longer) the server's (sections 8 and 9). The
/// reply brings a new one in `DPoP-Nonce`.
pub fn check_nonce(
    nonce: Option<&str>,
    is_required: bool,
    is_ours: impl FnOnce(&str) -> bool,
) -> Result<(), OAuthError> {
    if nonce.map_or(!is_required, is_ours) {
        Ok(())
    } else {
        Err(OAuthError::new(OAuthCode::UseDpopNonce, "the DPoP proof needs the nonce of this reply"))
    }
}

fn refused(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidDpopProof, format!("the DPoP proof is refused: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{NOW, NOW_SECONDS, changed, key, sign_raw};

    fn header() -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key().public_jwk() })
    }

    fn verify(header: &Value, changes: &Value, access_token: Option<&str>) -> Result<DpopProof, OAuthCode> {
        let claims = json!({
            "jti": "1", "htm": "POST", "htu": "https://as.test/token", "iat": NOW_SECONDS, "ath": access_token_hash("t"),
        });
        let proof = sign_raw(key(), header, &changed(&claims, changes));
        let urls = ["https://as.test/token", "https://mtls.as.test/token"].map(str::to_owned);
        let rules = DpopRules { method: "POST", urls: &urls, access_token, max_age: DPOP_MAX_AGE };
        verify_proof(&proof, &rules, NOW).map_err(|error| error.code)
    }

    #[test]
    fn a_proof_is_for_one_request_and_token_now() {
        for (changes, is_good) in [
            (json!({}), true),
            (json!({ "htu": "https://as.test/token?a=b#c" }), true),
            (json!({ "htu": "HTTPS://AS.test:443/token" }), true),
            (json!({ "htu": "https://mtls.as.test/token" }), true),
            (json!({ "htu": "https://as.test/tokens" }), false),
            (json!({ "htu": "https://other.as.test/token" }), false),
            (json!({ "htu": "http://as.test/token" }), false),
            (json!({ "htu": null }), false),
            (json!({ "htm": "GET" }), false),
            (json!({ "htm": "post" }), false),
            (json!({ "htm": null }), false),
            (json!({ "jti": null }), false),
            (json!({ "jti": "" }), false),
            (json!({ "iat": null }), false),
            (json!({ "iat": NOW_SECONDS - 300 }), true),
            (json!({ "iat": NOW_SECONDS - 301 }), false),
            (json!({ "iat": NOW_SECONDS + 60 }), true),
            (json!({ "iat": NOW_SECONDS + 61 }), false),
            (json!({ "iat": i64::MAX }), false),
            (json!({ "ath": "x" }), false),
            (json!({ "ath": null }), false),
        ] {
            assert_eq!(verify(&header(), &changes, Some("t")).is_ok(), is_good, "{changes}");
        }
        assert!(verify(&header(), &json!({ "ath": null }), None).is_ok());
        let proof = verify(&header(), &json!({ "nonce": "n" }), None).unwrap();
        assert_eq!(Some(proof.jkt), key().public_jwk().thumbprint());
        assert_eq!(proof.nonce.as_deref(), Some("n"));
    }

    #[test]
    fn its_key_is_public_asymmetric_and_its_own() {
        let mut private = serde_json::to_value(key().public_jwk()).unwrap();
        private["d"] = json!("AA");
        for changes in [
            json!({ "typ": null }),
            json!({ "typ": "JWT" }),
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "RS256" }),
            json!({ "jwk": null }),
            json!({ "jwk": private }),
            json!({ "jwk": { "kty": "oct", "k": "AA" } }),
            json!({ "jwk": jose::SigningKey::generate(Algorithm::Es256).unwrap().public_jwk() }),
        ] {
            let verdict = verify(&changed(&header(), &changes), &json!({}), None);
            assert_eq!(verdict, Err(OAuthCode::InvalidDpopProof), "{changes}");
        }
    }

    #[test]
    fn there_is_one_proof_and_its_nonce_is_ours() {
        assert_eq!(one_proof([].into_iter()), Ok(None));
        assert_eq!(one_proof(["a"].into_iter()), Ok(Some("a")));
        assert!(one_proof(["a", "b"].into_iter()).is_err());
        for (nonce, is_required, is_good) in [
            (None, false, true),
            (None, true, false),
            (Some("ours"), true, true),
            (Some("ours"), false, true),
            (Some("old"), true, false),
            (Some("old"), false, false),
        ] {
            assert_eq!(check_nonce(nonce, is_required, |nonce| nonce == "ours").is_ok(), is_good, "{nonce:?}");
        }
    }
}
