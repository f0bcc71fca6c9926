//! JSON that means one thing: no key twice in an object, bounded depth, nothing after the value.
//!
//! Two readers of `{"sub":"a","sub":"b"}` may see two subjects, and RFC 8259, section 4, lets them. RFC 7515, section
//! 5.2, step 4, and RFC 7519, section 4, let us refuse it, which ends the question.

use std::{cell::Cell, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StrictError {
    #[error("it is not JSON")]
    Syntax,
    #[error("an object has a key twice")]
    DuplicateKey,
    #[error("it is nested too deeply")]
    TooDeep,
}

/// Parses one JSON text. `max_depth` counts arrays and objects, so that `1` allows an object of plain values.
pub fn parse_strict(bytes: &[u8], max_depth: usize) -> Result<Value, StrictError> {
    let fault = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict { depth_left: max_depth, fault: &fault };
    seed.deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|_| fault.get().unwrap_or(StrictError::Syntax))
}

#[derive(Clone, Copy)]
struct Strict<'f> {
    depth_left: usize,
    /// serde's errors carry text only; the kind leaves by this door.
    fault: &'f Cell<Option<StrictError>>,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, fault: StrictError) -> E {
        self.fault.set(Some(fault));
        E::custom(fault)
    }

    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => Err(self.refuse(StrictError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(Key(key)) = entries.next_key()? {
            if object.contains_key(&key) {
                return Err(self.refuse(StrictError::DuplicateKey));
            }
            let value = entries.next_value_seed(inside)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_an_ordinary_parser_reads() {
        let text = r#"{"a":[1,-2,0.5,1e3,true,null,"\u00e9"],"b":{"c":{}},"":18446744073709551615}"#;
        assert_eq!(parse_strict(text.as_bytes(), 3), Ok(serde_json::from_str(text).unwrap()));
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for (text, fault) in [
            (r#"{"a":1,"a":1}"#, StrictError::DuplicateKey),
            (r#"{"a":1,"\u0061":2}"#, StrictError::DuplicateKey),
            (r#"{"x":{"a":1,"b":2,"a":3}}"#, StrictError::DuplicateKey),
            ("[[[[]]]]", StrictError::TooDeep),
            (r#"{"a":{"a":{"a":{}}}}"#, StrictError::TooDeep),
            ("{} {}", StrictError::Syntax),
            ("{},", StrictError::Syntax),
            ("{\"a\":1,}", StrictError::Syntax),
            ("{'a':1}", StrictError::Syntax),
            ("\u{feff}{}", StrictError::Syntax),
            ("[1e999]", StrictError::Syntax),
            ("[NaN]", StrictError::Syntax),
            (r#"["\ud800"]"#, StrictError::Syntax),
            ("/**/{}", StrictError::Syntax),
            ("", StrictError::Syntax),
        ] {
            assert_eq!(parse_strict(text.as_bytes(), 3), Err(fault), "{text}");
        }
        assert_eq!(parse_strict(b"[\"\xff\"]", 3), Err(StrictError::Syntax));
        assert_eq!(parse_strict("[".repeat(100_000).as_bytes(), usize::MAX), Err(StrictError::Syntax));
    }
}
