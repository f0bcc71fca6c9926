//! JSON that means one thing: no key twice in an object, bounded depth, nothing after the value.
//!
//! Two readers of `{"sub":"a","sub":"b"}` may see two subjects, and RFC 8259, section 4, lets them. RFC 7515, section
//! 5.2, step 4, and RFC 7519, section 4, let us refuse it, which ends the question.

use kernel::{JsonFlaw, JsonRefused, check_json};
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

impl From<JsonRefused> for StrictError {
    fn from(refused: JsonRefused) -> Self {
        match refused.flaw {
            Some(JsonFlaw::NameTwice) => Self::DuplicateKey,
            Some(JsonFlaw::TooDeep) => Self::TooDeep,
            Some(JsonFlaw::PrivateName) | None => Self::Syntax,
        }
    }
}

/// Parses one JSON text. `max_depth` counts arrays and objects, so that `1` allows an object of plain values.
pub fn parse_strict(bytes: &[u8], max_depth: usize) -> Result<Value, StrictError> {
    check_json(bytes, max_depth)?;
    serde_json::from_slice(bytes).map_err(|_| StrictError::Syntax)
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
        // `serde_json` would read the inner text, which nobody has looked at, in its place.
        let smuggled = r#"{"$serde_json::private::RawValue":"{\"sub\":\"a\",\"sub\":\"b\"}"}"#;
        assert_eq!(parse_strict(smuggled.as_bytes(), 3), Err(StrictError::Syntax));
        assert_eq!(parse_strict("[".repeat(100_000).as_bytes(), usize::MAX), Err(StrictError::Syntax));
    }
}
