//! JSON that means one thing: no key twice in an object, bounded depth, nothing after the value.
//!
//! Two readers of `{"sub":"a","sub":"b"}` may see two subjects, and RFC 8259, section 4, lets them. RFC 7515, section
//! 5.2, step 4, and RFC 7519, section 4, let us refuse it, which ends the question.

use std::{borrow::Cow, cell::Cell, collections::HashSet, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
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
    check_strict(bytes, max_depth)?;
    serde_json::from_slice(bytes).map_err(|_| StrictError::Syntax)
}

/// Would [`parse_strict`] take it? For who reads it into a type of their own afterwards.
pub(crate) fn check_strict(bytes: &[u8], max_depth: usize) -> Result<(), StrictError> {
    let fault = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict { depth_left: max_depth, fault: &fault };
    seed.deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
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
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        while items.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut names = Names::new();
        while let Some(Name(name)) = entries.next_key()? {
            if !names.add(name) {
                return Err(self.refuse(StrictError::DuplicateKey));
            }
            entries.next_value_seed(inside)?;
        }
        Ok(())
    }
}

struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            /// One with escapes, which is nowhere in the text as it is meant.
            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Read)
    }
}

/// The names of one object. Those of a token are compared with each other sooner than hashed; an object of others may have thousands.
struct Names<'de> {
    first: Vec<Cow<'de, str>>,
    others: HashSet<Cow<'de, str>>,
}

impl<'de> Names<'de> {
    const FIRST: usize = 16;

    fn new() -> Self {
        Self { first: Vec::with_capacity(Self::FIRST), others: HashSet::new() }
    }

    /// `false`: it was there.
    fn add(&mut self, name: Cow<'de, str>) -> bool {
        if self.first.contains(&name) {
            return false;
        }
        if self.first.len() == Self::FIRST {
            return self.others.insert(name);
        }
        self.first.push(name);
        true
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
            (r#"{"a":1,"b":{"a":1},"c":{"a":1,"\u0062":2,"b":3}}"#, StrictError::DuplicateKey),
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
        assert_eq!(parse_strict(b"{\"\xff\":1}", 3), Err(StrictError::Syntax));
        assert_eq!(parse_strict("[".repeat(100_000).as_bytes(), usize::MAX), Err(StrictError::Syntax));
    }

    #[test]
    fn a_name_is_found_again_among_many() {
        let object = |names: &mut dyn Iterator<Item = usize>| {
            let entries: Vec<String> = names.map(|name| format!("\"n{name}\":0")).collect();
            format!("{{{}}}", entries.join(","))
        };
        assert!(parse_strict(object(&mut (0..100)).as_bytes(), 1).is_ok());
        for twice in [0, 15, 16, 17, 99] {
            let text = object(&mut (0..100).chain([twice]));
            assert_eq!(parse_strict(text.as_bytes(), 1), Err(StrictError::DuplicateKey), "{twice}");
        }
    }
}
