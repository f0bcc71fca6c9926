//! The claims of an ID token (OpenID Connect Core 1.0, section 2).

use std::time::Duration;

use jose::{Algorithm, token_hash};
use kernel::Timestamp;
use serde_json::{Map, Value, json};

/// `typ` of such a token. The standard asks for none; `JWT` is what its readers expect.
pub const ID_TOKEN_TYPE: &str = "JWT";

/// What is told to the client about the sign-in.
///
/// `azp` is left out: there is one audience, the client, and beside it the claim says nothing (section 2). So are `c_hash` and
/// `s_hash`: no ID token comes with a code (section 3.3.2.11).
#[derive(Clone, Debug)]
pub struct IdToken<'a> {
    pub issuer: &'a str,
    /// The person's id, or the pairwise one.
    pub subject: &'a str,
    pub client_id: &'a str,
    pub issued_at: Timestamp,
    pub lifetime: Duration,
    pub auth_time: Timestamp,
    /// Of the request, as it was. A refreshed token has none (section 12.2).
    pub nonce: Option<&'a str>,
    pub acr: Option<&'a str>,
    pub amr: &'a [&'a str],
    /// The token that comes with it, and the algorithm that the ID token will be signed with.
    pub access_token: Option<(&'a str, Algorithm)>,
    /// Which session ends when a logout token says so (Back-Channel Logout 1.0, section 2.1).
    pub session_id: Option<&'a str>,
}

impl IdToken<'_> {
    /// `person` holds what is released of the person; the claims of the token itself win over it.
    pub fn claims(&self, person: Map<String, Value>) -> Map<String, Value> {
        let mut claims = person;
        let mut put = |name: &str, value: Option<Value>| match value {
            Some(value) => drop(claims.insert(name.to_owned(), value)),
            None => drop(claims.remove(name)),
        };
        put("iss", Some(json!(self.issuer)));
        put("sub", Some(json!(self.subject)));
        put("aud", Some(json!(self.client_id)));
        put("azp", None);
        put("iat", Some(json!(self.issued_at.as_seconds())));
        put("exp", Some(json!((self.issued_at + self.lifetime).as_seconds())));
        put("auth_time", Some(json!(self.auth_time.as_seconds())));
        put("nonce", self.nonce.map(|nonce| json!(nonce)));
        put("acr", self.acr.map(|acr| json!(acr)));
        put("amr", (!self.amr.is_empty()).then(|| json!(self.amr)));
        put("at_hash", self.access_token.map(|(token, algorithm)| json!(token_hash(algorithm, token))));
        put("sid", self.session_id.map(|id| json!(id)));
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> IdToken<'static> {
        IdToken {
            issuer: "https://issuer.example",
            subject: "ada",
            client_id: "app",
            issued_at: Timestamp::from_seconds(1_000),
            lifetime: Duration::from_mins(5),
            auth_time: Timestamp::from_seconds(900),
            nonce: None,
            acr: None,
            amr: &[],
            access_token: None,
            session_id: None,
        }
    }

    #[test]
    fn an_id_token_says_who_for_whom_and_when() {
        let mut expected = json!({
            "iss": "https://issuer.example", "sub": "ada", "aud": "app", "iat": 1_000, "exp": 1_300, "auth_time": 900
        });
        assert_eq!(Value::Object(token().claims(Map::new())), expected);
        let full = IdToken {
            nonce: Some("n"),
            acr: Some("phr"),
            amr: &["hwk"],
            access_token: Some(("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", Algorithm::Rs256)),
            session_id: Some("s"),
            ..token()
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
        let Value::Object(person) =
            json!({ "email": "ada@example.com", "sub": "eve", "iss": "x", "azp": "y", "nonce": "z" })
        else {
            unreachable!()
        };
        assert_eq!(Value::Object(full.claims(person.clone())), expected);
        assert!(!token().claims(person).contains_key("nonce"));
    }
}
