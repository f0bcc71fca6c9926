//! The parameter `claims` (OpenID Connect Core 1.0, section 5.5): single claims, and how much they matter.

use std::collections::BTreeMap;

use jose::parse_strict;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{error::OAuthError, person_claims::scope_of_claim, scope::Scopes};

const MAX_BYTES: usize = 2_048;
const MAX_CLAIMS: usize = 64;
const MAX_DEPTH: usize = 4;
/// Claims about the sign-in and not about the person: no scope stands for them.
const OF_THE_SIGN_IN: [&str; 4] = ["sub", "acr", "amr", "auth_time"];

/// What is asked of one claim. `null` asks for no more than the claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimWish {
    pub essential: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

impl ClaimWish {
    /// Is this one of the values that are asked for, or is any?
    pub fn accepts(&self, value: &Value) -> bool {
        self.value.as_ref().is_none_or(|wanted| wanted == value)
            && self.values.as_ref().is_none_or(|wanted| wanted.contains(value))
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.value.iter().chain(self.values.iter().flatten()).filter_map(Value::as_str)
    }
}

/// By name, for each of the two places where claims are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    pub userinfo: BTreeMap<String, ClaimWish>,
    pub id_token: BTreeMap<String, ClaimWish>,
}

/// As it is sent. Other members are left alone (section 5.5).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Sent {
    userinfo: Option<BTreeMap<String, Option<ClaimWish>>>,
    id_token: Option<BTreeMap<String, Option<ClaimWish>>>,
}

impl ClaimsRequest {
    /// Reads the parameter. Claims that this server does not know are dropped, as section 5.5.1 has it, and so are those that stand
    /// for a scope which the client may not ask for: a single claim is no way around the registration.
    pub fn parse(text: &str, allowed_scopes: &[String]) -> Result<Self, OAuthError> {
        if text.len() > MAX_BYTES {
            return Err(OAuthError::invalid_request("claims is too long"));
        }
        let sent = parse_strict(text.as_bytes(), MAX_DEPTH).ok().filter(Value::is_object);
        let sent: Sent = sent
            .and_then(|sent| serde_json::from_value(sent).ok())
            .ok_or_else(|| OAuthError::invalid_request("claims is not a JSON object of the right form"))?;
        let [userinfo, id_token] = [sent.userinfo, sent.id_token].map(Option::unwrap_or_default);
        if userinfo.len() + id_token.len() > MAX_CLAIMS {
            return Err(OAuthError::invalid_request("claims has too many members"));
        }
        let is_heard = |name: &str| {
            let scope = scope_of_claim(name);
            OF_THE_SIGN_IN.contains(&name)
                || scope.is_some_and(|scope| allowed_scopes.iter().any(|known| known == scope))
        };
        let heard = |wishes: BTreeMap<String, Option<ClaimWish>>| {
            let wishes = wishes.into_iter().filter(|(name, _)| is_heard(name));
            wishes.map(|(name, wish)| (name, wish.unwrap_or_default())).collect()
        };
        let request = Self { userinfo: heard(userinfo), id_token: heard(id_token) };
        request.check_subject()?;
        Ok(request)
    }

    /// One person can be meant, and by a text.
    fn check_subject(&self) -> Result<(), OAuthError> {
        let wishes = || [&self.id_token, &self.userinfo].into_iter().filter_map(|wishes| wishes.get("sub"));
        let is_plain = wishes().all(|wish| wish.values.is_none() && wish.value.as_ref().is_none_or(Value::is_string));
        let is_one = wishes().filter_map(|wish| wish.value.as_ref()).all(|value| Some(value) == self.sub());
        if is_plain && is_one { Ok(()) } else { Err(OAuthError::invalid_request("claims asks for more than one sub")) }
    }

    fn sub(&self) -> Option<&Value> {
        [&self.id_token, &self.userinfo]
            .into_iter()
            .filter_map(|wishes| wishes.get("sub"))
            .find_map(|wish| wish.value.as_ref())
    }

    /// The one person whom the answer must be about (section 5.5.1). Anyone else signed in is as nobody (section 3.1.2.2).
    pub fn subject(&self) -> Option<&str> {
        self.sub().and_then(Value::as_str)
    }

