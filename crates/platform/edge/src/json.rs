//! Bodies in JSON, read into types: what is wrong with one is said by the field.

use kernel::{ErrorCode, Field, Refusal, check_json};
use serde::de::DeserializeOwned;

const MAX_DEPTH: usize = 64;

/// Bytes to a value, or a 400 for what is not JSON or not known, or a 422 that names the field.
///
/// Bodies are objects: serde would also fill a struct from an array, by position and without names to check.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Refusal::new(ErrorCode::BadRequest, "invalid_json", "The body is a JSON object."));
    }
    check_json(bytes, MAX_DEPTH).map_err(|error| {
        Refusal::new(ErrorCode::BadRequest, "invalid_json", format!("The body is not the JSON expected here: {error}."))
    })?;
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(|error| {
        let path = error.path().to_string();
        of_field(if path == "." { String::new() } else { path }, error.inner())
    })
}

fn of_field(path: String, error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    if let Some(rest) = text.strip_prefix("unknown field `") {
        let name = rest.split('`').next().unwrap_or_default();
        let mut refusal =
            Refusal::new(ErrorCode::BadRequest, "unknown_field", "The body has a field that is not known here.");
        refusal.fields.push(Field {
            field: join(&path, name).into(),
            code: "unknown".into(),
            message: "This field is not known here.".into(),
        });
        return refusal;
    }
    if let Some(rest) = text.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return Refusal::validation(join(&path, name), "required", "This field is required.");
    }
    Refusal::validation(path, "invalid", format!("Not valid: {text}."))
}

/// `serde_path_to_error` may or may not have entered the field that it names.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else if path == name || path.ends_with(&format!(".{name}")) {
        path.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*, sample};
    use serde_json::{Value, json};

    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Cat {
        #[expect(dead_code, reason = "only its type matters")]
        lives: u8,
    }

    fn refused(text: &str) -> Refusal {
        parse::<Cat>(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn one_meaning_per_text() {
        for text in ["{\"lives\":9,\"lives\":1}", "{\"lives\":9}{}", "{\"lives\":9,}", "", "{\"lives\":\"\\ud800\"}"] {
            assert_eq!(refused(text).reason, "invalid_json", "{text}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(64), "]".repeat(64));
        assert_eq!(refused(&deep).reason, "invalid_json");
        assert_eq!(refused("[9]").reason, "invalid_json");
    }

    #[test]
    fn the_field_is_named() {
        assert_eq!(refused("{\"lives\":9,\"admin\":true}").reason, "unknown_field");
        assert_eq!(refused("{\"lives\":9,\"admin\":true}").fields[0].field, "admin");
        assert_eq!((refused("{}").status(), &*refused("{}").fields[0].field), (422, "lives"));
        assert_eq!(refused("{\"lives\":-1}").fields[0].field, "lives");
    }

    #[test]
    fn depth_64_is_read() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(63), "]".repeat(63));
        assert!(parse::<Value>(deep.as_bytes()).is_ok());
    }

    #[test]
    fn a_key_of_the_parsers_own_smuggles_nothing_in() {
        let smuggled = r#"{"$serde_json::private::RawValue":"{\"a\":1,\"a\":2}"}"#;
        assert_eq!(parse::<Value>(smuggled.as_bytes()).map_err(|refusal| refusal.reason), Err("invalid_json"));
        let nested = format!("{{\"in\":[{smuggled}]}}");
        assert_eq!(parse::<Value>(nested.as_bytes()).map_err(|refusal| refusal.reason), Err("invalid_json"));
    }

    /// Any JSON value of at most six levels.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            // Halves and eighths: the parser reads other fractions to within one unit of the last place.
            any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// A key with every character as an escape: another spelling of the same text.
    fn escaped(key: &str) -> String {
        let units: Vec<String> = key.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{}\"", units.concat())
    }

    /// A body that holds this text.
    fn within(text: &str) -> String {
        format!("{{\"in\":{text}}}")
    }

    proptest! {
        #[test]
        fn whatever_is_json_is_read_as_it_is(value in any_json()) {
            let body = json!({ "in": value });
            prop_assert_eq!(parse::<Value>(body.to_string().as_bytes()), Ok(body.clone()));
            let pretty = serde_json::to_string_pretty(&body).unwrap();
            prop_assert_eq!(parse::<Value>(pretty.as_bytes()), Ok(body));
        }

        #[test]
        fn a_body_is_an_object(value in any_json()) {
            prop_assume!(!value.is_object());
            prop_assert!(parse::<Value>(value.to_string().as_bytes()).is_err());
        }

        #[test]
        fn no_bytes_do_harm(bytes in collection::vec(any::<u8>(), 0..256)) {
            for text in [bytes.clone(), [&b"{\"in\":"[..], &bytes, b"}"].concat()] {
                // Stricter than the library and never otherwise.
                if let Ok(value) = parse::<Value>(&text) {
                    prop_assert_eq!(Some(value), serde_json::from_slice(&text).ok());
                }
            }
        }

        #[test]
        fn a_cut_text_is_refused(value in any_json(), cut in any::<sample::Index>()) {
            let text = within(&value.to_string());
            let cut = cut.index(text.len());
            prop_assert!(parse::<Value>(&text.as_bytes()[..cut]).is_err());
        }

        #[test]
        fn a_key_stands_once_however_it_is_spelled(key in any::<String>(), value in any_json(), depth in 0_usize..50) {
            prop_assume!(key != "between");
            let plain = Value::from(key.as_str()).to_string();
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            let once = within(&format!("{open}{{{plain}:1,\"between\":{value}}}{close}"));
            prop_assert!(parse::<Value>(once.as_bytes()).is_ok());
            for other in [plain.clone(), escaped(&key)] {
                let twice = within(&format!("{open}{{{plain}:1,\"between\":{value},{other}:2}}{close}"));
                prop_assert_eq!(parse::<Value>(twice.as_bytes()).map_err(|refusal| refusal.reason), Err("invalid_json"));
            }
        }

        #[test]
        fn depth_is_bounded_for_arrays_and_objects_alike(kinds in collection::vec(any::<bool>(), 1..120)) {
            let open: String = kinds.iter().map(|is_array| if *is_array { "[" } else { "{\"k\":" }).collect();
            let close: String = kinds.iter().rev().map(|is_array| if *is_array { "]" } else { "}" }).collect();
            let is_read = parse::<Value>(within(&format!("{open}1{close}")).as_bytes()).is_ok();
            prop_assert_eq!(is_read, kinds.len() < MAX_DEPTH);
        }
    }
}
