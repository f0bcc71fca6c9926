//! What goes out, as components: each view in its surface's envelope, one error reply, the headers around them.

use serde_json::{Map, Value, json};

use super::{
    components::{Components, Types, name_of, reference},
    standards, unions,
};
use crate::{
    endpoint::{Endpoint, Method, Surface},
    reply::ReplyKind,
};

/// The components that every document of a surface has.
pub(super) fn add_shared(surface: Surface, components: &mut Components) {
    components.add("ErrorField", error_field());
    components.add("ReplyMeta", meta(false));
    components.add("PageMeta", meta(true));
    components.add("ErrorDetails", json!({
        "type": "object",
        "description": "What more there is to say about the refusal.",
        "properties": {
            "fields": { "type": "array", "items": reference("ErrorField"), "description": "The fields that are not valid." },
            "flow_id": { "type": "string", "description": "The pending sign-in that goes on once what is missing is done: of a sign-in refused as `captcha_required`, `email_unverified`, `phone_unverified` or `password_must_be_reset`. Whoever holds it may go on: keep it as you would a password." },
        },
    }));
    components.add("ProtocolErrorReply", protocol_error());
    if surface == Surface::Platform {
        components.add("ErrorBody", error_body());
        components.add("ErrorReply", platform_error());
        components.add("NoData", json!({ "type": ["object", "null"], "description": "Always null: there is nothing to tell.", "maxProperties": 0 }));
        let empty = enveloped(
            Surface::Platform,
            &reference("NoData"),
            "ReplyMeta",
            "It was done; there is nothing more to tell.",
        );
        components.add("EmptyReply", empty);
    } else {
        components.add("ErrorReply", plain_error());
    }
}

/// The component of the error body of an endpoint.
pub(super) fn error_of(endpoint: &Endpoint) -> &'static str {
    if endpoint.facts.surface() == Surface::Protocol { "ProtocolErrorReply" } else { "ErrorReply" }
}

/// The status of success: as it was answered, or else by the kind of reply.
pub(super) fn status(endpoint: &Endpoint, answered: Option<u16>) -> u16 {
    if let Some(status) = answered {
        return status;
    }
    match endpoint.reply.kind {
        ReplyKind::Redirect => 303,
        ReplyKind::Nothing if endpoint.facts.surface() != Surface::Platform => 204,
        ReplyKind::One if endpoint.facts.method == Method::POST && endpoint.facts.operation.ends_with(".create") => 201,
        _ => 200,
    }
}

/// The body of success; `None` where there is none.
pub(super) fn body(endpoint: &Endpoint, types: &Types, components: &mut Components) -> Option<Value> {
    let surface = endpoint.facts.surface();
    match endpoint.reply.kind {
        ReplyKind::Nothing => (surface == Surface::Platform).then(|| reference("EmptyReply")),
        ReplyKind::Redirect | ReplyKind::Page => None,
        ReplyKind::Document => Some(standards::schema(endpoint.facts.path, components).unwrap_or_else(|| json!({}))),
        ReplyKind::One => Some(one(endpoint, types.reply.clone()?, components)),
        ReplyKind::Stream | ReplyKind::Rows => types.reply.clone(),
        ReplyKind::Many => Some(many(endpoint, &types.reply.clone()?, components)),
    }
}

fn one(endpoint: &Endpoint, view: Value, components: &mut Components) -> Value {
    let surface = endpoint.facts.surface();
    let operation = unions::pascal(endpoint.facts.operation);
    let view =
        if view.get("properties").is_some() { components.add(&format!("{operation}Result"), view) } else { view };
    if surface == Surface::Protocol {
        return view;
    }
    let name = name_of(&view).map_or_else(|| operation.clone(), str::to_owned);
    let reply = enveloped(surface, &view, "ReplyMeta", &format!("`{name}` in its envelope."));
    components.add_as([format!("{name}Reply"), format!("{operation}Reply")], reply)
}

fn many(endpoint: &Endpoint, item: &Value, components: &mut Components) -> Value {
    let operation = unions::pascal(endpoint.facts.operation);
    let name = name_of(item).map_or_else(|| operation.clone(), str::to_owned);
    let items = json!({ "type": "array", "items": item });
    let reply = enveloped(endpoint.facts.surface(), &items, "PageMeta", &format!("A page of `{name}`."));
    components.add_as([format!("{name}List"), format!("{operation}Reply")], reply)
}

