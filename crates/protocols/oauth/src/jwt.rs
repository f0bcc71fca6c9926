//! What the claims of every JWT have in common (RFC 7519, section 4.1).

use std::time::Duration;

use kernel::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// How far another's clock may be ahead: FAPI 2.0 Security Profile, section 5.3.2.1, asks for 10 s at least and 60 s at most.
pub(crate) const LEEWAY: Duration = Duration::from_secs(10);
/// What is kept of a `jti` until its token expires; longer ones are refused.
pub(crate) const MAX_JTI: usize = 512;

/// `aud`: one text, or an array of them (RFC 7519, section 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// The audience, where there is no other beside it.
    pub(crate) fn only(&self) -> Option<&str> {
        match self {
            Self::One(one) => Some(one),
            Self::Many(many) if many.len() == 1 => many.first().map(String::as_str),
            Self::Many(_) => None,
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

/// A `NumericDate`, which may have a fraction (RFC 7519, section 2); it is dropped.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else {
        return Ok(None);
    };
    // Through text: a cast would turn what is out of range into a time.
    let whole = number.as_i64().or_else(|| format!("{:.0}", number.as_f64()?.floor()).parse().ok());
    whole.map(Some).ok_or_else(|| serde::de::Error::custom("the time is out of range"))
}

/// The time claims of a token that another party made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Times {
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) exp: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) nbf: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) iat: Option<i64>,
}

impl Times {
    /// The time of expiry, which must be there and no further ahead than `most`; `nbf` and `iat` are not ahead.
    pub(crate) fn check(&self, most: Duration, now: Timestamp) -> Result<Timestamp, &'static str> {
        let exp = Timestamp::from_seconds(self.exp.ok_or("exp is missing")?);
        if now >= exp + LEEWAY {
            return Err("it has expired");
        }
        if exp > now + most + LEEWAY {
            return Err("exp is too far ahead");
        }
        if [self.nbf, self.iat].into_iter().flatten().any(|time| Timestamp::from_seconds(time) > now + LEEWAY) {
            return Err("nbf or iat is ahead");
        }
        Ok(exp)
    }
}

/// A `jti` that can be remembered.
pub(crate) fn checked_jti(jti: Option<String>) -> Result<String, &'static str> {
    jti.filter(|jti| (1..=MAX_JTI).contains(&jti.len())).ok_or("jti is missing or too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_of_this_moment() {
        let check = |claims: &str| {
            let times: Times = serde_json::from_str(claims).map_err(|_| "it can not be read")?;
            times.check(Duration::from_mins(10), Timestamp::from_seconds(1_000)).map(Timestamp::as_seconds)
        };
        assert_eq!(check(r#"{"exp":1001}"#), Ok(1_001));
        assert_eq!(check(r#"{"exp":1001.9,"nbf":1008,"iat":1010}"#), Ok(1_001));
        assert_eq!(check(r#"{"exp":991}"#), Ok(991));
        assert_eq!(check(r#"{"exp":990}"#), Err("it has expired"));
        assert_eq!(check(r#"{"exp":1610}"#), Ok(1_610));
        assert_eq!(check(r#"{"exp":1611}"#), Err("exp is too far ahead"));
        assert_eq!(check(r#"{"exp":1001,"nbf":1011}"#), Err("nbf or iat is ahead"));
        assert_eq!(check(r#"{"exp":1001,"iat":1060}"#), Err("nbf or iat is ahead"));
        assert_eq!(check("{}"), Err("exp is missing"));
        for odd in [r#"{"exp":"1001"}"#, r#"{"exp":1e300}"#, r#"{"exp":18446744073709551615}"#] {
            assert!(check(odd).is_err(), "{odd}");
        }
    }
}
