//! The claims of an access token that is a JWT (RFC 9068, section 2.2).

use kernel::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{authorization_details::AuthorizationDetails, claim::seconds, confirmation::Confirmation, scope::Scopes};

/// `typ` of such a token (section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// Claims that mean something here, whether or not a token has them: never the tenant's to invent.
const REGISTERED: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "client_id",
    "iat",
    "exp",
    "nbf",
    "jti",
    "scope",
    "auth_time",
    "acr",
    "amr",
    "cnf",
    "act",
    "may_act",
    "authorization_details",
    "sid",
];

/// What such a token says; the introspection of an opaque one says the same (RFC 7662, section 2.2). It is written as its claims, from
/// where they lie.
#[derive(Clone, Debug, Serialize)]
pub struct AccessToken<'a> {
    #[serde(rename = "iss")]
    pub issuer: &'a str,
    /// The person, or where there is none the client itself (section 2.2).
    #[serde(rename = "sub")]
    pub subject: &'a str,
    #[serde(rename = "aud", serialize_with = "one_or_many")]
    pub audience: &'a [String],
    pub client_id: &'a str,
    #[serde(rename = "iat", serialize_with = "seconds")]
    pub issued_at: Timestamp,
    #[serde(rename = "exp", serialize_with = "seconds")]
    pub expires_at: Timestamp,
    #[serde(rename = "jti")]
    pub id: &'a str,
    #[serde(rename = "scope", skip_serializing_if = "Scopes::is_empty")]
    pub scopes: &'a Scopes,
    /// How the person signed in (section 2.2.1), in seconds; absent where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'a [&'a str],
    #[serde(rename = "cnf", skip_serializing_if = "Confirmation::is_none")]
    pub confirmation: &'a Confirmation,
    /// Who acts for the subject (RFC 8693, section 4.1).
    #[serde(rename = "act", skip_serializing_if = "Option::is_none")]
    pub actor: Option<&'a Value>,
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: &'a AuthorizationDetails,
    #[serde(rename = "sid", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<&'a str>,
    /// The tenant's own claims; those of the standards win over them.
    #[serde(flatten, serialize_with = "unregistered")]
    pub extra: &'a Map<String, Value>,
}

impl AccessToken<'_> {
    /// `token_type` of the token response (RFC 6749, section 7.1; RFC 9449, section 5). A certificate leaves it `Bearer`
    /// (RFC 8705, section 3).
    pub fn token_type(&self) -> &'static str {
        if self.confirmation.jkt.is_some() { "DPoP" } else { "Bearer" }
    }
}

/// One audience is a text, as most readers expect; several are an array (RFC 7519, section 4.1.3).
fn one_or_many<S: Serializer>(audience: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    match audience {
        [only] => only.serialize(serializer),
        several => several.serialize(serializer),
    }
}

fn unregistered<S: Serializer>(extra: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(extra.iter().filter(|(name, _)| !REGISTERED.contains(&name.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn a_token_says_what_is_known_and_nothing_else() {
        let audience = ["https://api.example/".to_owned()];
        let (details, extra) = (AuthorizationDetails::default(), Map::new());
        let machine = AccessToken {
            issuer: "https://issuer.example",
            subject: "app",
            audience: &audience,
            client_id: "app",
            scopes: &Scopes::parse("a b").unwrap(),
            issued_at: Timestamp::from_seconds(1_000),
            expires_at: Timestamp::from_seconds(4_600),
            id: "1",
            auth_time: None,
            acr: None,
            amr: &[],
            confirmation: &Confirmation::default(),
            actor: None,
            authorization_details: &details,
            session_id: None,
            extra: &extra,
        };
        let mut expected = json!({
            "iss": "https://issuer.example", "sub": "app", "aud": "https://api.example/", "client_id": "app", "iat": 1_000,
            "exp": 4_600, "jti": "1", "scope": "a b"
        });
        assert_eq!(to_value(&machine).unwrap(), expected);
        assert_eq!(machine.token_type(), "Bearer");

        let several = ["a".to_owned(), "b".to_owned()];
        let actor = json!({ "sub": "agent" });
        let person = AccessToken {
            subject: "ada",
            audience: &several,
            auth_time: Some(900),
            acr: Some("phr"),
            amr: &["hwk", "mfa"],
            confirmation: &Confirmation::key("k"),
            actor: Some(&actor),
            session_id: Some("s"),
            ..machine.clone()
        };
        for (name, value) in [
            ("sub", json!("ada")),
            ("aud", json!(["a", "b"])),
            ("auth_time", json!(900)),
            ("acr", json!("phr")),
            ("amr", json!(["hwk", "mfa"])),
            ("cnf", json!({ "jkt": "k" })),
            ("act", actor.clone()),
            ("sid", json!("s")),
        ] {
            expected[name] = value;
        }
        assert_eq!(to_value(&person).unwrap(), expected);
        assert_eq!(person.token_type(), "DPoP");
    }

    #[test]
    fn the_tenant_s_own_claims_take_no_meaning_away() {
        let extra =
            json!({ "sub": "root", "act": { "sub": "x" }, "cnf": {}, "exp": 0, "nbf": 9, "may_act": 1, "team": "red" });
        let Value::Object(extra) = extra else { unreachable!() };
        let token = AccessToken {
            issuer: "i",
            subject: "s",
            audience: &[],
            client_id: "c",
            scopes: &Scopes::default(),
            issued_at: Timestamp::from_seconds(0),
            expires_at: Timestamp::from_seconds(1),
            id: "j",
            auth_time: None,
            acr: None,
            amr: &[],
            confirmation: &Confirmation::default(),
            actor: None,
            authorization_details: &AuthorizationDetails::default(),
            session_id: None,
            extra: &extra,
        };
        let expected = json!({ "iss": "i", "sub": "s", "aud": [], "client_id": "c", "iat": 0, "exp": 1, "jti": "j", "team": "red" });
        assert_eq!(to_value(&token).unwrap(), expected);
    }
}
