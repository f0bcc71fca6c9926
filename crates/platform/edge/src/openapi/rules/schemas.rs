//! The shapes that schemas may have, wherever they stand.

use serde_json::Value;

use super::{is_component, operations, resolve};

/// Keywords that half of the generators give up on.
const FORBIDDEN: &[&str] = &[
    "prefixItems",
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "unevaluatedProperties",
    "unevaluatedItems",
    "$defs",
    "definitions",
    "nullable",
];

pub(super) fn check(document: &Value, found: &mut Vec<String>) {
    let mut walk = Walk { document, found };
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        walk.schema(&format!("component {name}"), schema, true);
    }
    for (path, method, operation) in operations(document) {
        walk.operation(&format!("{method} {path}"), operation);
    }
    for (name, webhook) in document["webhooks"].as_object().into_iter().flatten() {
        let post = &webhook["post"];
        walk.operation(&format!("webhook {name}"), post);
        let body = &post["requestBody"]["content"]["application/json"]["schema"];
        if !is_component(body) || !is_component(&resolve(document, body)["properties"]["data"]) {
            walk.say(&format!("webhook {name}"), "has a body or a payload that is not a named component");
        }
    }
    references("the document", document, document, found);
    old_algorithm_names("the document", document, found);
}

struct Walk<'a> {
    document: &'a Value,
    found: &'a mut Vec<String>,
}

impl Walk<'_> {
    fn say(&mut self, place: &str, what: &str) {
        self.found.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, place: &str, operation: &Value) {
        for entry in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(self.document, entry);
            self.schema(&format!("{place} parameter {}", parameter["name"]), &parameter["schema"], false);
        }
        self.content(place, &operation["requestBody"]);
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            self.content(&format!("{place} {status}"), resolve(self.document, response));
        }
    }

    fn content(&mut self, place: &str, of: &Value) {
        for media in of["content"].as_object().into_iter().flat_map(serde_json::Map::values) {
            self.schema(place, &media["schema"], false);
        }
    }

    /// `is_named`: the schema is a component itself, and so may be an object with properties.
    fn schema(&mut self, place: &str, schema: &Value, is_named: bool) {
        let Some(object) = schema.as_object() else {
            return self.say(place, "is no object: `true` and `false` are not schemas here");
        };
        for keyword in FORBIDDEN.iter().filter(|keyword| object.contains_key(**keyword)) {
            self.say(place, &format!("uses `{keyword}`"));
        }
        if object.contains_key("anyOf") {
            self.say(place, "uses `anyOf`");
        }
        if !is_named && object.contains_key("properties") {
            self.say(place, "is an object in place: name it");
        }
        if object.contains_key("enum") && object.get("x-open-enum") != Some(&Value::Bool(true)) {
            self.say(place, "is an enum without x-open-enum");
        }
        self.kind(place, schema);
        self.union(place, schema);
        self.inside(place, schema);
    }

    fn inside(&mut self, place: &str, schema: &Value) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.schema(&format!("{place}.{name}"), property, false);
        }
        if let Some(items) = schema.get("items") {
            self.schema(&format!("{place}[]"), items, false);
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| !values.is_boolean()) {
            self.schema(&format!("{place}{{}}"), values, false);
        }
        for member in schema["allOf"].as_array().into_iter().flatten() {
            self.schema(place, member, false);
        }
    }

    fn kind(&mut self, place: &str, schema: &Value) {
        match &schema["type"] {
            Value::String(kind) if kind == "null" => self.say(place, "is `type: null` alone"),
            Value::Array(kinds) if kinds.len() != 2 || kinds[1] != "null" => {
                self.say(place, "has several types, which are not one and null");
            }
            _ => {}
        }
    }

    /// A nullable reference, or a union of components told apart by a constant, with the whole mapping.
    fn union(&mut self, place: &str, schema: &Value) {
        let Some(members) = schema["oneOf"].as_array() else { return };
        if members.len() == 2 && is_component(&members[0]) && members[1]["type"] == "null" {
            return;
        }
        if !members.iter().all(is_component) {
            return self.say(place, "is a union of what are not named components");
        }
        let discriminator = &schema["discriminator"];
        let Some(tag) = discriminator["propertyName"].as_str() else {
            return self.say(place, "is a union without a discriminator");
        };
        for member in members {
            let constant = &resolve(self.document, member)["properties"][tag]["const"];
            let target = constant.as_str().map(|value| &discriminator["mapping"][value]);
            if target != Some(&member["$ref"]) {
                self.say(place, &format!("does not map {} by a constant `{tag}`", member["$ref"]));
            }
        }
        if discriminator["mapping"].as_object().is_none_or(|mapping| mapping.len() != members.len()) {
            self.say(place, "maps more or less than its members");
        }
    }
}

/// Every reference leads somewhere.
fn references(place: &str, value: &Value, document: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(target) = object.get("$ref").and_then(Value::as_str)
                && document.pointer(target.trim_start_matches('#')).is_none()
            {
                found.push(format!("{place}: refers to {target}, which is not there"));
            }
            object.iter().for_each(|(key, inner)| references(key, inner, document, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(place, item, document, found)),
        _ => {}
    }
}

/// `PyJWT` and golang-jwt refuse the name of RFC 9864.
fn old_algorithm_names(place: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                // `crv` names a curve: there `Ed25519` is right (RFC 8037, section 2).
                if key != "crv" {
                    old_algorithm_names(key, inner, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| old_algorithm_names(place, item, found)),
        Value::String(text) if text == "Ed25519" => {
            found.push(format!("{place}: says `Ed25519` where `EdDSA` is meant"));
        }
        _ => {}
    }
}
