//! One real answer of every operation, for the reference and the documents.
//!
//! Each is asked of a server of its own with a fixed clock and seeded entropy, so an example changes only when its operation does.
//! `RECORD_EXAMPLES=1` writes them down.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::{Endpoint, Surface};
use serde_json::{Map, Value, json};

use crate::{
    kit::{Call, Reply, endpoints, say, variable},
    oauth::stage::decoded,
    samples::World,
};

/// What a document shows of a reply beside its body.
const HEADERS: [&str; 2] = ["etag", "location"];

#[tokio::test]
async fn every_operation_has_an_example_that_the_server_gives_today() {
    if variable("TEST_STORE").is_some() {
        say("skipped: the examples are those of an SQLite store, whose status names it");
        return;
    }
    let recorded = recorded();
    let mut current = json!({ "platform": {}, "data_plane": {} });
    for endpoint in endpoints() {
        let example = example(&endpoint).await;
        for surface in surfaces(&endpoint) {
            let before = &recorded[surface][endpoint.facts.operation];
            // Signatures and keys are new in every run: what differs in nothing else is kept as it was.
            let kept = if masked(before) == masked(&example) { before.clone() } else { example.clone() };
            current[surface][endpoint.facts.operation] = kept;
        }
    }
    let current = sorted(&current);
    if variable("RECORD_EXAMPLES").is_some() {
        fs::write(file(), format!("{}\n", serde_json::to_string_pretty(&current).unwrap())).unwrap();
        return;
    }
    for (surface, operations) in current.as_object().unwrap() {
        for (operation, example) in operations.as_object().unwrap() {
            let before = &recorded[surface][operation];
            assert_eq!(
                before, example,
                "the {surface} example of {operation} is not what the server answers: RECORD_EXAMPLES=1"
            );
        }
        let gone: Vec<&String> = recorded[surface]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| operations.get(name.as_str()).is_none())
            .collect();
        assert!(gone.is_empty(), "examples of operations that are gone: {gone:?}");
    }
}

async fn example(endpoint: &Endpoint) -> Value {
    let world = World::open().await;
    let call = world.sample(endpoint).await;
    let request = call.body.clone().or_else(|| form(call.raw.as_deref()?)).unwrap_or(Value::Null);
    let reply = Call::clone(&call).await;
    assert!(reply.status < 400, "{reply}");
    json!({ "request": request, "response": response(&reply) })
}

/// The fields of a form; nothing where it is another kind of body.
fn form(raw: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(raw).ok().filter(|text| text.contains('=') && !text.starts_with('{'))?;
    Some(json!(decoded(text)))
}

fn response(reply: &Reply) -> Value {
    let headers: Map<String, Value> = HEADERS
        .iter()
        .filter(|name| !reply.header(name).is_empty())
        .map(|name| ((*name).to_owned(), reply.header(name).into()))
        .collect();
    json!({ "status": reply.status, "headers": headers, "body": body(reply) })
}

/// The whole body, or of a stream one line: the first that follows its opening.
fn body(reply: &Reply) -> Value {
    if reply.header("content-type") != "application/x-ndjson" {
        return reply.json.clone();
    }
    let lines = reply.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut lines = lines.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    let first = lines.next().unwrap_or_default();
    if first.get("import_id").is_some() { lines.next().unwrap_or(first) } else { first }
}

/// The documents that an endpoint stands in: how a host is discovered stands in both.
fn surfaces(endpoint: &Endpoint) -> &'static [&'static str] {
    match endpoint.facts.surface() {
        Surface::Platform => &["platform"],
        Surface::Protocol if endpoint.facts.path.starts_with("/.well-known/") => &["platform", "data_plane"],
        Surface::DataPlane | Surface::Protocol => &["data_plane"],
    }
}

/// Without what asymmetric keys make of chance: the signature and key id of a JWT, the public keys themselves, and tags over them.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => claims(text).map_or_else(|| value.clone(), |claims| masked(&claims)),
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::Object(fields) if fields.contains_key("kty") => json!("a key"),
        Value::Object(fields) => {
            let is_key_set = fields.get("body").is_some_and(|body| body.get("keys").is_some());
            // An ID token names the access token beside it by a tag over all of it, its signature too.
            let is_chance = |name: &str| matches!(name, "kid" | "at_hash") || (is_key_set && name == "headers");
            fields
                .iter()
                .filter(|(name, _)| !is_chance(name))
                .map(|(name, value)| (name.clone(), masked(value)))
                .collect()
        }
        _ => value.clone(),
    }
}

/// What a JWT says.
fn claims(text: &str) -> Option<Value> {
    let mut parts = text.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The same with the operations in the order of their names.
fn sorted(examples: &Value) -> Value {
    let surfaces = examples.as_object().unwrap().iter().map(|(surface, operations)| {
        let mut operations: Vec<(String, Value)> = operations.as_object().unwrap().clone().into_iter().collect();
        operations.sort_by(|(one, _), (other, _)| one.cmp(other));
        (surface.clone(), Value::Object(operations.into_iter().collect()))
    });
    Value::Object(surfaces.collect())
}

fn recorded() -> Value {
    serde_json::from_str(&fs::read_to_string(file()).unwrap()).unwrap()
}

/// The binary embeds it.
fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/server/assets/examples.json"))
}
