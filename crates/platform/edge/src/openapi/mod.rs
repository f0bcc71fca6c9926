//! The OpenAPI 3.1 documents, written from the signatures of the endpoints.
//!
//! Owns: how a guard becomes a security requirement, an argument a parameter, a view an enveloped component, an error enum a list of
//! reasons, an event a webhook; and [`rules`], the house rules that reference pages and SDK generators rely on. Owns no text of an
//! operation: summaries and descriptions are the handlers' doc comments, examples are what the server answered in a test.

mod components;
mod examples;
mod operation;
mod parameters;
mod prose;
mod reasons;
mod replies;
pub mod rules;
mod security;
mod shapes;
mod standards;
mod tags;
mod unions;
mod webhooks;

use kernel::EventFacts;
use serde_json::{Map, Value, json};

use crate::endpoint::{Endpoint, Surface};
use components::Components;
use examples::Examples;
use operation::OperationWriter;

/// The document of one surface. The bodies of `/.well-known` stand in both, since clients of both read them; whatever else has a
/// body that a standard fixes belongs to the data plane.
///
/// `examples` is an object by operation id, `{"request": body, "response": {"status": 201, "headers": {..}, "body": ..}}`, recorded
/// from real answers. `version` is the product's.
pub fn document(
    surface: Surface,
    endpoints: &[&Endpoint],
    events: &[EventFacts],
    examples: &Value,
    version: &str,
) -> Value {
    let endpoints: Vec<&Endpoint> = endpoints.iter().copied().filter(|endpoint| stands_in(surface, endpoint)).collect();
    let (mut components, types, payloads) = Components::collect(&endpoints, events);
    replies::add_shared(surface, &mut components);

    let mut paths = Map::new();
    let mut writer = OperationWriter::new(surface, &mut components, Examples(examples), &endpoints, &types);
    for (endpoint, types) in endpoints.iter().zip(&types) {
        let method = endpoint.facts.method.as_str().to_ascii_lowercase();
        let operation = writer.write(endpoint, types);
        if let Some(item) = paths.entry(endpoint.facts.path).or_insert_with(|| json!({})).as_object_mut() {
            item.insert(method, operation);
        }
    }
    let refused = writer.into_refused();
    let webhooks = webhooks::write(events, &payloads, &mut components);

    let mut document = json!({
        "openapi": "3.1.0",
        "info": prose::info(surface, version),
        "servers": [
            { "url": "/", "description": "The server that serves this document" },
            { "url": "http://localhost:8080", "description": "A fresh install" },
        ],
        "tags": tags::used(surface, &endpoints, !events.is_empty()),
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": {},
            "responses": refused,
            "headers": replies::headers(),
            "securitySchemes": security::schemes(),
        },
    });
    if !events.is_empty() {
        document["x-webhook-body"] = components::reference(webhooks::BODY);
    }
    document["components"]["schemas"] = components.reachable_from(&document).into();
    document
}

/// The same document for people who read YAML.
pub fn yaml(document: &Value) -> String {
    // A JSON value has string keys and finite numbers only: YAML can write all of it.
    serde_norway::to_string(document).unwrap_or_else(|error| format!("# not written: {error}\n"))
}

fn stands_in(surface: Surface, endpoint: &Endpoint) -> bool {
    // Pages are for people, and no promise to programs: but those at which a protocol has clients send a browser.
    if endpoint.is_page() {
        return surface == Surface::DataPlane && standards::is_entrance(endpoint.facts.path);
    }
    match endpoint.facts.surface() {
        Surface::Platform => surface == Surface::Platform,
        Surface::DataPlane => surface != Surface::Platform,
        Surface::Protocol => surface != Surface::Platform || standards::is_discovery(endpoint.facts.path),
    }
}
