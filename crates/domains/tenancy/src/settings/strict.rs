//! A whole document, replaced by a PUT: what is absent has its default, what is not known is refused.
//!
//! The same types are stored, and there what is not known is passed over, so that an older node can read what a newer one wrote.
//! serde's own refusal belongs to the type and not to the occasion; here the occasion decides.

use std::marker::PhantomData;

use kernel::{ErrorCode, Field, Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The text of a `T`, read by [`Document::read`].
pub(crate) struct Document<T>(Value, PhantomData<fn() -> T>);

/// What a document holds: it writes all the fields that it reads.
pub(crate) trait Whole: Serialize + JsonSchema + Sized {
    fn read(text: &Value) -> Result<Self, Refusal>;
}

impl<T: Whole> Document<T> {
    pub(crate) fn read(self) -> Result<T, Refusal> {
        let value = T::read(&self.0)?;
        let known = serde_json::to_value(&value).unwrap_or_default();
        let Some(path) = stray(&self.0, &known) else { return Ok(value) };
        let mut refusal =
            Refusal::new(ErrorCode::BadRequest, "unknown_field", "The body has a field that is not known here.");
        let message = "This field is not known here.";
        refusal.fields.push(Field { field: path.into(), code: "unknown".into(), message: message.into() });
        Err(refusal)
    }
}

/// One part of a document; a 422 names the field that does not fit.
pub(crate) fn part<P: DeserializeOwned>(text: &Value) -> Result<P, Refusal> {
    serde_path_to_error::deserialize(text).map_err(|error| {
        let path: Vec<String> =
            error.path().iter().map(|segment| segment.to_string().replace(['[', ']'], "")).collect();
        Refusal::validation(path.join("."), "invalid", format!("Not valid: {}.", error.inner()))
    })
}

impl<'de, T> Deserialize<'de> for Document<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(|text| Self(Value::Object(text), PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Document<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The path of the first key that `known` does not have.
fn stray(text: &Value, known: &Value) -> Option<String> {
    let below = |name: &str, text: &Value, known: &Value| stray(text, known).map(|path| format!("{name}.{path}"));
    match (text, known) {
        (Value::Object(text), Value::Object(known)) => text.iter().find_map(|(name, text)| match known.get(name) {
            Some(known) => below(name, text, known),
            None => Some(name.clone()),
        }),
        (Value::Array(text), Value::Array(known)) => {
            text.iter().zip(known).enumerate().find_map(|(index, (text, known))| below(&index.to_string(), text, known))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Outer {
        inner: Inner,
        list: Vec<Inner>,
    }

    #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Inner {
        a: Option<u8>,
    }

    impl Whole for Outer {
        fn read(text: &Value) -> Result<Self, Refusal> {
            part(text)
        }
    }

    fn read(value: Value) -> Result<Outer, String> {
        let document: Document<Outer> = serde_json::from_value(value).unwrap();
        document.read().map_err(|refusal| format!("{} {}", refusal.reason, refusal.fields[0].field))
    }

    #[test]
    fn absent_fields_have_defaults() {
        let outer = read(json!({ "inner": { "a": null }, "list": [{}, { "a": 1 }] })).unwrap();
        assert_eq!((outer.inner.a, outer.list[1].a), (None, Some(1)));
    }

    #[test]
    fn a_field_that_is_not_known_is_refused_at_every_depth() {
        for (value, path) in [
            (json!({ "b": 1 }), "b"),
            (json!({ "inner": { "b": 1 } }), "inner.b"),
            (json!({ "list": [{}, { "b": null }] }), "list.1.b"),
        ] {
            assert_eq!(read(value).unwrap_err(), format!("unknown_field {path}"));
        }
    }

    #[test]
    fn a_field_of_another_type_is_named() {
        assert_eq!(read(json!({ "list": [{}, { "a": "x" }] })).unwrap_err(), "invalid_fields list.1.a");
    }
}
