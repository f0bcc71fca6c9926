//! What stands in a path, a query string and the head of a request.

use serde_json::{Value, json};

use super::components::{Components, Types};
use crate::{endpoint::Endpoint, input::ArgumentFacts};

/// Both spellings of an id.
const ID_PATTERN: &str = "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[a-z]+_[0-7][0-9A-HJKMNP-TV-Z]{25})$";

/// The parameters of an operation in the order in which a request is read.
pub(super) fn of(endpoint: &Endpoint, types: &Types, components: &Components, is_versioned: bool) -> Vec<Value> {
    let mut parameters: Vec<Value> = in_path(endpoint.facts.path).map(path_parameter).collect();
    for query in &types.queries {
        parameters.extend(filters(components.resolve(query), components));
    }
    if endpoint.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Paging)) {
        parameters.push(limit());
        parameters.push(cursor());
    }
    if endpoint.facts.method.is_mutation() && endpoint.is_kept() {
        parameters.push(idempotency_key());
    }
    if is_versioned {
        parameters.push(if_match());
    }
    parameters
}

/// The names of the parameters of a path.
pub(super) fn in_path(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Does the parameter name a thing, and not a word such as a provider's?
pub(super) fn is_id(name: &str) -> bool {
    name.ends_with("_id")
}

fn path_parameter(name: &str) -> Value {
    let noun = name.strip_suffix("_id").unwrap_or(name).replace('_', " ");
    let (description, schema) = if is_id(name) {
        let spellings = "in either spelling: a UUID, or a prefix, an underscore and 26 digits of Crockford base32.";
        (format!("The id of the {noun}, {spellings}"), json!({ "type": "string", "pattern": ID_PATTERN }))
    } else {
        (format!("The name of the {noun}."), json!({ "type": "string", "minLength": 1 }))
    };
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

/// One parameter for each property of a query type; without a text of its own it has that of its type.
fn filters(query: &Value, components: &Components) -> Vec<Value> {
    let required = query["required"].as_array().cloned().unwrap_or_default();
    let properties = query["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let mut schema = without_null(schema);
            let own = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let description = own.or_else(|| components.resolve(&schema).get("description").cloned());
            let mut parameter =
                json!({ "name": name, "in": "query", "required": required.iter().any(|key| key == name) });
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter["schema"] = schema;
            parameter
        })
        .collect()
}

/// A query string has no null: a filter is there or not.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(kind) = object
        .get("type")
        .and_then(Value::as_array)
        .and_then(|kinds| kinds.iter().find(|kind| *kind != "null"))
        .cloned()
    {
        object.insert("type".into(), kind);
    }
    let named = object
        .get("oneOf")
        .and_then(Value::as_array)
        .and_then(|members| members.iter().find(|member| member.get("$ref").is_some()))
        .cloned();
    if let Some(Value::Object(named)) = named {
        object.remove("oneOf");
        object.extend(named);
    }
    schema
}

fn limit() -> Value {
    json!({
        "name": "limit", "in": "query", "required": false,
        "description": "How many items the page holds at most.",
        "schema": { "type": "integer", "format": "int32", "minimum": 1, "maximum": kernel::page::MAX_LIMIT, "default": kernel::page::DEFAULT_LIMIT },
    })
}

fn cursor() -> Value {
    json!({
        "name": "cursor", "in": "query", "required": false,
        "description": "Where to go on: the `next_cursor` of the page before.",
        "schema": { "type": "string" },
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "A value of your own, for example a UUID: a retry with the same key and body is answered with the first reply and carried out once. Kept for 24 hours.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
    })
}

fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "The `ETag` of the version that you read: if it has changed since, nothing is done and the answer is 412.",
        "schema": { "type": "string" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_parameters_without_null() {
        let query = json!({
            "properties": {
                "q": { "type": ["string", "null"], "description": "Free text." },
                "status": { "oneOf": [{ "$ref": "#/components/schemas/Status" }, { "type": "null" }] },
            },
            "required": ["q"],
        });
        let (components, ..) = Components::collect(&[], &[]);
        assert_eq!(
            filters(&query, &components),
            [
                json!({ "name": "q", "in": "query", "required": true, "description": "Free text.", "schema": { "type": "string" } }),
                json!({ "name": "status", "in": "query", "required": false, "schema": { "$ref": "#/components/schemas/Status" } }),
            ]
        );
    }

    #[test]
    fn a_path_names_its_parameters() {
        assert_eq!(in_path("/v1/users/{user_id}/identities/{provider}").collect::<Vec<_>>(), ["user_id", "provider"]);
        assert_eq!(
            path_parameter("api_key_id")["description"].as_str().unwrap().split(',').next(),
            Some("The id of the api key")
        );
    }
}
