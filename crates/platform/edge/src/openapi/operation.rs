//! One endpoint as one operation.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::{
    components::{Components, Types},
    examples::Examples,
    parameters,
    reasons::{self, Documented},
    replies, security, tags,
};
use crate::{
    endpoint::{Endpoint, Method, Surface},
    form::FORM,
    limits::Limit,
    reply::ReplyKind,
    rows::CSV,
    upload::NDJSON,
};

pub(super) struct OperationWriter<'a> {
    surface: Surface,
    components: &'a mut Components,
    examples: Examples<'a>,
    /// Paths where a thing with a version stands.
    versioned: HashSet<&'static str>,
    /// The refusals by status that operations referred to so far.
    refused: BTreeMap<String, Value>,
}

impl<'a> OperationWriter<'a> {
    pub(super) fn new(
        surface: Surface,
        components: &'a mut Components,
        examples: Examples<'a>,
        endpoints: &[&Endpoint],
        types: &[Types],
    ) -> Self {
        let is_versioned = |endpoint: &Endpoint, types: &Types| {
            // Updates take `If-Match`: what can be updated has a version. Elsewhere the view or the answer shows it.
            matches!(endpoint.facts.method, Method::PATCH | Method::PUT)
                || endpoint.reply.kind == ReplyKind::One && shows_version(endpoint, types, components, examples)
        };
        let of_versions = endpoints.iter().zip(types).filter(|(endpoint, types)| is_versioned(endpoint, types));
        let versioned = of_versions.map(|(endpoint, _)| endpoint.facts.path).collect();
        Self { surface, components, examples, versioned, refused: BTreeMap::new() }
    }

    pub(super) fn write(&mut self, endpoint: &Endpoint, types: &Types) -> Value {
        let facts = &endpoint.facts;
        let takes_version = self.takes_version(endpoint);
        let refusals = reasons::of(endpoint, takes_version);

        let mut operation = Map::new();
        let mut set = |key: &str, value: Value| operation.insert(key.to_owned(), value);
        set("operationId", facts.operation.into());
        set("tags", json!([tags::of(self.surface, facts.path)]));
        set("summary", facts.summary.into());
        if !facts.description.is_empty() {
            set("description", facts.description.into());
        }
        set("security", security::requirements(endpoint.access));
        let parameters = parameters::of(endpoint, types, self.components, takes_version);
        if !parameters.is_empty() {
            set("parameters", parameters.into());
        }
        if let Some((schema, is_required)) = &types.body {
            let example = self.examples.request(facts.operation);
            let mut content = content(schema, example);
            if let Some(line) = &types.line {
                content[NDJSON] = media(line, example.and_then(first_item));
            }
            set("requestBody", json!({ "required": is_required, "content": content }));
        }
        if let Some(schema) = &types.form {
            set(
                "requestBody",
                json!({ "required": true, "content": { FORM: media(schema, self.examples.request(facts.operation)) } }),
            );
        }
        set("responses", self.responses(endpoint, types, &refusals));
        for (key, value) in extensions(endpoint, types.reply.as_ref().filter(|_| endpoint.is_stream()), &refusals) {
            set(key, value);
        }
        operation.into()
    }

    /// A change of what is there already; a POST at a collection makes what has no version yet.
    fn takes_version(&self, endpoint: &Endpoint) -> bool {
        let facts = &endpoint.facts;
        let is_change = match facts.method {
            Method::PATCH | Method::PUT | Method::DELETE => true,
            Method::POST => parameters::in_path(facts.path).any(parameters::is_id),
            Method::GET => false,
        };
        is_change && self.versioned.contains(facts.path)
    }

