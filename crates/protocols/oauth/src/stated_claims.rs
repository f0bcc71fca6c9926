//! Claims about a person that the application wrote down for them (OpenID Connect Core 1.0, sections 5.1 and 5.1.1): those for which a
//! record has no field of its own.
//!
//! What does not have the form of its claim is as if it were not there: half a birthdate in a signed token would be believed.

use serde_json::{Map, Value};
use url::Url;

use crate::person_claims::{Address, PersonClaims};

const MAX_LINE: usize = 200;
const MAX_LINES: usize = 500;
const MAX_URL: usize = 2_048;

impl PersonClaims {
    /// With what is stated of the person. Identifiers, whether they were proven, and all that the record itself holds are never taken
    /// from there.
    #[must_use]
    pub fn with_stated(self, stated: &Map<String, Value>) -> Self {
        let text = |name: &str| stated.get(name).and_then(Value::as_str);
        let line = |name: &str| text(name).filter(|text| is_line(text)).map(str::to_owned);
        let page = |name: &str| text(name).filter(|text| is_page(text)).map(str::to_owned);
        Self {
            middle_name: line("middle_name"),
            nickname: line("nickname"),
            profile: page("profile"),
            website: page("website"),
            gender: line("gender"),
            birthdate: text("birthdate").filter(|text| is_birthdate(text)).map(str::to_owned),
            zoneinfo: text("zoneinfo").filter(|text| is_zone(text)).map(str::to_owned),
            address: stated.get("address").and_then(Value::as_object).and_then(address),
            ..self
        }
    }
}

/// `formatted` and `street_address` may have several lines.
fn address(stated: &Map<String, Value>) -> Option<Address> {
    let text = |name: &str| stated.get(name).and_then(Value::as_str);
    let line = |name: &str| text(name).filter(|text| is_line(text)).map(str::to_owned);
    let lines = |name: &str| text(name).filter(|text| are_lines(text)).map(str::to_owned);
    let address = Address {
        formatted: lines("formatted"),
        street_address: lines("street_address"),
        locality: line("locality"),
        region: line("region"),
        postal_code: line("postal_code"),
        country: line("country"),
    };
    (address != Address::default()).then_some(address)
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_LINE && !text.chars().any(char::is_control)
}

fn are_lines(text: &str) -> bool {
    let is_break = |c: char| matches!(c, '\n' | '\r');
    !text.trim().is_empty()
        && text.chars().count() <= MAX_LINES
        && !text.chars().any(|c| c.is_control() && !is_break(c))
}

/// Clients make links of it.
fn is_page(text: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    text.len() <= MAX_URL && Url::parse(text).is_ok_and(is_web)
}

/// `YYYY-MM-DD`, with the year 0000 where it is not told, or the year alone.
fn is_birthdate(text: &str) -> bool {
    let number = |part: &str, digits: usize| {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_number)
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [year] => number(year, 4).is_some_and(|year| year > 0),
        [year, month, day] => match (number(year, 4), number(month, 2), number(day, 2)) {
            (Some(year), Some(month), Some(day)) => (1..=days(year, month)).contains(&day),
            _ => false,
        },
        _ => false,
    }
}

/// By the Gregorian calendar, which ISO 8601 counts backwards too: the year 0000 is a leap year, as it has to be here.
const fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// A name as the time zone database has them, for example `Europe/Paris`. Whether there is such a zone is not looked up: the list changes.
fn is_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
    };
    text.len() <= 64 && text.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stated(claims: &Value) -> PersonClaims {
        PersonClaims::default().with_stated(claims.as_object().unwrap())
    }

    #[test]
    fn what_the_record_has_no_field_for_is_taken() {
        let ada = stated(&json!({
            "middle_name": "King", "nickname": "Ada", "profile": "https://example.com/ada", "website": "http://ada.example/",
            "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
            "address": { "formatted": "St James's Square\nLondon", "country": "GB", "planet": "Earth" },
        }));
        assert_eq!(ada.middle_name.as_deref(), Some("King"));
        assert_eq!(ada.profile.as_deref(), Some("https://example.com/ada"));
        assert_eq!(ada.birthdate.as_deref(), Some("1815-12-10"));
        let address = ada.address.unwrap();
        assert_eq!(address.formatted.as_deref(), Some("St James's Square\nLondon"));
        assert_eq!(json!(address), json!({ "formatted": "St James's Square\nLondon", "country": "GB" }));
    }

    #[test]
    fn who_somebody_is_and_what_was_proven_is_not_to_be_stated() {
        let eve = stated(&json!({
            "sub": "x", "name": "x", "given_name": "x", "family_name": "x", "preferred_username": "x", "picture": "https://x.example/",
            "locale": "en", "updated_at": 1, "email": "x@example.com", "email_verified": true, "phone_number": "+1",
            "phone_number_verified": true, "roles": ["admin"],
        }));
        assert_eq!(eve, PersonClaims::default());
    }

    #[test]
    fn what_has_not_the_form_of_its_claim_is_left_out() {
        let long = "x".repeat(201);
        for (name, value) in [
            ("nickname", json!("")),
            ("nickname", json!(" ")),
            ("nickname", json!("a\nb")),
            ("nickname", json!(long)),
            ("nickname", json!(7)),
            ("nickname", json!(null)),
            ("nickname", json!(["Ada"])),
            ("profile", json!("javascript:alert(1)")),
            ("profile", json!("example.com/ada")),
            ("website", json!("https://ada:secret@example.com/")),
            ("website", json!("data:text/html,x")),
            ("zoneinfo", json!("Europe/")),
            ("zoneinfo", json!("../etc")),
            ("address", json!("London")),
            ("address", json!({})),
            ("address", json!({ "country": "" })),
            ("address", json!({ "country": "a\nb" })),
            ("address", json!({ "planet": "Earth" })),
        ] {
            assert_eq!(stated(&json!({ name: value })), PersonClaims::default(), "{name} {value}");
        }
    }

    #[test]
    fn a_birthdate_is_a_day_or_a_year() {
        for (text, is_good) in [
            ("1815-12-10", true),
            ("0000-02-29", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("1815-02-29", false),
            ("1815", true),
            ("0000", false),
            ("1815-13-01", false),
            ("1815-00-01", false),
            ("1815-04-31", false),
            ("1815-04-00", false),
            ("1815-4-1", false),
            ("1815-12", false),
            ("10.12.1815", false),
            ("+815-12-10", false),
            ("1815-12-10T00:00", false),
        ] {
            assert_eq!(is_birthdate(text), is_good, "{text}");
        }
    }
}