    /// The context classes that are asked for, the best first, and whether a sign-in below them is none (section 5.5.1.1).
    pub fn acr(&self) -> Option<(Vec<&str>, bool)> {
        let wish = self.id_token.get("acr")?;
        Some((wish.texts().collect(), wish.essential))
    }

    /// With this class, where the request names none itself.
    pub(crate) fn with_acr(mut self, class: &str) -> Self {
        let wish = self.id_token.entry("acr".to_owned()).or_default();
        if wish.texts().next().is_none() {
            wish.value = Some(Value::String(class.to_owned()));
        }
        self
    }

    /// The scopes that the single claims stand for: a person who consents to the claim consents to these.
    pub fn scopes(&self) -> Scopes {
        let names = self.userinfo.keys().chain(self.id_token.keys());
        let scopes = names.filter_map(|name| scope_of_claim(name));
        scopes.fold(Scopes::default(), Scopes::with)
    }

    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ClaimsRequest, OAuthError> {
        ClaimsRequest::parse(text, &["openid", "email", "profile"].map(str::to_owned))
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        // OpenID Connect Core 1.0, section 5.5
        let request = parse(
            r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"email":{"essential":true},
                "email_verified":{"essential":true},"picture":null,"http://example.info/claims/groups":null},
                "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]}}}"#,
        )
        .unwrap();
        assert_eq!(request.userinfo.len(), 5);
        assert!(request.userinfo["email"].essential && !request.userinfo["nickname"].essential);
        assert_eq!(request.acr(), Some((vec!["urn:mace:incommon:iap:silver"], false)));
        assert_eq!(request.scopes().to_string(), "email profile");
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
    }

    #[test]
    fn a_single_claim_is_no_way_around_the_registration() {
        let request = parse(r#"{"userinfo":{"phone_number":null,"address":null,"roles":null,"email":null}}"#).unwrap();
        assert_eq!(request.userinfo.keys().collect::<Vec<_>>(), ["email"]);
    }

    #[test]
    fn what_can_not_be_meant_is_refused() {
        let many = |count: usize| {
            let names = (0..count).map(|n| format!(r#""{n}":null"#)).collect::<Vec<_>>();
            format!(r#"{{"userinfo":{{{}}}}}"#, names.join(","))
        };
        let long = format!(r#"{{"x":"{}"}}"#, "a".repeat(2_048));
        for (text, is_good) in [
            ("{}", true),
            (r#"{"other":[1],"userinfo":null}"#, true),
            (r#"{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"a"}}}"#, true),
            (r#"{"id_token":{"sub":null}}"#, true),
            (&many(64), true),
            (&many(65), false),
            (&long, false),
            ("[]", false),
            ("null", false),
            ("x", false),
            (r#"{"userinfo":[]}"#, false),
            (r#"{"userinfo":{"email":true}}"#, false),
            (r#"{"userinfo":{"email":{"essential":"yes"}}}"#, false),
            (r#"{"userinfo":{"email":{"values":"a"}}}"#, false),
            (r#"{"userinfo":{"email":null,"email":null}}"#, false),
            (r#"{"id_token":{"sub":{"value":1}}}"#, false),
            (r#"{"id_token":{"sub":{"values":["a","b"]}}}"#, false),
            (r#"{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}"#, false),
        ] {
            assert_eq!(parse(text).is_ok(), is_good, "{text}");
        }
    }

    #[test]
    fn subject_and_class_are_found() {
        let request = parse(
            r#"{"userinfo":{"sub":{"value":"a"}},"id_token":{"acr":{"essential":true,"value":"x","values":["y"]}}}"#,
        )
        .unwrap();
        assert_eq!(request.subject(), Some("a"));
        assert_eq!(request.acr(), Some((vec!["x", "y"], true)));
        assert_eq!(parse("{}").unwrap().acr(), None);
        let wish = ClaimWish { values: Some(vec!["a".into()]), ..ClaimWish::default() };
        assert!(wish.accepts(&"a".into()) && !wish.accepts(&"b".into()));
        assert!(ClaimWish::default().accepts(&Value::Null));
    }
}
