//! Where two JSON documents differ, one line per place, as JSON pointers (RFC 6901).

use serde_json::Value;

/// `+` only in `new`, `-` only in `old`, `~` in both with another value.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", old, new, &mut found);
    found
}

fn walk(at: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let place = format!("{at}/{}", escape(key));
                match after.get(key) {
                    Some(other) => walk(&place, value, other, found),
                    None => found.push(format!("- {place}")),
                }
            }
            let added = after.keys().filter(|key| !before.contains_key(*key));
            found.extend(added.map(|key| format!("+ {at}/{}", escape(key))));
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                walk(&format!("{at}/{index}"), value, other, found);
            }
        }
        _ if old != new => found.push(format!("~ {at}")),
        _ => {}
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_place_is_named_once() {
        let old = json!({ "paths": { "/v1/a": { "get": 1 }, "/v1/b": {} }, "list": [1, 2] });
        let new = json!({ "paths": { "/v1/a": { "get": 2 }, "/v1/c": {} }, "list": [1] });
        let mut found = differences(&old, &new);
        found.sort();
        assert_eq!(found, ["+ /paths/~1v1~1c", "- /paths/~1v1~1b", "~ /list", "~ /paths/~1v1~1a/get"]);
    }

    #[test]
    fn equal_documents_do_not_differ() {
        assert!(differences(&json!({ "a": [1, { "b": null }] }), &json!({ "a": [1, { "b": null }] })).is_empty());
    }
}
