//! Rich authorization requests (RFC 9396): what exactly a client wants to do, as objects of types that the resources define.

use jose::parse_strict;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{OAuthCode, OAuthError};

/// A person reads them on the consent page, and each token carries them.
const MAX_BYTES: usize = 8 * 1024;
const MAX_OBJECTS: usize = 16;
/// The array, an object, its members and two levels that a type may define.
const MAX_DEPTH: usize = 5;
/// Common members whose values are sets (section 2.2): part of the set is less.
const SETS: [&str; 4] = ["locations", "actions", "datatypes", "privileges"];

/// The objects of a request or a grant. What is inside them beside `type` is the resource's to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorizationDetails(Vec<Map<String, Value>>);

impl AuthorizationDetails {
    /// Reads the parameter (section 2). Each type must be one that the client is registered for (section 10).
    pub fn parse(text: &str, types: &[String]) -> Result<Self, OAuthError> {
        let details = Self::read(text)?;
        if details.types().all(|kind| types.iter().any(|known| known == kind)) {
            Ok(details)
        } else {
            Err(invalid("authorization_details has a type that the client is not registered for"))
        }
    }

    fn read(text: &str) -> Result<Self, OAuthError> {
        if text.len() > MAX_BYTES {
            return Err(invalid("authorization_details is too long"));
        }
        let Ok(Value::Array(values)) = parse_strict(text.as_bytes(), MAX_DEPTH) else {
            return Err(invalid("authorization_details is not a JSON array"));
        };
        if values.is_empty() || values.len() > MAX_OBJECTS {
            return Err(invalid("authorization_details has no object, or too many"));
        }
        let objects = values.into_iter().map(|value| match value {
            Value::Object(object) if object.get("type").and_then(Value::as_str).is_some_and(is_type) => Ok(object),
            _ => Err(invalid("authorization_details has an element without a type")),
        });
        objects.collect::<Result<_, _>>().map(Self)
    }

    /// The objects of a token that is made from this grant: those asked for, or all of them (section 6). What is asked for must be
    /// found in the grant: the same but for smaller sets. A resource may know more ways to be less; the server does not guess them.
    pub fn within(&self, requested: Option<&str>) -> Result<Self, OAuthError> {
        let Some(requested) = requested else { return Ok(self.clone()) };
        let requested = Self::read(requested)?;
        if requested.is_covered_by(self) {
            Ok(requested)
        } else {
            Err(invalid("authorization_details is more than what was granted"))
        }
    }

    pub fn is_covered_by(&self, granted: &Self) -> bool {
        self.0.iter().all(|wanted| granted.0.iter().any(|granted| is_part_of(wanted, granted)))
    }

    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|object| object.get("type").and_then(Value::as_str))
    }

    pub fn objects(&self) -> &[Map<String, Value>] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Both have the same members: one left away may mean "all" to the resource.
fn is_part_of(wanted: &Map<String, Value>, granted: &Map<String, Value>) -> bool {
    wanted.len() == granted.len()
        && wanted.iter().all(|(name, wanted)| match (wanted, granted.get(name)) {
            (Value::Array(wanted), Some(Value::Array(granted))) if SETS.contains(&name.as_str()) => {
                // An empty set too may mean "all".
                wanted.is_empty() == granted.is_empty() && wanted.iter().all(|value| granted.contains(value))
            }
            (wanted, granted) => Some(wanted) == granted,
        })
}

fn is_type(name: &str) -> bool {
    (1..=256).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidAuthorizationDetails, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_objects_of_registered_types_is_read() {
        let types = ["payment".to_owned(), "https://scheme.example/account".to_owned()];
        let many = |count| format!("[{}]", vec![r#"{"type":"payment"}"#; count].join(","));
        for (text, is_good) in [
            (r#"[{"type":"payment","amount":{"currency":"EUR"}}]"#, true),
            (r#"[{"type":"payment"},{"type":"https://scheme.example/account","actions":["read"]}]"#, true),
            (&many(16), true),
            (&many(17), false),
            ("[]", false),
            (r#"{"type":"payment"}"#, false),
            (r#"[{"type":"other"}]"#, false),
            (r#"[{"type":"payment"},{"type":"other"}]"#, false),
            (r#"[{"actions":["read"]}]"#, false),
            (r#"[{"type":""}]"#, false),
            (r#"[{"type":["payment"]}]"#, false),
            (r#"[{"type":"payment","type":"other"}]"#, false),
            (r#"["payment"]"#, false),
            (r#"[{"type":"payment","a":[[[[1]]]]}]"#, false),
            ("nonsense", false),
        ] {
            let read = AuthorizationDetails::parse(text, &types);
            assert_eq!(read.is_ok(), is_good, "{text}");
            assert!(read.is_ok() || read.unwrap_err().code == OAuthCode::InvalidAuthorizationDetails, "{text}");
        }
        let long = format!(r#"[{{"type":"payment","note":"{}"}}]"#, "a".repeat(8 * 1024));
        assert!(AuthorizationDetails::parse(&long, &types).is_err());
    }

    #[test]
    fn a_token_has_no_more_than_its_grant() {
        let granted = AuthorizationDetails::read(
            r#"[{"type":"a","actions":["read","write"],"identifier":"1","x":{"y":[1,2]}},{"type":"b","locations":[]}]"#,
        )
        .unwrap();
        for (requested, is_good) in [
            (None, true),
            (Some(r#"[{"type":"a","actions":["read","write"],"identifier":"1","x":{"y":[1,2]}}]"#), true),
            (Some(r#"[{"type":"a","actions":["read"],"identifier":"1","x":{"y":[1,2]}}]"#), true),
            (Some(r#"[{"type":"b","locations":[]}]"#), true),
            (Some(r#"[{"type":"a","actions":["read","admin"],"identifier":"1","x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"a","actions":[],"identifier":"1","x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"a","identifier":"1","x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"a","actions":["read"],"identifier":"2","x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"a","actions":["read"],"identifier":"1","x":{"y":[1]}}]"#), false),
            (Some(r#"[{"type":"a","actions":["read"],"x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"a","actions":"read","identifier":"1","x":{"y":[1,2]}}]"#), false),
            (Some(r#"[{"type":"b","locations":["https://b.example"]}]"#), false),
            (Some(r#"[{"type":"b","locations":[],"more":1}]"#), false),
            (Some(r#"[{"type":"c"}]"#), false),
        ] {
            assert_eq!(granted.within(requested).is_ok(), is_good, "{requested:?}");
        }
        assert!(AuthorizationDetails::default().is_covered_by(&granted));
        assert!(!granted.is_covered_by(&AuthorizationDetails::default()));
    }
}