/// The envelope of success.
fn enveloped(surface: Surface, data: &Value, meta: &str, description: &str) -> Value {
    if surface != Surface::Platform {
        return json!({
            "type": "object",
            "description": description,
            "required": ["data", "meta"],
            "properties": { "data": data, "meta": reference(meta) },
            "x-envelope": { "data": "data", "meta": "meta" },
        });
    }
    json!({
        "type": "object",
        "description": description,
        "required": ["success", "data", "error", "meta"],
        "properties": {
            "success": { "type": "boolean", "description": "True." },
            "data": data,
            "error": { "oneOf": [reference("ErrorBody"), { "type": "null" }], "description": "Null." },
            "meta": reference(meta),
        },
        "x-envelope": platform_envelope(),
    })
}

fn platform_envelope() -> Value {
    json!({ "success": "success", "data": "data", "error": "error", "meta": "meta" })
}

fn platform_error() -> Value {
    json!({
        "type": "object",
        "description": "Why the request was not carried out.",
        "required": ["success", "data", "error", "meta"],
        "properties": {
            "success": { "type": "boolean", "description": "False." },
            "data": reference("NoData"),
            "error": reference("ErrorBody"),
            "meta": reference("ReplyMeta"),
        },
        "x-envelope": platform_envelope(),
    })
}

fn error_body() -> Value {
    json!({
        "type": "object",
        "description": "One refusal: `code` says what kind it is, `reason` exactly what it is.",
        "required": ["code", "reason", "message", "fields"],
        "properties": {
            "code": reference("ErrorCode"),
            "reason": { "type": "string", "description": "The stable handle that programs branch on; `x-errors` lists those of an operation." },
            "message": { "type": "string", "description": "For people; it may change." },
            "fields": { "type": "array", "items": reference("ErrorField"), "description": "The fields that are not valid." },
        },
    })
}

/// The data plane's refusal, which endpoints with standardised bodies share.
fn plain_error() -> Value {
    json!({
        "type": "object",
        "description": "Why the request was not carried out.",
        "required": ["error", "message", "details", "request_id"],
        "properties": {
            "error": { "type": "string", "description": "The stable handle that programs branch on; `x-errors` lists those of an operation." },
            "message": { "type": "string", "description": "For people; it may change." },
            "details": reference("ErrorDetails"),
            "request_id": { "type": "string", "description": "Finds the request in the audit trail and in the server's logs." },
        },
        "x-envelope": { "error": "error", "message": "message", "details": "details" },
    })
}

fn protocol_error() -> Value {
    json!({
        "type": "object",
        "description": "Why the request was not carried out (RFC 6749, section 5.2).",
        "required": ["error", "error_description"],
        "properties": {
            "error": { "type": "string", "description": "The registered code that programs branch on; `x-errors` lists those of an operation." },
            "error_description": { "type": "string", "description": "For developers; it may change." },
        },
        "x-envelope": { "error": "error", "message": "error_description" },
    })
}

fn error_field() -> Value {
    json!({
        "type": "object",
        "description": "What is wrong with one field.",
        "required": ["field", "code", "message"],
        "properties": {
            "field": { "type": "string", "description": "The path of the field in the body, for example `emails.0.address`." },
            "code": { "type": "string", "description": "A stable handle, for example `taken`." },
            "message": { "type": "string", "description": "For people; it may change." },
        },
    })
}

fn meta(is_page: bool) -> Value {
    let mut meta = json!({
        "type": "object",
        "description": "What stands beside the data.",
        "required": ["timestamp", "request_id"],
        "properties": {
            "timestamp": { "type": "string", "format": "date-time", "description": "When the request came in." },
            "request_id": { "type": "string", "description": "Finds the request in the audit trail and in the server's logs." },
        },
    });
    if is_page {
        meta["description"] = "What stands beside a page.".into();
        meta["required"] = json!(["timestamp", "request_id", "next_cursor", "limit"]);
        meta["properties"]["next_cursor"] =
            json!({ "type": ["string", "null"], "description": "The `cursor` of the next page; null at the end." });
        meta["properties"]["limit"] =
            json!({ "type": "integer", "format": "int32", "description": "How many items the page may hold." });
    }
    meta
}

