//! What breaks inside a body, with `$ref` followed in both documents.
//!
//! The direction decides: a request may not ask for more (a property newly required, or gone, since unknown fields are
//! refused), a reply may not give less (a property gone, or no longer always there). Another type breaks both ways.

use std::collections::HashSet;

use serde_json::Value;

/// Who writes the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Reply,
}

/// Follows `$ref` (a local JSON pointer) to what it names; anything else is returned as it is.
pub(super) fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    // A chain of references is as long as the document is deep; a loop of references ends here too.
    for _ in 0..16 {
        match value["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#'))) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// One walk through a pair of schemas.
pub(super) struct Walk<'a> {
    direction: Direction,
    old: &'a Value,
    new: &'a Value,
    /// Components already compared: recursive types end here.
    seen: HashSet<String>,
    found: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(direction: Direction, old: &'a Value, new: &'a Value) -> Self {
        Self { direction, old, new, seen: HashSet::new(), found: Vec::new() }
    }

    pub(super) fn run(mut self, place: &str, before: &'a Value, after: &'a Value) -> Vec<String> {
        self.schema(place, before, after);
        self.found
    }

    fn schema(&mut self, place: &str, before: &'a Value, after: &'a Value) {
        if let Some(target) = before["$ref"].as_str()
            && !self.seen.insert(target.to_owned())
        {
            return;
        }
        let (before, after) = (resolve(self.old, before), resolve(self.new, after));
        self.kind(place, before, after);
        self.properties(place, before, after);
        if before.get("items").is_some() {
            self.schema(&format!("{place}[]"), &before["items"], &after["items"]);
        }
        for combination in ["allOf", "oneOf", "anyOf"] {
            self.variants(place, combination, before, after);
        }
    }

    fn kind(&mut self, place: &str, before: &Value, after: &Value) {
        let (old, new) = (types(before), types(after));
        if old.is_empty() || new.is_empty() || old == new {
            return;
        }
        // A request may accept more kinds of value, a reply may send fewer.
        let is_narrowed_or_widened = match self.direction {
            Direction::Request => old.iter().any(|kind| !new.contains(kind)),
            Direction::Reply => new.iter().any(|kind| !old.contains(kind)),
        };
        if is_narrowed_or_widened {
            self.found.push(format!("{place}: type {} became {}", old.join("|"), new.join("|")));
        }
    }

    fn properties(&mut self, place: &str, before: &'a Value, after: &'a Value) {
        for (key, old) in before["properties"].as_object().into_iter().flatten() {
            match after["properties"].get(key) {
                None => self.found.push(format!("{place}.{key} is gone")),
                Some(new) => self.schema(&format!("{place}.{key}"), old, new),
            }
        }
        let (old, new) = (required(before), required(after));
        match self.direction {
            Direction::Request => {
                let newly = new.iter().filter(|key| !old.contains(key));
                self.found.extend(newly.map(|key| format!("{place}.{key} is newly required")));
            }
            Direction::Reply => {
                // A property that is gone altogether was named above.
                let loose = old.iter().filter(|key| !new.contains(key) && after["properties"].get(**key).is_some());
                self.found.extend(loose.map(|key| format!("{place}.{key} is no longer always there")));
            }
        }
    }

    /// Members of a union are matched by the component they refer to; inline ones by their place.
    fn variants(&mut self, place: &str, combination: &str, before: &'a Value, after: &'a Value) {
        let Some(old) = before[combination].as_array() else { return };
        let new = after[combination].as_array().map_or(&[][..], Vec::as_slice);
        for (index, variant) in old.iter().enumerate() {
            let partner = match variant["$ref"].as_str() {
                Some(target) => new.iter().find(|other| other["$ref"] == target),
                None => new.get(index),
            };
            match (partner, variant["$ref"].as_str()) {
                (Some(other), _) => self.schema(place, variant, other),
                // A reply may stop sending a variant; a request may not stop taking it.
                (None, Some(target)) if self.direction == Direction::Request => {
                    self.found.push(format!("{place}: {target} is no longer accepted"));
                }
                (None, _) => {}
            }
        }
    }
}

/// `type` as a sorted list: it may be one word or several (`["string", "null"]`).
fn types(schema: &Value) -> Vec<&str> {
    let mut kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    kinds.sort_unstable();
    kinds
}

fn required(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compare(direction: Direction, before: &Value, after: &Value) -> Vec<String> {
        Walk::new(direction, &Value::Null, &Value::Null).run("body", before, after)
    }

    fn user(required: &Value, email: &Value) -> Value {
        json!({ "type": "object", "required": required, "properties": { "email": { "type": email } } })
    }

    #[test]
    fn a_request_may_not_ask_for_more_and_a_reply_may_not_give_less() {
        let loose = user(&json!([]), &json!("string"));
        let strict = user(&json!(["email"]), &json!("string"));
        assert_eq!(compare(Direction::Request, &loose, &strict), ["body.email is newly required"]);
        assert_eq!(compare(Direction::Reply, &strict, &loose), ["body.email is no longer always there"]);
        assert!(compare(Direction::Request, &strict, &loose).is_empty());
        assert!(compare(Direction::Reply, &loose, &strict).is_empty());
    }

    #[test]
    fn a_property_that_is_gone_breaks_both_ways_and_is_named_once() {
        let before = user(&json!(["email"]), &json!("string"));
        for direction in [Direction::Request, Direction::Reply] {
            assert_eq!(compare(direction, &before, &json!({ "type": "object" })), ["body.email is gone"]);
        }
    }

    #[test]
    fn null_may_be_newly_accepted_but_not_newly_sent() {
        let plain = user(&json!([]), &json!("string"));
        let nullable = user(&json!([]), &json!(["string", "null"]));
        assert!(compare(Direction::Request, &plain, &nullable).is_empty());
        assert_eq!(compare(Direction::Reply, &plain, &nullable), ["body.email: type string became null|string"]);
    }

    #[test]
    fn references_are_followed_and_recursive_types_end() {
        let node = |kind: &str| {
            json!({ "components": { "schemas": { "Node": { "type": "object", "properties": {
                "value": { "type": kind },
                "next": { "$ref": "#/components/schemas/Node" },
            } } } } })
        };
        let (old, new) = (node("string"), node("integer"));
        let body = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Node" } });
        let found = Walk::new(Direction::Reply, &old, &new).run("body", &body, &body);
        assert_eq!(found, ["body[].value: type string became integer"]);
    }

    #[test]
    fn a_request_may_not_lose_a_variant() {
        let both = json!({ "oneOf": [{ "$ref": "#/A" }, { "$ref": "#/B" }] });
        let one = json!({ "oneOf": [{ "$ref": "#/B" }] });
        assert_eq!(compare(Direction::Request, &both, &one), ["body: #/A is no longer accepted"]);
        assert!(compare(Direction::Reply, &both, &one).is_empty());
    }
}
