//! JSON as a security boundary reads it: one meaning per text.
//!
//! `serde_json` keeps the last of two equal names and nests 128 deep. RFC 8259, section 4, leaves equal names to the reader, and
//! attackers rely on two readers that differ; here they are refused, before any type looks at the bytes.

use std::{borrow::Cow, cell::Cell, collections::HashSet, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Names with which `serde_json` hands raw text and exact numbers to itself. From outside they would smuggle in a second text that
/// nothing has scanned.
const PRIVATE_NAMES: &str = "$serde_json::private::";

/// What is wrong with JSON that is otherwise well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFlaw {
    /// An object has a name twice.
    NameTwice,
    TooDeep,
    /// The parser's own name.
    PrivateName,
}

/// Why a text was refused; its `Display` says where.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct JsonRefused {
    /// `None`: it is not JSON.
    pub flaw: Option<JsonFlaw>,
    error: serde_json::Error,
}

/// One JSON text and nothing behind it, no name twice in an object, at most so many arrays and objects inside each other: `1` allows an
/// object of plain values.
pub fn check_json(bytes: &[u8], max_depth: usize) -> Result<(), JsonRefused> {
    let flaw = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Scan { max_depth, depth: 0, flaw: &flaw }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| JsonRefused { flaw: flaw.get(), error })
}

/// Walks a value and keeps nothing but the names of the objects it is inside.
#[derive(Clone, Copy)]
struct Scan<'f> {
    max_depth: usize,
    depth: usize,
    /// serde's errors carry text only; the kind leaves by this door.
    flaw: &'f Cell<Option<JsonFlaw>>,
}

impl Scan<'_> {
    fn refuse<E: Error>(self, flaw: JsonFlaw, message: impl fmt::Display) -> E {
        self.flaw.set(Some(flaw));
        E::custom(message)
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == self.max_depth {
            return Err(self.refuse(JsonFlaw::TooDeep, format_args!("nested deeper than {}", self.max_depth)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
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
        let inside = self.deeper()?;
        while items.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        let mut names = Names::new();
        while let Some(Name(name)) = entries.next_key()? {
            if name.starts_with(PRIVATE_NAMES) {
                return Err(self.refuse(JsonFlaw::PrivateName, "a key is not allowed"));
            }
            if names.has(&name) {
                let message = format_args!("the key `{}` stands twice", name.escape_debug());
                return Err(self.refuse(JsonFlaw::NameTwice, message));
            }
            names.add(name);
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

/// The names of one object. The few of a usual one are compared with each other sooner than hashed; one from outside may have thousands.
struct Names<'de> {
    first: Vec<Cow<'de, str>>,
    others: HashSet<Cow<'de, str>>,
}

impl<'de> Names<'de> {
    const FIRST: usize = 16;

    fn new() -> Self {
        Self { first: Vec::with_capacity(Self::FIRST), others: HashSet::new() }
    }

    fn has(&self, name: &str) -> bool {
        self.first.iter().any(|known| known == name) || self.others.contains(name)
    }

    fn add(&mut self, name: Cow<'de, str>) {
        if self.first.len() < Self::FIRST {
            self.first.push(name);
        } else {
            self.others.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> Option<JsonFlaw> {
        check_json(text.as_bytes(), 3).unwrap_err().flaw
    }

    #[test]
    fn the_flaw_is_named_and_its_place_told() {
        assert_eq!(flaw(r#"{"a":1,"\u0061":2}"#), Some(JsonFlaw::NameTwice));
        assert_eq!(flaw("[[[[]]]]"), Some(JsonFlaw::TooDeep));
        assert_eq!(flaw("{} {}"), None);
        let refused = check_json(b"{\"a\":1,\"a\":1}", 3).unwrap_err();
        assert!(refused.to_string().starts_with("the key `a` stands twice at line 1"), "{refused}");
        assert!(check_json(b"{\"a\":[{\"a\":1}],\"b\":{\"a\":1}}", 3).is_ok());
    }

    #[test]
    fn a_name_of_the_parsers_own_is_refused_wherever_it_stands() {
        for name in ["RawValue", "Number"] {
            let smuggled = format!("{{\"$serde_json::private::{name}\":\"{{\\\"a\\\":1,\\\"a\\\":2}}\"}}");
            assert_eq!(flaw(&smuggled), Some(JsonFlaw::PrivateName));
            assert_eq!(flaw(&format!("{{\"in\":[{smuggled}]}}")), Some(JsonFlaw::PrivateName));
        }
    }

    #[test]
    fn a_name_is_found_again_among_many() {
        let object = |names: &mut dyn Iterator<Item = usize>| {
            let entries: Vec<String> = names.map(|name| format!("\"n{name}\":0")).collect();
            format!("{{{}}}", entries.join(","))
        };
        assert!(check_json(object(&mut (0..100)).as_bytes(), 1).is_ok());
        for twice in [0, 15, 16, 17, 99] {
            assert_eq!(flaw(&object(&mut (0..100).chain([twice]))), Some(JsonFlaw::NameTwice), "{twice}");
        }
    }
}
