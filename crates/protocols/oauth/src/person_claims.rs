//! Claims about a person (OpenID Connect Core 1.0, section 5.1), and the scopes that stand for them (section 5.4).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    claims_request::ClaimWish,
    scope::{ADDRESS, EMAIL, PHONE, PROFILE, Scopes},
};

const CLAIMS: [(&str, &[&str]); 4] = [
    (
        PROFILE,
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (EMAIL, &["email", "email_verified"]),
    (PHONE, &["phone_number", "phone_number_verified"]),
    (ADDRESS, &["address"]),
];

/// The scope that stands for this claim; `None` where it is none of section 5.4.
pub fn scope_of_claim(name: &str) -> Option<&'static str> {
    CLAIMS.iter().find(|(_, claims)| claims.contains(&name)).map(|(scope, _)| *scope)
}

/// All claims about a person, in the order of their scopes.
pub fn person_claim_names() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// What is known of a person. What is absent is left out of every answer: never `null`, never empty (section 5.3.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonClaims {
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub middle_name: Option<String>,
    pub nickname: Option<String>,
    pub preferred_username: Option<String>,
    /// Address of a page.
    pub profile: Option<String>,
    pub picture: Option<String>,
    pub website: Option<String>,
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`.
    pub birthdate: Option<String>,
    pub zoneinfo: Option<String>,
    pub locale: Option<String>,
    /// Seconds since the epoch.
    pub updated_at: Option<i64>,
    pub email: Option<String>,
    pub email_verified: bool,
    /// E.164.
    pub phone_number: Option<String>,
    pub phone_number_verified: bool,
    pub address: Option<Address>,
}

/// A postal address (section 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl PersonClaims {
    /// What of it the granted scopes and the single claims give. A claim that is asked for with another value is left out.
    ///
    /// In the code flow scopes speak of the userinfo endpoint and single claims of the place they name (section 5.4): give an ID
    /// token no scopes here, unless the tenant wants its claims in both.
    pub fn released(&self, scopes: &Scopes, wishes: &BTreeMap<String, ClaimWish>) -> Map<String, Value> {
        let mut claims = self.all();
        claims.retain(|name, value| {
            scope_of_claim(name).is_some_and(|scope| scopes.contains(scope))
                || wishes.get(name).is_some_and(|wish| wish.accepts(value))
        });
        claims
    }

    fn all(&self) -> Map<String, Value> {
        let texts = [
            ("name", &self.name),
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
            ("middle_name", &self.middle_name),
            ("nickname", &self.nickname),
            ("preferred_username", &self.preferred_username),
            ("profile", &self.profile),
            ("picture", &self.picture),
            ("website", &self.website),
            ("gender", &self.gender),
            ("birthdate", &self.birthdate),
            ("zoneinfo", &self.zoneinfo),
            ("locale", &self.locale),
            ("email", &self.email),
            ("phone_number", &self.phone_number),
        ];
        let known =
            texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref().filter(|text| !text.is_empty())?)));
        let mut claims: Map<String, Value> = known.map(|(name, text)| (name.to_owned(), json!(text))).collect();
        if claims.contains_key("email") {
            claims.insert("email_verified".into(), json!(self.email_verified));
        }
        if claims.contains_key("phone_number") {
            claims.insert("phone_number_verified".into(), json!(self.phone_number_verified));
        }
        if let Some(at) = self.updated_at {
            claims.insert("updated_at".into(), json!(at));
        }
        if let Some(address) = &self.address {
            claims.insert("address".into(), json!(address));
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> PersonClaims {
        PersonClaims {
            name: Some("Ada".into()),
            nickname: Some(String::new()),
            updated_at: Some(1),
            email: Some("ada@example.com".into()),
            phone_number: Some("+491701234567".into()),
            phone_number_verified: true,
            address: Some(Address { country: Some("DE".into()), ..Address::default() }),
            ..PersonClaims::default()
        }
    }

    fn released(scopes: &str, wishes: &[(&str, ClaimWish)]) -> Value {
        let wishes = wishes.iter().map(|(name, wish)| ((*name).to_owned(), wish.clone())).collect();
        Value::Object(person().released(&Scopes::parse(scopes).unwrap(), &wishes))
    }

    #[test]
    fn each_scope_gives_its_claims() {
        for (scopes, expected) in [
            ("openid", json!({})),
            ("openid profile", json!({ "name": "Ada", "updated_at": 1 })),
            ("email", json!({ "email": "ada@example.com", "email_verified": false })),
            ("phone", json!({ "phone_number": "+491701234567", "phone_number_verified": true })),
            ("address", json!({ "address": { "country": "DE" } })),
        ] {
            assert_eq!(released(scopes, &[]), expected, "{scopes}");
        }
        assert_eq!(
            PersonClaims::default().released(&Scopes::parse("profile email phone").unwrap(), &BTreeMap::new()),
            Map::new()
        );
    }

    #[test]
    fn single_claims_are_added_where_their_value_fits() {
        let wish = |value: Value| ClaimWish { value: Some(value), ..ClaimWish::default() };
        let wanted = [("email", ClaimWish::default()), ("gender", ClaimWish::default()), ("sub", ClaimWish::default())];
        assert_eq!(released("openid", &wanted), json!({ "email": "ada@example.com" }));
        assert_eq!(released("openid", &[("name", wish("Ada".into()))]), json!({ "name": "Ada" }));
        assert_eq!(released("openid", &[("name", wish("Eve".into()))]), json!({}));
    }

    #[test]
    fn every_claim_belongs_to_one_scope() {
        let names: Vec<_> = person_claim_names().collect();
        assert_eq!(names.len(), 19);
        assert!(names.iter().all(|name| scope_of_claim(name).is_some()));
        assert_eq!(scope_of_claim("roles"), None);
    }
}
