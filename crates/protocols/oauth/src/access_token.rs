//! The claims of an access token that is a JWT (RFC 9068, section 2.2).

use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Map, Value, json};

use crate::{authorization_details::AuthorizationDetails, confirmation::Confirmation, scope::Scopes};

/// `typ` of such a token (section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// What such a token says; the introspection of an opaque one says the same (RFC 7662, section 2.2).
#[derive(Clone, Debug)]
pub struct AccessToken<'a> {
    pub issuer: &'a str,
    /// The person, or where there is none the client itself (section 2.2).
    pub subject: &'a str,
    pub audience: &'a [String],
    pub client_id: &'a str,
    pub scopes: &'a Scopes,
    pub issued_at: Timestamp,
    pub lifetime: Duration,
    /// `jti`.
    pub id: &'a str,
    /// How the person signed in (section 2.2.1); absent where nobody did.
    pub auth_time: Option<Timestamp>,
    pub acr: Option<&'a str>,
    pub amr: &'a [&'a str],
    pub confirmation: &'a Confirmation,
    /// Who acts for the subject (RFC 8693, section 4.1).
    pub actor: Option<&'a Value>,
    pub authorization_details: &'a AuthorizationDetails,
    pub session_id: Option<&'a str>,
}

impl AccessToken<'_> {
    /// `extra` holds the tenant's own claims; those of the standards win over them.
    pub fn claims(&self, extra: Map<String, Value>) -> Map<String, Value> {
        let mut claims = extra;
        let mut put = |name: &str, value: Option<Value>| match value {
            Some(value) => drop(claims.insert(name.to_owned(), value)),
            // A claim that means something is never the tenant's to invent.
            None => drop(claims.remove(name)),
        };
        put("iss", Some(json!(self.issuer)));
        put("sub", Some(json!(self.subject)));
        put("aud", Some(audience_claim(self.audience)));
        put("client_id", Some(json!(self.client_id)));
        put("iat", Some(json!(self.issued_at.as_seconds())));
        put("exp", Some(json!((self.issued_at + self.lifetime).as_seconds())));
        put("nbf", None);
        put("jti", Some(json!(self.id)));
        put("scope", (!self.scopes.is_empty()).then(|| json!(self.scopes)));
        put("auth_time", self.auth_time.map(|time| json!(time.as_seconds())));
        put("acr", self.acr.map(|acr| json!(acr)));
        put("amr", (!self.amr.is_empty()).then(|| json!(self.amr)));
        put("cnf", (!self.confirmation.is_none()).then(|| json!(self.confirmation)));
        put("act", self.actor.cloned());
        put("may_act", None);
        put(
            "authorization_details",
            (!self.authorization_details.is_empty()).then(|| json!(self.authorization_details)),
        );
        put("sid", self.session_id.map(|id| json!(id)));
        claims
    }

    /// `token_type` of the token response (RFC 6749, section 7.1; RFC 9449, section 5). A certificate leaves it `Bearer`
    /// (RFC 8705, section 3).
    pub fn token_type(&self) -> &'static str {
        if self.confirmation.jkt.is_some() { "DPoP" } else { "Bearer" }
    }
}

/// One audience is a text, as most readers expect; several are an array (RFC 7519, section 4.1.3).
fn audience_claim(audience: &[String]) -> Value {
    match audience {
        [only] => json!(only),
        several => json!(several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_is_known_and_nothing_else() {
        let audience = ["https://api.example/".to_owned()];
        let details = AuthorizationDetails::default();
        let machine = AccessToken {
            issuer: "https://issuer.example",
            subject: "app",
            audience: &audience,
            client_id: "app",
            scopes: &Scopes::parse("a b").unwrap(),
            issued_at: Timestamp::from_seconds(1_000),
            lifetime: Duration::from_hours(1),
            id: "1",
            auth_time: None,
            acr: None,
            amr: &[],
            confirmation: &Confirmation::default(),
            actor: None,
            authorization_details: &details,
            session_id: None,
        };
        let mut expected = json!({
            "iss": "https://issuer.example", "sub": "app", "aud": "https://api.example/", "client_id": "app", "iat": 1_000,
            "exp": 4_600, "jti": "1", "scope": "a b"
        });
        assert_eq!(Value::Object(machine.claims(Map::new())), expected);
        assert_eq!(machine.token_type(), "Bearer");

        let several = ["a".to_owned(), "b".to_owned()];
        let actor = json!({ "sub": "agent" });
        let person = AccessToken {
            subject: "ada",
            audience: &several,
            auth_time: Some(Timestamp::from_seconds(900)),
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
        assert_eq!(Value::Object(person.claims(Map::new())), expected);
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
            lifetime: Duration::from_secs(1),
            id: "j",
            auth_time: None,
            acr: None,
            amr: &[],
            confirmation: &Confirmation::default(),
            actor: None,
            authorization_details: &AuthorizationDetails::default(),
            session_id: None,
        };
        let expected = json!({ "iss": "i", "sub": "s", "aud": [], "client_id": "c", "iat": 0, "exp": 1, "jti": "j", "team": "red" });
        assert_eq!(Value::Object(token.claims(extra)), expected);
    }
}
