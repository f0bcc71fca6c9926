//! The house rules of the documents, as checks.
//!
//! Reference pages and the SDKs of every language are made from these documents, and what a rule forbids has broken one of their
//! generators. A rule can't be mended once SDKs are out, so it holds from the first endpoint.

mod components;
mod operations;
mod schemas;

use serde_json::Value;

/// One sentence for each breach; empty where the document keeps all rules.
pub fn check(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    operations::check(document, &mut found);
    components::check(document, &mut found);
    schemas::check(document, &mut found);
    found
}

/// `(path, method, operation)` of every operation, in the order of the document.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options", "trace"];
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((path.as_str(), *method, item.get(*method)?)))
    })
}

/// Follows a local reference, if it is one.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => value,
    }
}

fn is_component(schema: &Value) -> bool {
    schema["$ref"].as_str().is_some_and(|target| target.starts_with("#/components/schemas/"))
}

#[cfg(test)]
mod tests;
