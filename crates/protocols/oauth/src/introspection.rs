//! What is said of a token to those who may ask (RFC 7662, section 2.2; as a JWT: RFC 9701).

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::confirmation::Confirmation;

/// `typ` of the answer as a JWT (RFC 9701, section 5).
pub const INTROSPECTION_TYPE: &str = "token-introspection+jwt";
/// What `Accept` names to get it (section 4).
pub const INTROSPECTION_MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// The names of [`TokenFacts`] and `active`.
const MEMBERS: [&str; 17] = [
    "active",
    "scope",
    "client_id",
    "username",
    "token_type",
    "exp",
    "iat",
    "nbf",
    "sub",
    "aud",
    "iss",
    "jti",
    "cnf",
    "act",
    "acr",
    "auth_time",
    "authorization_details",
];

/// The answer. Of a token that is not active, nothing else is said, nor why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Introspection {
    pub active: bool,
    #[serde(flatten)]
    pub token: Option<TokenFacts>,
}

/// The registered members (RFC 7662, section 2.2; RFC 8693, section 4.1; RFC 8705, section 3.2; RFC 9449, section 6.2; RFC 9470,
/// section 6.2; RFC 9396, section 9.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct TokenFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    pub client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    pub exp: i64,
    pub iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    pub iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Value>,
    /// Claims of the deployment's own.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Introspection {
    pub const fn inactive() -> Self {
        Self { active: false, token: None }
    }

    /// A claim of the deployment's own never stands in for one that means something, nor twice beside it.
    pub fn active(mut token: TokenFacts) -> Self {
        token.more.retain(|name, _| !MEMBERS.contains(&name.as_str()));
        Self { active: true, token: Some(token) }
    }

    /// The claims of the answer as a JWT. No `sub` and no `exp`: it must not pass for a token (RFC 9701, section 5).
    pub fn to_claims<'a>(&'a self, issuer: &'a str, asker: &'a str, now: Timestamp) -> IntrospectionClaims<'a> {
        IntrospectionClaims { iss: issuer, aud: asker, iat: now.as_seconds(), token_introspection: self }
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct IntrospectionClaims<'a> {
    iss: &'a str,
    /// The resource server or client that asked.
    aud: &'a str,
    iat: i64,
    token_introspection: &'a Introspection,
}

/// Does the `Accept` header ask for the JWT? Only by its own name: `*/*` gets JSON (RFC 9701, section 4).
pub fn wants_jwt(accept: Option<&str>) -> bool {
    let types = accept.unwrap_or_default().split(',');
    types.filter_map(|one| one.split(';').next()).any(|one| one.trim().eq_ignore_ascii_case(INTROSPECTION_MEDIA_TYPE))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_said_of_a_token_that_is_not_active() {
        assert_eq!(serde_json::to_value(Introspection::inactive()).unwrap(), json!({ "active": false }));
        let token = TokenFacts {
            client_id: "a".into(),
            iss: "https://as.test".into(),
            exp: 2,
            iat: 1,
            more: MEMBERS.map(|name| (name.to_owned(), json!("forged"))).into_iter().collect(),
            ..TokenFacts::default()
        };
        let answer = Introspection::active(token);
        let facts = json!({ "active": true, "client_id": "a", "iss": "https://as.test", "exp": 2, "iat": 1 });
        assert_eq!(serde_json::to_value(&answer).unwrap(), facts);
        let claims = answer.to_claims("https://as.test", "rs", Timestamp::from_seconds(5));
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({ "iss": "https://as.test", "aud": "rs", "iat": 5, "token_introspection": facts })
        );
    }

    #[test]
    fn the_jwt_is_asked_for_by_name() {
        assert!(wants_jwt(Some("application/json, Application/Token-Introspection+JWT;q=0.5")));
        for accept in [None, Some("*/*"), Some("application/json"), Some("application/*")] {
            assert!(!wants_jwt(accept), "{accept:?}");
        }
    }
}