    fn responses(&mut self, endpoint: &Endpoint, types: &Types, refusals: &[Documented]) -> Value {
        let mut responses = Map::new();
        let (status, success) = self.success(endpoint, types);
        responses.insert(status.to_string(), success);
        if endpoint.reply.kind == ReplyKind::Document {
            let headers = replies::referred(&["X-Request-Id", "ETag"]);
            responses
                .insert("304".into(), json!({ "description": "It is the one that you have.", "headers": headers }));
        }
        let error = replies::error_of(endpoint);
        for refusal in refusals {
            let prefix = if error == "ErrorReply" { "" } else { "Protocol" };
            let name = format!("{prefix}{}", replies::refusal(refusal.status).0);
            responses.insert(refusal.status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
            self.refused.entry(name).or_insert_with(|| replies::refusal_response(refusal.status, error));
        }
        responses.into()
    }

    fn success(&mut self, endpoint: &Endpoint, types: &Types) -> (u16, Value) {
        let operation = endpoint.facts.operation;
        let status = replies::status(endpoint, self.examples.status(operation));
        let mut names = vec!["X-Request-Id"];
        if endpoint.reply.kind == ReplyKind::Document
            || self.versioned.contains(endpoint.facts.path) && endpoint.reply.kind == ReplyKind::One
        {
            names.push("ETag");
        }
        if endpoint.facts.method.is_mutation() && endpoint.is_kept() {
            names.push("Idempotent-Replayed");
        }
        if limit_of(endpoint).is_some() {
            names.extend(["RateLimit", "RateLimit-Policy"]);
        }
        let mut success = json!({ "description": description(status), "headers": replies::referred(&names) });
        if endpoint.is_page() {
            success["content"] = json!({ "text/html": { "schema": { "type": "string" } } });
        }
        if let Some(schema) = replies::body(endpoint, types, self.components) {
            let example = self.examples.body(operation);
            success["content"] = match endpoint.reply.kind {
                ReplyKind::Stream => json!({ NDJSON: media(&schema, example) }),
                ReplyKind::Rows => json!({ NDJSON: media(&schema, example), CSV: { "schema": { "type": "string" } } }),
                _ => content(&schema, example),
            };
        }
        (status, success)
    }

    /// The responses that operations refer to.
    pub(super) fn into_refused(self) -> Value {
        self.refused.into_iter().collect::<Map<_, _>>().into()
    }
}

fn shows_version(endpoint: &Endpoint, types: &Types, components: &Components, examples: Examples<'_>) -> bool {
    let view = types.reply.as_ref().map(|view| components.resolve(view));
    view.is_some_and(|view| view["properties"].get("version").is_some())
        || examples.has_version(endpoint.facts.operation)
}

fn content(schema: &Value, example: Option<&Value>) -> Value {
    json!({ "application/json": media(schema, example) })
}

fn media(schema: &Value, example: Option<&Value>) -> Value {
    let mut media = json!({ "schema": schema });
    if let Some(example) = example {
        media["example"] = example.clone();
    }
    media
}

/// Of a document that holds one list, its first item: what a line looks like.
fn first_item(document: &Value) -> Option<&Value> {
    document.as_object()?.values().find_map(|value| value.as_array()?.first())
}

fn description(status: u16) -> &'static str {
    match status {
        201 => "Created.",
        202 => "Taken on, and finished later.",
        204 => "Done; there is no body.",
        300..400 => "Go on at the `Location`.",
        _ => "Done.",
    }
}

/// What SDKs and the reference are built from beside the standard fields.
fn extensions(endpoint: &Endpoint, stream: Option<&Value>, refusals: &[Documented]) -> Vec<(&'static str, Value)> {
    let facts = &endpoint.facts;
    let mut extensions = vec![("x-audience", json!(security::audience(endpoint)))];
    if let Some(scope) = endpoint.access.scope() {
        extensions.push(("x-scope", scope.into()));
    }
    if endpoint.reply.kind == ReplyKind::Many {
        extensions.push((
            "x-pagination",
            json!({ "cursor": "cursor", "limit": "limit", "next": "meta.next_cursor", "items": "data" }),
        ));
    }
    if !endpoint.is_kept() {
        extensions.push(("x-stream", json!({ "type": NDJSON, "items": stream })));
    }
    if facts.method.is_mutation() && endpoint.is_kept() {
        extensions.push(("x-idempotent", json!({ "header": "Idempotency-Key", "hours": 24 })));
    }
    extensions.push(("x-retry", retry(facts.method)));
    if facts.method == Method::PATCH {
        extensions.push(("x-patch", "merge".into()));
    }
    if let Some((limit, per)) = limit_of(endpoint) {
        let (requests, seconds) = limit.default_policy();
        extensions.push((
            "x-rate-limit",
            json!({ "name": limit.name(), "requests": requests, "seconds": seconds, "per": per }),
        ));
    }
    extensions.push(("x-errors", reasons::listed(refusals)));
    extensions
}

/// When the same request may be sent again: a mutation only with a key, without which it might be carried out twice.
fn retry(method: Method) -> Value {
    let mut retry = json!({ "statuses": [429, 503], "after": "Retry-After" });
    if method.is_mutation() {
        retry["reasons"] = json!(["idempotency_in_progress"]);
        retry["needs"] = "Idempotency-Key".into();
    }
    retry
}

/// The limit that a caller meets here, and whose share it is.
fn limit_of(endpoint: &Endpoint) -> Option<(Limit, &'static str)> {
    use crate::access::Access;
    match (endpoint.facts.limit, endpoint.access) {
        (Some(limit), _) if limit.is_per_network() => Some((limit, "network")),
        (
            _,
            Access::Anyone
            | Access::Public
            | Access::MaybeSignedIn
            | Access::Browser
            | Access::Open
            | Access::Client
            | Access::Token,
        ) => None,
        (Some(limit), _) => Some((limit, "caller")),
        (None, Access::SignedIn { .. }) => Some((Limit::SelfService, "caller")),
        (None, Access::Can { .. } | Access::CanOrSelf { .. } | Access::Account) => Some((Limit::Admin, "caller")),
    }
}
