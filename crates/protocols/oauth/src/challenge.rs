//! The challenge of a 401 or 403 (RFC 6750, section 3; RFC 9449, section 7.1; RFC 9470, section 3; RFC 9728, section 5.1).

use std::fmt::Write;

use crate::{
    dpop::DPOP_ALGORITHMS,
    error::{OAuthCode, OAuthError},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeScheme {
    Basic,
    Bearer,
    Dpop,
}

/// One `WWW-Authenticate` value. Without `error` it says how to come, and not what was wrong (RFC 6750, section 3.1).
#[derive(Clone, Copy, Debug)]
pub struct Challenge<'a> {
    pub scheme: ChallengeScheme,
    pub error: Option<&'a OAuthError>,
    /// What would have been enough.
    pub scope: Option<&'a str>,
    pub acr_values: Option<&'a str>,
    pub max_age: Option<u32>,
    /// The address of the resource's document.
    pub resource_metadata: Option<&'a str>,
}

impl<'a> Challenge<'a> {
    pub const fn new(scheme: ChallengeScheme) -> Self {
        Self { scheme, error: None, scope: None, acr_values: None, max_age: None, resource_metadata: None }
    }

    #[must_use]
    pub const fn with_error(mut self, error: &'a OAuthError) -> Self {
        self.error = Some(error);
        self
    }

    /// The value of the header field, in one line of visible ASCII.
    pub fn to_header(&self) -> String {
        let algorithms = DPOP_ALGORITHMS.map(jose::Algorithm::as_str).join(" ");
        let max_age = self.max_age.map(|seconds| seconds.to_string());
        let (scheme, realm, algorithms) = match self.scheme {
            ChallengeScheme::Basic => ("Basic", Some("oauth2"), None),
            ChallengeScheme::Bearer => ("Bearer", None, None),
            ChallengeScheme::Dpop => ("DPoP", None, Some(algorithms.as_str())),
        };
        let parameters = [
            ("realm", realm),
            ("error", self.error.map(|error| error.code.as_str())),
            ("error_description", self.error.map(|error| error.description.as_ref())),
            ("scope", self.scope),
            ("acr_values", self.acr_values),
            ("max_age", max_age.as_deref()),
            ("resource_metadata", self.resource_metadata),
            ("algs", algorithms),
        ];
        let mut header = scheme.to_owned();
        let given = parameters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (index, (name, value)) in given.enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let value: String = value.chars().map(quotable).collect();
            // Writing to a text does not fail.
            let _ = write!(header, "{comma} {name}=\"{value}\"");
        }
        header
    }

    /// 403 for a token that is good and not enough, 400 for a request that is none, 401 otherwise (RFC 6750, section 3.1).
    pub fn status(&self) -> u16 {
        match self.error.map(|error| error.code) {
            Some(OAuthCode::InsufficientScope) => 403,
            Some(OAuthCode::InvalidRequest) => 400,
            _ => 401,
        }
    }
}

/// A character of `error_description` (RFC 6750, section 3), which can end neither the quoted string nor the line.
const fn quotable(c: char) -> char {
    match c {
        '"' | '\\' => '\'',
        ' '..='~' => c,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_says_what_would_be_enough() {
        assert_eq!(Challenge::new(ChallengeScheme::Bearer).to_header(), "Bearer");
        assert_eq!(Challenge::new(ChallengeScheme::Basic).to_header(), r#"Basic realm="oauth2""#);
        assert_eq!(Challenge::new(ChallengeScheme::Dpop).to_header(), r#"DPoP algs="ES256 EdDSA PS256""#);
        let error = OAuthError::new(OAuthCode::InsufficientUserAuthentication, "say \"please\"\r\nX: y\\");
        let challenge = Challenge {
            acr_values: Some("mfa"),
            max_age: Some(5),
            resource_metadata: Some("https://r.test/.well-known/oauth-protected-resource"),
            ..Challenge::new(ChallengeScheme::Bearer).with_error(&error)
        };
        assert_eq!(
            challenge.to_header(),
            "Bearer error=\"insufficient_user_authentication\", error_description=\"say 'please'??X: y'\", \
             acr_values=\"mfa\", max_age=\"5\", \
             resource_metadata=\"https://r.test/.well-known/oauth-protected-resource\""
        );
        assert_eq!(challenge.status(), 401);
        let error = OAuthError::new(OAuthCode::InsufficientScope, "x");
        assert_eq!(Challenge::new(ChallengeScheme::Bearer).with_error(&error).status(), 403);
    }
}
