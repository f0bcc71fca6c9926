//! What an authorization code is bound to, and who may redeem it (RFC 6749, section 4.1.3; RFC 9700, section 4.5). That it is redeemed
//! once is for the store to say: no check beforehand can.

use std::time::Duration;

use kernel::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    error::OAuthError,
    names::Profile,
    pkce::{CodeChallenge, check_verifier},
};

/// The longest that a code is good under FAPI 2.0 (Security Profile, section 5.3.2.1).
const FAPI_LIFETIME: Duration = Duration::from_mins(1);

/// How long a code is good where the application would have it good for so long.
pub fn code_lifetime(wanted: Duration, profile: Profile) -> Duration {
    match profile {
        Profile::Fapi2 => wanted.min(FAPI_LIFETIME),
        Profile::Standard | Profile::Mcp => wanted,
    }
}

/// Fixed when the code is made, kept beside its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBinding {
    pub tenant_id: TenantId,
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Did the authorization request name it? Then the token request has to, too.
    pub is_redirect_uri_named: bool,
    pub code_challenge: Option<CodeChallenge>,
    /// RFC 9449, section 10.
    pub dpop_jkt: Option<String>,
    pub expires_at: Timestamp,
}

/// What came with the code: the client as it authenticated, the key as its proof shows.
#[derive(Clone, Copy, Debug)]
pub struct PresentedCode<'a> {
    pub tenant_id: TenantId,
    pub client_id: &'a str,
    pub redirect_uri: Option<&'a str>,
    pub code_verifier: Option<&'a str>,
    pub dpop_jkt: Option<&'a str>,
}

impl CodeBinding {
    /// Every binding in turn; each that fails is `invalid_grant` (RFC 6749, section 5.2).
    pub fn check(&self, presented: &PresentedCode<'_>, now: Timestamp) -> Result<(), OAuthError> {
        if presented.tenant_id != self.tenant_id || presented.client_id != self.client_id {
            return Err(OAuthError::invalid_grant("the code was issued to another client"));
        }
        if now >= self.expires_at {
            return Err(OAuthError::invalid_grant("the code has expired"));
        }
        let is_same = match presented.redirect_uri {
            Some(presented) => presented == self.redirect_uri,
            None => !self.is_redirect_uri_named,
        };
        if !is_same {
            return Err(OAuthError::invalid_grant("redirect_uri is not that of the authorization request"));
        }
        check_verifier(self.code_challenge.as_ref(), presented.code_verifier)?;
        if self.dpop_jkt.is_some() && presented.dpop_jkt != self.dpop_jkt.as_deref() {
            return Err(OAuthError::invalid_grant("the code is bound to another DPoP key"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;
    use crate::{error::OAuthCode, request::tests::example};

    const TENANT: TenantId = Id::from_u128(1);
    const NOW: Timestamp = Timestamp::from_seconds(1_000);
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn binding() -> CodeBinding {
        let request = example();
        CodeBinding {
            tenant_id: TENANT,
            client_id: request.client_id,
            redirect_uri: request.redirect_uri,
            is_redirect_uri_named: request.is_redirect_uri_named,
            code_challenge: request.code_challenge,
            dpop_jkt: Some("key".into()),
            expires_at: NOW + Duration::from_mins(1),
        }
    }

    fn right() -> PresentedCode<'static> {
        PresentedCode {
            tenant_id: TENANT,
            client_id: "app",
            redirect_uri: Some("https://app.example/cb"),
            code_verifier: Some(VERIFIER),
            dpop_jkt: Some("key"),
        }
    }

    #[test]
    fn each_binding_that_is_wrong_is_an_invalid_grant() {
        assert_eq!(binding().check(&right(), NOW), Ok(()));
        for wrong in [
            PresentedCode { tenant_id: Id::from_u128(2), ..right() },
            PresentedCode { client_id: "other", ..right() },
            PresentedCode { client_id: "", ..right() },
            PresentedCode { redirect_uri: None, ..right() },
            PresentedCode { redirect_uri: Some("https://app.example/cb/"), ..right() },
            PresentedCode { redirect_uri: Some("https://APP.example/cb"), ..right() },
            PresentedCode { code_verifier: None, ..right() },
            PresentedCode { code_verifier: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ..right() },
            PresentedCode { dpop_jkt: None, ..right() },
            PresentedCode { dpop_jkt: Some("other"), ..right() },
        ] {
            assert_eq!(binding().check(&wrong, NOW).unwrap_err().code, OAuthCode::InvalidGrant, "{wrong:?}");
        }
    }

    #[test]
    fn what_was_not_bound_is_not_asked_but_for_the_verifier() {
        let bare = CodeBinding { is_redirect_uri_named: false, code_challenge: None, dpop_jkt: None, ..binding() };
        let plain = PresentedCode { redirect_uri: None, code_verifier: None, dpop_jkt: None, ..right() };
        assert_eq!(bare.check(&plain, NOW), Ok(()));
        // A proof at the token endpoint binds the tokens, not the code (RFC 9449, section 5).
        assert_eq!(bare.check(&PresentedCode { dpop_jkt: Some("key"), ..plain }, NOW), Ok(()));
        assert!(bare.check(&PresentedCode { code_verifier: Some(VERIFIER), ..plain }, NOW).is_err());
        assert_eq!(bare.check(&PresentedCode { redirect_uri: Some("https://app.example/cb"), ..plain }, NOW), Ok(()));
        assert!(bare.check(&PresentedCode { redirect_uri: Some("https://app.example/other"), ..plain }, NOW).is_err());
    }

    #[test]
    fn a_code_lives_until_it_ends_and_under_fapi_a_minute_at_most() {
        assert_eq!(binding().check(&right(), NOW + Duration::from_secs(59)), Ok(()));
        assert!(binding().check(&right(), NOW + Duration::from_mins(1)).is_err());
        let [short, long] = [10, 600].map(Duration::from_secs);
        for (profile, wanted, expected) in [
            (Profile::Standard, long, long),
            (Profile::Mcp, long, long),
            (Profile::Fapi2, long, FAPI_LIFETIME),
            (Profile::Fapi2, short, short),
        ] {
            assert_eq!(code_lifetime(wanted, profile), expected, "{profile}");
        }
    }
}
