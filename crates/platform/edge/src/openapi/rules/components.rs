//! What components may be called, and what envelopes look like.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{operations, resolve};
use crate::openapi::unions::pascal;

/// Names that a language has already.
const TAKEN: &[&str] = &[
    "Any",
    "Array",
    "Boolean",
    "Class",
    "Client",
    "Date",
    "Default",
    "Enum",
    "Error",
    "Event",
    "Exception",
    "File",
    "Function",
    "Integer",
    "Interface",
    "Iterator",
    "List",
    "Map",
    "Module",
    "None",
    "Null",
    "Number",
    "Object",
    "Option",
    "Package",
    "Process",
    "Promise",
    "Record",
    "Request",
    "Response",
    "Result",
    "Set",
    "String",
    "Symbol",
    "System",
    "Thread",
    "Type",
];

pub(super) fn check(document: &Value, found: &mut Vec<String>) {
    let resources = resources(document);
    let Some(schemas) = document["components"]["schemas"].as_object() else { return };
    for (name, schema) in schemas {
        let mut say = |what: &str| found.push(format!("component {name}: {what}"));
        if !name.starts_with(|first: char| first.is_ascii_uppercase())
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            say("is not written in PascalCase");
        }
        if TAKEN.contains(&name.as_str()) {
            say("is a name that languages have already");
        }
        if resources.contains(name) {
            say("is called like a resource of the SDKs");
        }
        let stem = name.trim_end_matches(|last: char| last.is_ascii_digit());
        if stem != name && schemas.contains_key(stem) {
            say(&format!("is a second type called {stem}"));
        }
        if schema["type"] == "object" && schema["description"].as_str().is_none_or(str::is_empty) {
            say("has no description");
        }
        if schema.get("x-envelope").is_some() {
            envelope(document, schema, &mut say);
        }
    }
}

/// The first words of operation ids are the SDKs' own classes.
fn resources(document: &Value) -> BTreeSet<String> {
    let names = operations(document).filter_map(|(_, _, operation)| operation["operationId"].as_str());
    names.filter_map(|name| name.split('.').next()).map(pascal).collect()
}

/// The data plane has no `success`; where there is one, `error` stands beside it, as an object or null.
fn envelope(document: &Value, schema: &Value, say: &mut dyn FnMut(&str)) {
    let properties = &schema["properties"];
    let Some(success) = properties.get("success") else { return };
    if success["type"] != "boolean" {
        say("has a `success` that is not a boolean");
    }
    let error = &properties["error"];
    let body = error["oneOf"].as_array().and_then(|members| members.first()).unwrap_or(error);
    if body["$ref"] != "#/components/schemas/ErrorBody" || resolve(document, body)["type"] != "object" {
        say("has an `error` that is not an ErrorBody or null");
    }
}