/// A status's own component and what it means there; other statuses have no name.
pub(super) fn refusal(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("BadRequest", "The request is not well-formed."),
        401 => ("Unauthorized", "The credentials are missing or not valid."),
        403 => ("Forbidden", "The credentials are valid and don't suffice."),
        404 => ("NotFound", "There is no such thing, or it is not visible to you."),
        409 => ("Conflict", "It contradicts what is there already, or a request that is still running."),
        412 => ("PreconditionFailed", "It has changed since you read it."),
        413 => ("ContentTooLarge", "The body is too large."),
        415 => ("UnsupportedMediaType", "The body is not JSON."),
        421 => ("MisdirectedRequest", "No application answers at this host."),
        422 => ("UnprocessableContent", "Fields are missing or not valid."),
        429 => ("TooManyRequests", "Wait as long as `Retry-After` says."),
        503 => ("ServiceUnavailable", "The server can't answer right now."),
        _ => ("ServerFailed", "Something went wrong on the server."),
    }
}

pub(super) fn refusal_response(status: u16, error: &str) -> Value {
    let mut headers = referred(&["X-Request-Id"]);
    if matches!(status, 409 | 429 | 503) {
        headers.extend(referred(&["Retry-After"]));
    }
    if status == 429 {
        headers.extend(referred(&["RateLimit", "RateLimit-Policy"]));
    }
    json!({
        "description": refusal(status).1,
        "headers": headers,
        "content": { "application/json": { "schema": reference(error) } },
    })
}

/// References to headers by name.
pub(super) fn referred(names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))).collect()
}

pub(super) fn headers() -> Value {
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    json!({
        "X-Request-Id": text("Names the request: in the audit trail, in the server's logs, in a question to its operators."),
        "ETag": text("The version of the thing, for `If-Match`, or of the document, for `If-None-Match`."),
        "Idempotent-Replayed": text("`true` where this is the stored reply to an earlier request with the same `Idempotency-Key`."),
        "RateLimit": text("The limit by name, what remains (`r`) and the seconds until it is whole again (`t`)."),
        "RateLimit-Policy": text("The limit by name, its requests (`q`) and its window in seconds (`w`)."),
        "Retry-After": { "description": "Seconds to wait.", "schema": { "type": "integer", "format": "int32" } },
    })
}

#[cfg(test)]
mod tests {
    use kernel::{ErrorCode, Refusal, Timestamp};

    use super::*;
    use crate::envelope::{self, Meta};

    fn keys(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn properties(schema: &Value) -> Vec<&str> {
        keys(&schema["properties"])
    }

    /// The schemas here and the bytes there are said twice: they must agree.
    #[test]
    fn the_schemas_are_those_of_the_real_envelopes() {
        let at = Meta {
            timestamp: Timestamp::from_seconds(0),
            request_id: kernel::Id::from_u128(1).typed(),
            page: Some((None, 50)),
        };
        let no = Refusal::new(ErrorCode::Validation, "invalid_fields", "No.").with_field("name", "required", "Needed.");
        let read = |bytes: bytes::Bytes| serde_json::from_slice::<Value>(&bytes).unwrap();

        let success = read(envelope::success(Surface::Platform, &1, &at));
        let schema = enveloped(Surface::Platform, &json!({}), "PageMeta", "");
        assert_eq!(keys(&success), properties(&schema));
        assert_eq!(schema["required"], json!(keys(&success)));
        assert_eq!(keys(&success["meta"]), properties(&meta(true)));

        let refused = read(envelope::refusal(Surface::Platform, &no, &at));
        assert_eq!(keys(&refused), properties(&platform_error()));
        assert_eq!(keys(&refused["error"]), properties(&error_body()));
        assert_eq!(keys(&refused["error"]["fields"][0]), properties(&error_field()));

        let success = read(envelope::success(Surface::DataPlane, &1, &at));
        assert_eq!(keys(&success), properties(&enveloped(Surface::DataPlane, &json!({}), "PageMeta", "")));
        let refused = read(envelope::refusal(Surface::Protocol, &no, &at));
        assert_eq!(keys(&refused), properties(&protocol_error()));
        let refused = read(envelope::refusal(Surface::DataPlane, &no, &at));
        assert_eq!(keys(&refused), properties(&plain_error()));
        assert_eq!(refused["details"]["fields"][0]["field"], "name");
    }
}
