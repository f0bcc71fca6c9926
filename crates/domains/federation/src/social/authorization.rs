//! The way to the provider and the answer that comes back: parameters in, parameters out. Pure.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

use super::issuer::IssuerRule;

/// What is asked of the provider (RFC 6749, section 4.1.1).
pub(crate) struct AuthorizationRequest<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) callback: &'a str,
    pub(crate) scopes: &'a [String],
    pub(crate) state: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) code_challenge: Option<&'a str>,
    pub(crate) is_form_post: bool,
    pub(crate) extra: &'a [(&'static str, &'static str)],
    pub(crate) login_hint: Option<&'a str>,
}

impl AuthorizationRequest<'_> {
    /// `None` where the endpoint is no URL.
    pub(crate) fn url(&self) -> Option<Url> {
        let mut url = Url::parse(self.endpoint).ok()?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code");
            query.append_pair("client_id", self.client_id);
            query.append_pair("redirect_uri", self.callback);
            query.append_pair("scope", &self.scopes.join(" "));
            query.append_pair("state", self.state);
            if let Some(nonce) = self.nonce {
                query.append_pair("nonce", nonce);
            }
            if let Some(challenge) = self.code_challenge {
                query.append_pair("code_challenge", challenge);
                query.append_pair("code_challenge_method", "S256");
            }
            if self.is_form_post {
                query.append_pair("response_mode", "form_post");
            }
            for (name, value) in self.extra {
                query.append_pair(name, value);
            }
            if let Some(hint) = self.login_hint {
                query.append_pair("login_hint", hint);
            }
        }
        Some(url)
    }
}

/// The `iss` of an authorization response (RFC 9207, section 2.4).
///
/// Present it must be the server that was asked; absent it is fine unless that server's metadata promises it: otherwise an
/// attacker's server could pass off another one's answer as its own (RFC 9700, section 4.4).
pub(crate) fn is_from(issuer: Option<&IssuerRule>, promises_iss: bool, found: Option<&str>) -> bool {
    match (issuer, found) {
        (Some(rule), Some(found)) => rule.answers_as(found),
        (_, None) => !promises_iss,
        // Servers that are no OpenID providers name themselves as they like; each connection has a callback of its own.
        (None, Some(_)) => true,
    }
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
pub fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(vault::digest(verifier.as_bytes()))
}

/// Does a client's text have the form of an S256 challenge?
pub(crate) fn is_code_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Does a client's text have the form of a verifier (RFC 7636, section 4.1)?
pub(crate) fn is_code_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

/// A registered URI with parameters behind those that it has.
pub(crate) fn with_parameters(uri: &str, parameters: &[(&str, Option<&str>)]) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in parameters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_holds_each_parameter_once() {
        let scopes = ["openid".to_owned(), "email".to_owned()];
        let request = AuthorizationRequest {
            endpoint: "https://id.example.com/authorize?realm=a%26b",
            client_id: "cl&ient",
            callback: "https://auth.example.com/v1/auth/social/acme/callback",
            scopes: &scopes,
            state: "s",
            nonce: Some("n"),
            code_challenge: Some("c"),
            is_form_post: true,
            extra: &[("prompt", "select_account")],
            login_hint: None,
        };
        let url = request.url().unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), pairs.len());
        assert!(pairs.contains(&("client_id".to_owned(), "cl&ient".to_owned())));
        assert!(pairs.contains(&("realm".to_owned(), "a&b".to_owned())));
        assert!(pairs.contains(&("code_challenge_method".to_owned(), "S256".to_owned())));
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        // Appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(code_challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_code_verifier(verifier) && is_code_challenge(&code_challenge(verifier)));
        for text in ["", "short", &"a".repeat(44), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"] {
            assert!(!is_code_challenge(text), "{text}");
        }
        for text in ["short", &"a".repeat(129), &"ä".repeat(43)] {
            assert!(!is_code_verifier(text), "{text}");
        }
    }

    #[test]
    fn an_answer_names_the_server_that_was_asked() {
        let rule = IssuerRule::OneOf(vec!["https://id.example.com".to_owned()]);
        assert!(is_from(Some(&rule), true, Some("https://id.example.com")));
        assert!(is_from(Some(&rule), false, None) && is_from(None, false, Some("https://github.com/login/oauth")));
        assert!(!is_from(Some(&rule), true, None) && !is_from(Some(&rule), false, Some("https://evil.example")));
    }

    #[test]
    fn what_goes_back_is_escaped() {
        let back = with_parameters("https://app.example.com/cb?x=1", &[("code", Some("a&b=c#d")), ("state", None)]);
        assert_eq!(back.as_deref(), Some("https://app.example.com/cb?x=1&code=a%26b%3Dc%23d"));
    }
}
