//! What would break a client generated from an earlier document: operations and parameters here, bodies in `schemas`.
//!
//! Additions are free. Taken as breaks: an operation or a success status that is gone, another `operationId` (it is
//! the method's name in every SDK), a parameter that is newly required or gone, a body that is newly required.

use serde_json::{Map, Value};

use super::schemas::{self, Direction};

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// One sentence per break, in the order of the old document.
pub(super) fn between(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in old["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(before) = item.get(*method) else { continue };
            let name = format!("{} {path}", method.to_uppercase());
            match new["paths"].get(path).and_then(|item| item.get(*method)) {
                None => found.push(format!("{name} is gone")),
                Some(after) => Comparison { old, new, name: &name }.operation(before, after, &mut found),
            }
        }
    }
    found
}

/// One operation of both documents.
struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    name: &'a str,
}

impl Comparison<'_> {
    fn operation(&self, before: &Value, after: &Value, found: &mut Vec<String>) {
        let name = self.name;
        if before["operationId"] != after["operationId"] {
            found.push(format!("{name}: operationId {} became {}", before["operationId"], after["operationId"]));
        }
        self.parameters(before, after, found);
        self.request(before, after, found);
        self.replies(before, after, found);
    }

    fn parameters(&self, before: &Value, after: &Value, found: &mut Vec<String>) {
        let name = self.name;
        let old = parameters(self.old, before);
        let new = parameters(self.new, after);
        for (key, _) in &old {
            if !new.iter().any(|(other, _)| other == key) {
                found.push(format!("{name}: parameter {key} is gone"));
            }
        }
        for (key, _) in new.iter().filter(|(_, required)| *required) {
            if !old.iter().any(|(other, required)| other == key && *required) {
                found.push(format!("{name}: parameter {key} is newly required"));
            }
        }
    }

    fn request(&self, before: &Value, after: &Value, found: &mut Vec<String>) {
        let name = self.name;
        let old = schemas::resolve(self.old, &before["requestBody"]);
        let new = schemas::resolve(self.new, &after["requestBody"]);
        if new["required"] == true && old["required"] != true {
            found.push(format!("{name}: a body is newly required"));
        }
        let place = format!("{name}: request");
        self.content(Direction::Request, &place, old, new, found);
    }

    fn replies(&self, before: &Value, after: &Value, found: &mut Vec<String>) {
        let name = self.name;
        let none = Map::new();
        let new = after["responses"].as_object().unwrap_or(&none);
        for (status, reply) in before["responses"].as_object().into_iter().flatten() {
            if !status.starts_with('2') {
                continue;
            }
            let Some(other) = new.get(status) else {
                found.push(format!("{name}: status {status} is gone"));
                continue;
            };
            let old = schemas::resolve(self.old, reply);
            let place = format!("{name}: reply {status}");
            self.content(Direction::Reply, &place, old, schemas::resolve(self.new, other), found);
        }
    }

    fn content(&self, direction: Direction, place: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
        for (media, body) in old["content"].as_object().into_iter().flatten() {
            match new["content"].get(media) {
                None => found.push(format!("{place}: {media} is gone")),
                Some(other) => {
                    let walk = schemas::Walk::new(direction, self.old, self.new);
                    found.extend(walk.run(place, &body["schema"], &other["schema"]));
                }
            }
        }
    }
}

/// `(in name, required)` of an operation's parameters.
fn parameters(document: &Value, operation: &Value) -> Vec<(String, bool)> {
    let list = operation["parameters"].as_array().into_iter().flatten();
    list.map(|entry| {
        let parameter = schemas::resolve(document, entry);
        let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
        (format!("{} {}", text("in"), text("name")), parameter["required"] == true)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(operation: &Value) -> Value {
        json!({ "paths": { "/v1/users": { "post": operation } } })
    }

    fn base() -> Value {
        json!({
            "operationId": "users.create",
            "parameters": [{ "in": "header", "name": "Idempotency-Key" }],
            "requestBody": { "content": { "application/json": { "schema": {} } } },
            "responses": { "201": { "content": { "application/json": { "schema": {} } } }, "422": {} },
        })
    }

    fn breaks_of(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut after = base();
        change(&mut after);
        between(&document(&base()), &document(&after))
    }

    #[test]
    fn the_same_document_and_pure_additions_break_nothing() {
        assert!(breaks_of(|_| {}).is_empty());
        let added = breaks_of(|operation| {
            operation["responses"]["409"] = json!({});
            operation["parameters"] = json!([base()["parameters"][0], { "in": "query", "name": "expand" }]);
        });
        assert!(added.is_empty(), "{added:?}");
    }

    #[test]
    fn what_a_client_relies_on_may_not_go() {
        assert_eq!(between(&document(&base()), &json!({ "paths": {} })), ["POST /v1/users is gone"]);
        let renamed = breaks_of(|operation| operation["operationId"] = json!("users.make"));
        assert!(renamed[0].contains("operationId"), "{renamed:?}");
        let parameter = breaks_of(|operation| operation["parameters"] = json!([]));
        assert_eq!(parameter, ["POST /v1/users: parameter header Idempotency-Key is gone"]);
        let status = breaks_of(|operation| operation["responses"] = json!({ "200": {} }));
        assert_eq!(status, ["POST /v1/users: status 201 is gone"]);
        let media = breaks_of(|operation| operation["responses"]["201"] = json!({}));
        assert_eq!(media, ["POST /v1/users: reply 201: application/json is gone"]);
    }

    #[test]
    fn nothing_may_become_required() {
        let parameter = breaks_of(|operation| operation["parameters"][0]["required"] = json!(true));
        assert_eq!(parameter, ["POST /v1/users: parameter header Idempotency-Key is newly required"]);
        let body = breaks_of(|operation| operation["requestBody"]["required"] = json!(true));
        assert_eq!(body, ["POST /v1/users: a body is newly required"]);
    }

    #[test]
    fn an_error_status_may_go() {
        assert!(
            breaks_of(|operation| operation["responses"] = json!({ "201": base()["responses"]["201"] })).is_empty()
        );
    }
}
