//! What a form sends (URL standard, section 5): names and values, each name once.

use http::header::CONTENT_TYPE;
use kernel::{ErrorCode, Refusal};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::CSRF_FIELD;
use crate::{
    context::Context,
    input::{Argument, ArgumentFacts},
    serve::unsupported_media_type,
};

const MAX_FIELDS: usize = 64;
const MAX_BYTES: usize = 64 * 1024;

/// The fields of a form, without the token of its page. Types derive `Deserialize` with `deny_unknown_fields`; every field is a
/// text, and an empty one is an absent one.
pub struct Fields<T>(pub T);

/// A form that is only a button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

impl<T: DeserializeOwned + Send + 'static> Argument for Fields<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Fields
    }

    fn read(cx: &Context) -> Result<Self, Refusal> {
        let content_type = cx.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let body = cx.request().body();
        if !body.is_empty() && !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(unsupported_media_type("Send a form."));
        }
        parse(body).map(Self)
    }
}

/// One field of the body, before anybody knows which form it is.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    if body.len() > MAX_BYTES {
        return None;
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let invalid = |message: String| Refusal::new(ErrorCode::BadRequest, "invalid_form", message);
    if body.len() > MAX_BYTES {
        return Err(invalid("The form is too large.".to_owned()));
    }
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(body).map_err(|_| invalid("The form can't be read.".to_owned()))?;
    if pairs.len() > MAX_FIELDS {
        return Err(invalid("The form has too many fields.".to_owned()));
    }
    let mut fields = Map::new();
    for (name, value) in pairs.into_iter().filter(|(name, _)| name != CSRF_FIELD) {
        if value.contains('\0') || value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(invalid("The form holds something that is no text.".to_owned()));
        }
        let value = if value.is_empty() { Value::Null } else { Value::String(value) };
        if fields.insert(name, value).is_some() {
            return Err(invalid("A field of the form stands twice.".to_owned()));
        }
    }
    // An empty name that no form has is refused like a full one: it stays in, as null.
    serde_json::from_value(Value::Object(fields)).map_err(|error| invalid(format!("The form is not valid: {error}.")))
}

#[cfg(test)]
mod tests {
    use kernel::Secret;

    use super::*;

    #[derive(Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Sample {
        identifier: Option<String>,
        password: Option<Secret>,
    }

    #[test]
    fn a_form_is_names_and_texts() {
        let sample: Sample = parse(b"csrf=x&identifier=ada%40example.com&password=a+b%C3%A9").unwrap();
        assert_eq!(sample.identifier.as_deref(), Some("ada@example.com"));
        assert_eq!(sample.password.unwrap().reveal(), "a bé");
        assert_eq!(parse::<Sample>(b"identifier=&password="), Ok(Sample::default()));
        assert_eq!(parse::<Sample>(b""), Ok(Sample::default()));
    }

    #[test]
    fn what_no_form_of_ours_sends_is_refused() {
        let many = "a=b&".repeat(65);
        let long = format!("identifier={}", "a".repeat(65 * 1024));
        for body in [
            "identifier=a&identifier=b",
            "identifier=&identifier=b",
            "is_admin=yes",
            "is_admin=",
            "identifier[]=a",
            "identifier=%00",
            "identifier=%ff",
            &many,
            &long,
        ] {
            assert_eq!(
                parse::<Sample>(body.as_bytes()).map_err(|refusal| refusal.reason),
                Err("invalid_form"),
                "{body:.40}"
            );
        }
    }
}
