//! An access token as a request brings it, and whether its sender is the one it is bound to.

use edge::{Context, Failure};
use http::{
    HeaderValue,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};
use kernel::{Refusal, Timestamp};
use oauth::{Challenge, ChallengeScheme, Confirmation, DPOP_MAX_AGE, DpopProof, DpopRules, OAuthCode, OAuthError};

use crate::error::refusal;

const MISSING: &str = "there is no access token";

/// What came with the token.
pub(crate) struct Shown<'a> {
    pub(crate) token: &'a str,
    /// By the scheme `DPoP`, and not `Bearer` or in the body.
    pub(crate) is_dpop: bool,
    pub(crate) proof: Option<&'a str>,
    pub(crate) thumbprint: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) urls: &'a [String],
}

/// The proof, where there is one, which still has to be seen for the first time. A token that is bound to a key is worth nothing as a
/// bearer token, and one that is not is none of the scheme `DPoP` (RFC 9449, section 7.1).
pub(crate) fn check_sender(
    bound: &Confirmation,
    shown: &Shown<'_>,
    now: Timestamp,
) -> Result<Option<DpopProof>, OAuthError> {
    let wrong = |why| Err(OAuthError::new(OAuthCode::InvalidToken, why));
    let proof = match (shown.is_dpop, shown.proof) {
        (true, Some(proof)) => {
            let rules = DpopRules {
                method: shown.method,
                urls: shown.urls,
                access_token: Some(shown.token),
                max_age: DPOP_MAX_AGE,
            };
            Some(oauth::verify_proof(proof, &rules, now)?)
        }
        (true, None) => {
            return Err(OAuthError::new(OAuthCode::InvalidDpopProof, "the scheme DPoP needs a proof"));
        }
        (false, _) => None,
    };
    if shown.is_dpop != bound.jkt.is_some() {
        return wrong("the token is bound to a key, and to be sent by the scheme DPoP; or it is not");
    }
    let sender = Confirmation {
        jkt: proof.as_ref().map(|proof| proof.jkt.clone()),
        x5t_s256: shown.thumbprint.map(str::to_owned),
    };
    if bound.is_shown_by(&sender) { Ok(proof) } else { wrong("the token is bound to another key") }
}

/// A token, and by which scheme it came.
pub(crate) struct Sent {
    pub(crate) token: String,
    pub(crate) is_dpop: bool,
}

/// The one token of a request: in the header, or in the body of a form (RFC 6750, section 2); never in an address, which ends up in
/// logs.
pub(crate) fn sent(cx: &Context, body: Option<&str>) -> Result<Sent, OAuthError> {
    let mut headers = cx.header_values(AUTHORIZATION);
    let header = headers.next();
    if headers.next().is_some() || (header.is_some() && body.is_some()) {
        return Err(OAuthError::invalid_request("the token stands in more than one place"));
    }
    if let Some(token) = body {
        return Ok(Sent { token: token.to_owned(), is_dpop: false });
    }
    let missing = || OAuthError::new(OAuthCode::InvalidToken, MISSING);
    let (scheme, token) = header.and_then(|header| header.split_once(' ')).ok_or_else(missing)?;
    let is_dpop = scheme.eq_ignore_ascii_case("dpop");
    if !is_dpop && !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    Ok(Sent { token: token.trim().to_owned(), is_dpop })
}

/// The refusal with its challenge in the scheme that was used, or in both where none was (RFC 6750, section 3; RFC 9449, section 7.1).
pub(crate) fn challenged(cx: &Context, error: OAuthError, scope: Option<&str>) -> Failure {
    let header = cx.header(AUTHORIZATION).unwrap_or_default();
    let is_dpop = header.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("dpop "));
    let resource = format!("{}/.well-known/oauth-protected-resource", cx.tenant().issuer);
    let schemes: &[ChallengeScheme] = match (header.is_empty(), is_dpop) {
        (true, _) => &[ChallengeScheme::Bearer, ChallengeScheme::Dpop],
        (false, true) => &[ChallengeScheme::Dpop],
        (false, false) => &[ChallengeScheme::Bearer],
    };
    // A request without a token has done nothing wrong yet (RFC 6750, section 3.1).
    let is_bare = header.is_empty() && error.description == MISSING;
    let challenge =
        |scheme: &ChallengeScheme| Challenge { scope, resource_metadata: Some(&resource), ..Challenge::new(*scheme) };
    let lines: Vec<HeaderValue> = schemes
        .iter()
        .map(challenge)
        .map(|bare| if is_bare { bare.to_header() } else { bare.with_error(&error).to_header() })
        .filter_map(|line| HeaderValue::from_str(&line).ok())
        .collect();
    let status = Challenge::new(ChallengeScheme::Bearer).with_error(&error).status();
    let refusal = Refusal { status: Some(status), ..refusal(error) };
    lines.into_iter().fold(refusal.into(), |failure: Failure, line| failure.header(WWW_AUTHENTICATE, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_token_is_no_bearer_token_and_a_bearer_token_no_bound_one() {
        let shown =
            |is_dpop, thumbprint| Shown { token: "t", is_dpop, proof: None, thumbprint, method: "GET", urls: &[] };
        let now = Timestamp::from_seconds(0);
        let code =
            |bound: &Confirmation, shown: &Shown<'_>| check_sender(bound, shown, now).map_err(|error| error.code);
        assert_eq!(code(&Confirmation::default(), &shown(false, None)), Ok(None));
        assert_eq!(code(&Confirmation::default(), &shown(true, None)), Err(OAuthCode::InvalidDpopProof));
        assert_eq!(code(&Confirmation::key("k"), &shown(false, None)), Err(OAuthCode::InvalidToken));
        assert_eq!(code(&Confirmation::certificate("c"), &shown(false, None)), Err(OAuthCode::InvalidToken));
        assert_eq!(code(&Confirmation::certificate("c"), &shown(false, Some("d"))), Err(OAuthCode::InvalidToken));
        assert_eq!(code(&Confirmation::certificate("c"), &shown(false, Some("c"))), Ok(None));
    }
}
