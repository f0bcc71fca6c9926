//! Proof Key for Code Exchange (RFC 7636): who began the flow is who ends it. S256 only: `plain` proves nothing to whoever saw the
//! request (section 7.2).

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{error::OAuthError, metadata::ClientMetadata, names::Profile};

/// The digest of a verifier that only the beginner knows, in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Of the parameters `code_challenge` and `code_challenge_method` (section 4.3). A method left out means `plain` there.
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, OAuthError> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(OAuthError::invalid_request("code_challenge is missing")),
            (Some(challenge), Some("S256")) => match URL_SAFE_NO_PAD.decode(challenge) {
                Ok(bytes) if bytes.len() == 32 => Ok(Some(Self(challenge.to_owned()))),
                _ => Err(OAuthError::invalid_request("code_challenge is not a SHA-256 digest in base64url")),
            },
            (Some(_), _) => Err(OAuthError::invalid_request("code_challenge_method must be S256")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_of(&self, verifier: &str) -> bool {
        let expected = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        self.0.as_bytes().ct_eq(expected.as_bytes()).into()
    }
}

/// Must an authorization request bring a challenge? Public clients always (RFC 9700, section 2.1.1), and whoever is held to FAPI 2.0
/// or the Model Context Protocol; other confidential clients unless their registration lets them off.
pub fn must_have_challenge(client: &ClientMetadata, profile: Profile) -> bool {
    client.is_public() || client.require_pkce || profile != Profile::Standard
}

/// Is the verifier that of the challenge the code was bound to (section 4.6)? One without the other is refused either way, so that
/// nobody can strip the challenge on the way out (RFC 9700, section 4.8.2).
pub fn check_verifier(challenge: Option<&CodeChallenge>, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if is_verifier(verifier) && challenge.is_of(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(OAuthError::invalid_grant("code_verifier is not that of code_challenge")),
        (Some(_), None) => Err(OAuthError::invalid_grant("code_verifier is missing")),
        (None, Some(_)) => Err(OAuthError::invalid_grant("the request had no code_challenge")),
    }
}

/// 43 to 128 unreserved characters (section 4.1).
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::AuthMethod;

    // RFC 7636, appendix B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn only_a_sha_256_digest_with_its_method_is_a_challenge() {
        let plus = CHALLENGE.replace('-', "+");
        let padded = format!("{CHALLENGE}=");
        for (challenge, method, is_good) in [
            (Some(CHALLENGE), Some("S256"), true),
            (Some(CHALLENGE), None, false),
            (Some(CHALLENGE), Some("plain"), false),
            (Some(CHALLENGE), Some("s256"), false),
            (Some(CHALLENGE), Some("S512"), false),
            (None, Some("S256"), false),
            (None, None, true),
            (Some(&CHALLENGE[1..]), Some("S256"), false),
            (Some(&plus), Some("S256"), false),
            (Some(&padded), Some("S256"), false),
            (Some("too short"), Some("S256"), false),
        ] {
            assert_eq!(CodeChallenge::parse(challenge, method).is_ok(), is_good, "{challenge:?} {method:?}");
        }
    }

    #[test]
    fn verifier_and_challenge_come_together() {
        let challenge = CodeChallenge::parse(Some(CHALLENGE), Some("S256")).unwrap();
        let other = VERIFIER.replace('d', "e");
        let long = "a".repeat(129);
        for (challenge, verifier, is_good) in [
            (challenge.as_ref(), Some(VERIFIER), true),
            (None, None, true),
            (challenge.as_ref(), None, false),
            (None, Some(VERIFIER), false),
            (challenge.as_ref(), Some(&other), false),
            (challenge.as_ref(), Some(CHALLENGE), false),
            (challenge.as_ref(), Some(&long), false),
            (challenge.as_ref(), Some(""), false),
        ] {
            assert_eq!(check_verifier(challenge, verifier).is_ok(), is_good, "{verifier:?}");
        }
        for outside in ["a".repeat(42), format!("{} ", "a".repeat(43)), format!("{}+", "a".repeat(43))] {
            let challenge = CodeChallenge(URL_SAFE_NO_PAD.encode(digest(&SHA256, outside.as_bytes())));
            assert!(check_verifier(Some(&challenge), Some(&outside)).is_err(), "{outside}");
        }
    }

    #[test]
    fn only_a_confidential_client_of_no_profile_may_go_without() {
        for (method, require_pkce, profile, must) in [
            (AuthMethod::None, true, Profile::Standard, true),
            (AuthMethod::None, false, Profile::Standard, true),
            (AuthMethod::ClientSecretBasic, true, Profile::Standard, true),
            (AuthMethod::ClientSecretBasic, false, Profile::Standard, false),
            (AuthMethod::PrivateKeyJwt, false, Profile::Fapi2, true),
            (AuthMethod::ClientSecretPost, false, Profile::Mcp, true),
        ] {
            let client =
                ClientMetadata { token_endpoint_auth_method: method, require_pkce, ..ClientMetadata::default() };
            assert_eq!(must_have_challenge(&client, profile), must, "{method} {require_pkce} {profile}");
        }
    }
}
