//! What each operation must say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{is_component, operations, resolve};

/// The verbs of the house and the method that each belongs to.
const VERBS: &[(&str, &str)] = &[
    ("list", "get"),
    ("get", "get"),
    ("create", "post"),
    ("update", "patch"),
    ("replace", "put"),
    ("delete", "delete"),
];

pub(super) fn check(document: &Value, found: &mut Vec<String>) {
    names(document, found);
    let tags: BTreeSet<&str> =
        document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    for (path, method, operation) in operations(document) {
        let name = operation["operationId"].as_str().map_or_else(|| format!("{method} {path}"), str::to_owned);
        let mut say = |what: &str| found.push(format!("{name}: {what}"));
        told(operation, &tags, &mut say);
        parameters(document, path, operation, &mut say);
        request(operation, &mut say);
        replies(document, path, operation, &mut say);
        extensions(document, method, operation, &mut say);
    }
}

/// Unique, `resource[.sub].verb`, and never both a method and a namespace of methods.
fn names(document: &Value, found: &mut Vec<String>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (path, method, operation) in operations(document) {
        let place = format!("{method} {path}");
        let Some(name) = operation["operationId"].as_str() else {
            found.push(format!("{place}: has no operationId"));
            continue;
        };
        if let Some(other) = seen.insert(name, place.clone()) {
            found.push(format!("{name}: names both {other} and {place}"));
        }
        let words: Vec<&str> = name.split('.').collect();
        let is_word = |word: &&str| {
            word.starts_with(|first: char| first.is_ascii_lowercase())
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if words.len() < 2 || !words.iter().all(is_word) {
            found.push(format!("{name}: is not written `resource[.sub].verb`"));
            continue;
        }
        verb(path, method, name, words[words.len() - 1], found);
    }
    for (event, item) in document["webhooks"].as_object().into_iter().flatten() {
        match item["post"]["operationId"].as_str() {
            None => found.push(format!("webhook {event}: has no operationId")),
            Some(name) => {
                if let Some(other) = seen.insert(name, format!("webhook {event}")) {
                    found.push(format!("{name}: names both {other} and webhook {event}"));
                }
            }
        }
    }
    for name in seen.keys() {
        if let Some(inner) =
            seen.keys().find(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        {
            found.push(format!("{name}: is both a method and the namespace of {inner}"));
        }
    }
}

/// A verb of the house on its method, or the path's own word, alone or behind a verb.
fn verb(path: &str, method: &str, name: &str, verb: &str, found: &mut Vec<String>) {
    let own = path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default();
    let own = own.split('.').next().unwrap_or_default().replace('-', "_");
    // `users.password`, and `users.set_password` where the word alone would not say what is done.
    if verb == own || verb.strip_suffix(&own).is_some_and(|before| before.ends_with('_')) {
        return;
    }
    match VERBS.iter().find(|(known, _)| *known == verb) {
        Some((_, its)) if *its != method => found.push(format!("{name}: `{verb}` belongs to {its}, not to {method}")),
        Some(_) => {}
        // A DELETE that ends a thing and keeps its record, of one or of all in the path.
        None if method == "delete" && matches!(verb, "revoke" | "revoke_all") => {}
        None => found.push(format!("{name}: `{verb}` is neither a verb of the house nor the path's `{own}`")),
    }
}

fn told(operation: &Value, tags: &BTreeSet<&str>, say: &mut dyn FnMut(&str)) {
    for key in ["summary", "description"] {
        if operation[key].as_str().is_none_or(|text| text.trim().is_empty()) {
            say(&format!("has no {key}"));
        }
    }
    if !operation["security"].is_array() {
        say("does not say its security");
    }
    match operation["tags"].as_array().map(Vec::as_slice) {
        Some([tag]) if tag.as_str().is_some_and(|tag| tags.contains(tag)) => {}
        Some([_]) => say("has a tag that the document does not describe"),
        _ => say("has not exactly one tag"),
    }
}

fn parameters(document: &Value, path: &str, operation: &Value, say: &mut dyn FnMut(&str)) {
    let listed: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().map(|entry| resolve(document, entry)).collect();
    let in_path: BTreeSet<&str> =
        path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
    let described: BTreeSet<&str> = listed
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    if in_path != described {
        say("describes other path parameters than its path has");
    }
    for parameter in listed {
        if parameter["description"].as_str().is_none_or(str::is_empty) {
            say(&format!("has a parameter without a description: {}", parameter["name"]));
        }
    }
}

fn request(operation: &Value, say: &mut dyn FnMut(&str)) {
    let Some(content) = operation["requestBody"]["content"].as_object() else { return };
    for media in content.values() {
        if !is_component(&media["schema"]) {
            say("has a body that is not a named component");
        }
        if !has_example(media) {
            say("has no example of a body");
        }
    }
}

fn replies(document: &Value, path: &str, operation: &Value, say: &mut dyn FnMut(&str)) {
    let Some(responses) = operation["responses"].as_object() else { return say("has no responses") };
    if !responses.keys().any(|status| status.starts_with('2') || status.starts_with('3')) {
        say("has no success");
    }
    let is_enveloped = path.starts_with("/v1/") || path.starts_with("/api/v1/");
    for (status, entry) in responses {
        let response = resolve(document, entry);
        if response["description"].as_str().is_none_or(str::is_empty) {
            say(&format!("does not describe status {status}"));
        }
        let media = &response["content"]["application/json"];
        if media.is_null() {
            continue;
        }
        if !is_component(&media["schema"]) {
            say(&format!("answers {status} with what is not a named component"));
        }
        if status.as_str() < "400" {
            if !has_example(media) {
                say("has no example of its answer");
            }
            if is_enveloped && resolve(document, &media["schema"]).get("x-envelope").is_none() {
                say("answers without an envelope");
            }
        } else if is_enveloped && media["schema"]["$ref"] != "#/components/schemas/ErrorReply" {
            say(&format!("does not answer {status} with the shared ErrorReply"));
        }
    }
}

fn has_example(media: &Value) -> bool {
    media.get("example").is_some() || media["examples"].as_object().is_some_and(|examples| !examples.is_empty())
}

fn extensions(document: &Value, method: &str, operation: &Value, say: &mut dyn FnMut(&str)) {
    let audience = operation["x-audience"].as_array().map(Vec::as_slice).unwrap_or_default();
    if audience.is_empty() || !audience.iter().all(|who| who == "server" || who == "browser") {
        say("has no x-audience of server and browser");
    }
    if operation["x-errors"]
        .as_array()
        .is_none_or(|errors| errors.iter().any(|error| error["reason"].as_str().is_none_or(str::is_empty)))
    {
        say("does not list its reasons in x-errors");
    }
    if operation["x-retry"].is_null() {
        say("does not say when to try again in x-retry");
    }
    let by_key =
        operation["security"].as_array().into_iter().flatten().any(|alternative| alternative.get("apiKey").is_some());
    if by_key && operation["x-scope"].as_str().is_none_or(str::is_empty) {
        say("takes API keys and has no x-scope");
    }
    if method == "patch" && operation["x-patch"].is_null() {
        say("is a PATCH without x-patch");
    }
    let has = |name: &str| {
        operation["parameters"].as_array().into_iter().flatten().any(|entry| resolve(document, entry)["name"] == name)
    };
    // A stream has no reply to keep.
    let is_kept = operation["x-stream"].is_null();
    if method != "get" && is_kept && (operation["x-idempotent"].is_null() || !has("Idempotency-Key")) {
        say("is a mutation without x-idempotent and Idempotency-Key");
    }
    let is_list = operation["responses"].as_object().into_iter().flatten().any(|(_, response)| {
        let schema = resolve(document, &response["content"]["application/json"]["schema"]);
        schema["properties"]["meta"]["$ref"] == "#/components/schemas/PageMeta"
    });
    let pagination = ["cursor", "next", "items"].iter().all(|key| operation["x-pagination"][*key].is_string());
    if is_list && !(pagination && has("cursor") && has("limit")) {
        say("is a list without x-pagination, cursor and limit");
    }
}
