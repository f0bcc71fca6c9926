//! The documents that come of a small domain.

mod cats;
mod events;
mod operations;
mod schemas;
mod whole;

use edge::{Endpoint, Surface, openapi};
use serde_json::Value;

/// Of all cats.
fn document(surface: Surface) -> Value {
    let endpoints = cats::endpoints();
    let endpoints: Vec<&Endpoint> = endpoints.iter().collect();
    openapi::document(surface, &endpoints, cats::EVENTS, &cats::examples(), "1.2.3")
}

/// Of one operation alone.
fn document_of(operation: &str, examples: &Value) -> Value {
    let endpoints = cats::endpoints();
    let one: Vec<&Endpoint> = endpoints.iter().filter(|endpoint| endpoint.facts.operation == operation).collect();
    openapi::document(Surface::Platform, &one, &[], examples, "1")
}

fn at<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there"))
}
