//! Events as webhooks: the body of product and Standard Webhooks around each event's own payload.

use kernel::EventFacts;
use serde_json::{Map, Value, json};

use super::{
    components::{Components, SCHEMAS, reference},
    unions::pascal,
};

/// The union of all bodies, by which a receiver that takes everything at one address parses.
pub(super) const BODY: &str = "WebhookBody";

/// The `webhooks` of the document, and the components of their bodies. `payloads` stand in the order of `events`.
pub(super) fn write(events: &[EventFacts], payloads: &[Value], components: &mut Components) -> Value {
    if events.is_empty() {
        return json!({});
    }
    add_shared(components);
    let mut webhooks = Map::new();
    let (mut members, mut mapping) = (Vec::new(), Map::new());
    for (event, payload) in events.iter().zip(payloads) {
        let name = format!("{}Webhook", pascal(event.name));
        let body = components.add(&name, body(event, payload));
        webhooks.insert(event.name.to_owned(), json!({ "post": operation(event, &body) }));
        mapping.insert(event.name.to_owned(), format!("{SCHEMAS}{name}").into());
        members.push(body);
    }
    components.add(
        BODY,
        json!({
            "description": "Any event.",
            "oneOf": members,
            "discriminator": { "propertyName": "event_type", "mapping": mapping },
        }),
    );
    webhooks.into()
}

fn add_shared(components: &mut Components) {
    let id = |description: &str| json!({ "type": "string", "format": "uuid", "description": description });
    components.add("WebhookTenant", json!({
        "type": "object",
        "description": "The application that the event belongs to.",
        "required": ["id", "slug"],
        "properties": { "id": id("The application's id."), "slug": { "type": "string", "description": "Its name in host names." } },
    }));
    components.add("WebhookActor", json!({
        "type": "object",
        "description": "Who did it.",
        "required": ["kind", "id"],
        "properties": {
            "kind": { "type": "string", "enum": ["anonymous", "user", "api_key", "account", "system"], "x-open-enum": true, "description": "The kind of caller." },
            "id": { "type": ["string", "null"], "format": "uuid", "description": "The caller's id; null where nobody had proven who they are." },
        },
    }));
    components.add(
        "WebhookDelivery",
        json!({
            "type": "object",
            "description": "This attempt.",
            "required": ["attempt", "subscription_id"],
            "properties": {
                "attempt": { "type": "integer", "format": "int32", "minimum": 1, "description": "1 for the first." },
                "subscription_id": id("The subscription that asked for the event."),
            },
        }),
    );
}

fn body(event: &EventFacts, payload: &Value) -> Value {
    json!({
        "type": "object",
        "description": event.summary,
        "required": ["event_id", "event_type", "occurred_at", "tenant", "actor", "data", "delivery"],
        "properties": {
            "event_id": { "type": "string", "format": "uuid", "description": "The same on every attempt: what has been seen can be dropped." },
            "event_type": { "type": "string", "const": event.name, "description": "The name of the event." },
            "occurred_at": { "type": "string", "format": "date-time", "description": "When it happened." },
            "tenant": reference("WebhookTenant"),
            "actor": reference("WebhookActor"),
            "data": payload,
            "delivery": reference("WebhookDelivery"),
        },
    })
}

fn operation(event: &EventFacts, body: &Value) -> Value {
    let header = |name: &str, description: &str| json!({ "name": name, "in": "header", "required": true, "description": description, "schema": { "type": "string" } });
    json!({
        "operationId": format!("webhooks.on.{}", event.name.replace('.', "_")),
        "tags": ["Webhooks"],
        "summary": event.summary,
        "description": format!(
            "Sent as `{}`, signed by Standard Webhooks, at least once. A status from 200 to 299 within 10 seconds accepts it; anything else is tried again after 1 minute, 5 minutes, 30 minutes, 2 hours and 12 hours.",
            event.name
        ),
        "security": [],
        "parameters": [
            header("webhook-id", "The id of the event, also in the body."),
            header("webhook-timestamp", "When this attempt was sent, in seconds since 1970."),
            header("webhook-signature", "`v1,` and the HMAC-SHA256 over id, timestamp and body, base64; several while a secret is rotated."),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": { "204": { "description": "Accepted; any status from 200 to 299 does." } },
    })
}
