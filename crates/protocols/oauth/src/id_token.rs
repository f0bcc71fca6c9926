//! The claims of an ID token (OpenID Connect Core 1.0, section 2).

use jose::{Algorithm, token_hash};
use kernel::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::claim::seconds;

/// `typ` of such a token. The standard asks for none; `JWT` is what its readers expect.
pub const ID_TOKEN_TYPE: &str = "JWT";

/// Claims of the token itself, whether or not it has them.
const REGISTERED: [&str; 12] =
    ["iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"];

/// What is told to the client about the sign-in. It is written as its claims, from where they lie.
///
/// `azp` is left out: there is one audience, the client, and beside it the claim says nothing (section 2). So are `c_hash` and
/// `s_hash`: no ID token comes with a code (section 3.3.2.11).
#[derive(Clone, Debug, Serialize)]
pub struct IdToken<'a> {
    #[serde(rename = "iss")]
    pub issuer: &'a str,
    /// The person's id, or the pairwise one.
    #[serde(rename = "sub")]
    pub subject: &'a str,
    #[serde(rename = "aud")]
    pub client_id: &'a str,
    #[serde(rename = "iat", serialize_with = "seconds")]
    pub issued_at: Timestamp,
    #[serde(rename = "exp", serialize_with = "seconds")]
    pub expires_at: Timestamp,
    #[serde(serialize_with = "seconds")]
    pub auth_time: Timestamp,
    /// Of the request, as it was. A refreshed token has none (section 12.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'a [&'a str],
    /// The token that comes with it, and the algorithm that the ID token will be signed with.
    #[serde(rename = "at_hash", skip_serializing_if = "Option::is_none", serialize_with = "at_hash")]
    pub access_token: Option<(&'a str, Algorithm)>,
    /// Which session ends when a logout token says so (Back-Channel Logout 1.0, section 2.1).
    #[serde(rename = "sid", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<&'a str>,
    /// What is released of the person; the claims of the token itself win over it.
    #[serde(flatten, serialize_with = "unregistered")]
    pub person: &'a Map<String, Value>,
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn at_hash<S: Serializer>(access_token: &Option<(&str, Algorithm)>, serializer: S) -> Result<S::Ok, S::Error> {
    access_token.map(|(token, algorithm)| token_hash(algorithm, token)).serialize(serializer)
}

fn unregistered<S: Serializer>(person: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(person.iter().filter(|(name, _)| !REGISTERED.contains(&name.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    fn token(person: &Map<String, Value>) -> IdToken<'_> {
        IdToken {
            issuer: "https://issuer.example",
            subject: "ada",
            client_id: "app",
            issued_at: Timestamp::from_seconds(1_000),
            expires_at: Timestamp::from_seconds(1_300),
            auth_time: Timestamp::from_seconds(900),
            nonce: None,
            acr: None,
            amr: &[],
            access_token: None,
            session_id: None,
            person,
        }
    }

    #[test]
    fn an_id_token_says_who_for_whom_and_when() {
        let mut expected = json!({
            "iss": "https://issuer.example", "sub": "ada", "aud": "app", "iat": 1_000, "exp": 1_300, "auth_time": 900
        });
        assert_eq!(to_value(token(&Map::new())).unwrap(), expected);
        let person = json!({ "email": "ada@example.com", "sub": "eve", "iss": "x", "azp": "y", "nonce": "z" });
        let Value::Object(person) = person else { unreachable!() };
        let full = IdToken {
            nonce: Some("n"),
            acr: Some("phr"),
            amr: &["hwk"],
            access_token: Some(("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", Algorithm::Rs256)),
            session_id: Some("s"),
            ..token(&person)
        };
        for (name, value) in [
            ("nonce", json!("n")),
            ("acr", json!("phr")),
            ("amr", json!(["hwk"])),
            ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")),
            ("sid", json!("s")),
            ("email", json!("ada@example.com")),
        ] {
            expected[name] = value;
        }
        assert_eq!(to_value(full).unwrap(), expected);
        assert!(to_value(token(&person)).unwrap().get("nonce").is_none());
    }
}
