//! The parameters of a request, as a query or a form brings them.

use crate::error::OAuthError;

/// More than any request of the standards has.
const MAX_PARAMETERS: usize = 64;
/// Of all parameters but those that hold tokens; checked before a value is looked into.
const MAX_VALUE: usize = 2 * 1024;
/// Of a token or a request object.
const MAX_TOKEN: usize = 16 * 1024;
const TOKENS: [&str; 10] = [
    "request",
    "client_assertion",
    "assertion",
    "token",
    "refresh_token",
    "subject_token",
    "actor_token",
    "id_token_hint",
    "claims",
    "authorization_details",
];
/// The only one that may stand more than once (RFC 8707, section 2; RFC 8693, section 2.1 adds `audience`).
const REPEATABLE: [&str; 2] = ["resource", "audience"];

/// Names and values, each name once but `resource` and `audience`; an empty value is an absent one and unknown names are left alone
/// (RFC 6749, sections 3.1 and 3.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, OAuthError> {
        if pairs.len() > MAX_PARAMETERS {
            return Err(OAuthError::invalid_request("there are too many parameters"));
        }
        let mut kept: Vec<(String, String)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            let most = if TOKENS.contains(&name.as_str()) { MAX_TOKEN } else { MAX_VALUE };
            if value.len() > most || name.len() > 128 {
                return Err(OAuthError::invalid_request("a parameter is too long"));
            }
            if !REPEATABLE.contains(&name.as_str()) && kept.iter().any(|(known, _)| *known == name) {
                return Err(OAuthError::invalid_request("a parameter stands twice"));
            }
            if value.contains('\0') || value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(OAuthError::invalid_request("a parameter is no text"));
            }
            kept.push((name, value));
        }
        kept.retain(|(_, value)| !value.is_empty());
        Ok(Self(kept))
    }

    /// From `application/x-www-form-urlencoded` text: a query string or a body.
    pub fn parse(text: &[u8]) -> Result<Self, OAuthError> {
        let pairs = serde_urlencoded::from_bytes(text)
            .map_err(|_| OAuthError::invalid_request("the parameters can not be read"))?;
        Self::from_pairs(pairs)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `invalid_request` where it is missing.
    pub fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_stands_once_and_an_empty_one_is_absent() {
        let read =
            Parameters::parse(b"client_id=a&state=&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&new=1").unwrap();
        assert_eq!(read.get("client_id"), Some("a"));
        assert_eq!(read.get("state"), None);
        assert_eq!(read.all("resource").collect::<Vec<_>>(), ["https://a", "https://b"]);
        for twice in ["client_id=a&client_id=a", "state=&state=x", "scope=a&scope=b"] {
            assert!(Parameters::parse(twice.as_bytes()).is_err(), "{twice}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_looked_into() {
        let long = format!("scope={}", "a".repeat(2_049));
        assert!(Parameters::parse(long.as_bytes()).is_err());
        let request = format!("request={}", "a".repeat(2_049));
        assert!(Parameters::parse(request.as_bytes()).is_ok());
        assert!(Parameters::parse("a=b&".repeat(65).as_bytes()).is_err());
        assert!(Parameters::parse(b"state=%00").is_err());
        assert!(Parameters::parse(b"state=%ff").is_err());
    }
}
