use serde_json::{Value, json};

use super::check;

/// A document that keeps all rules; each test breaks one.
fn good() -> Value {
    serde_json::from_str(include_str!("testdata/good.json")).unwrap()
}

fn broken(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = good();
    change(&mut document);
    check(&document)
}

fn set(pointer: &'static str, value: Value) -> Box<dyn FnOnce(&mut Value)> {
    Box::new(move |document| {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"))[key] = value;
    })
}

fn drop(pointer: &'static str) -> Box<dyn FnOnce(&mut Value)> {
    Box::new(move |document| {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let gone = document.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|object| object.remove(key));
        gone.unwrap_or_else(|| panic!("{pointer} is not in the good document"));
    })
}

#[test]
fn a_good_document_is_good() {
    assert_eq!(check(&good()), Vec::<String>::new());
}

type Case = (Box<dyn FnOnce(&mut Value)>, &'static str);

/// Each change breaks the good document, and the breach is said in this sentence.
fn each_is_said(cases: Vec<Case>) {
    for (change, sentence) in cases {
        let found = broken(change);
        assert!(found.iter().any(|breach| breach.contains(sentence)), "wanted: {sentence}\nfound: {found:#?}");
    }
}

#[test]
fn an_operation_has_one_good_name() {
    each_is_said(vec![
        (drop("/paths/~1v1~1users/get/operationId"), "get /v1/users: has no operationId"),
        (set("/paths/~1v1~1users/get/operationId", json!("users.create")), "users.create: names both"),
        (
            set("/paths/~1v1~1users/get/operationId", json!("listUsers")),
            "listUsers: is not written `resource[.sub].verb`",
        ),
        (
            set("/paths/~1v1~1users/get/operationId", json!("users.browse")),
            "users.browse: `browse` is neither a verb of the house nor the path's `users`",
        ),
        (
            set("/paths/~1v1~1users/get/operationId", json!("users.replace")),
            "users.replace: `replace` belongs to put, not to get",
        ),
        (
            set("/paths/~1v1~1users/get/operationId", json!("users.create.list")),
            "users.create: is both a method and the namespace of users.create.list",
        ),
    ]);
}

#[test]
fn an_operation_is_told() {
    each_is_said(vec![
        (drop("/paths/~1v1~1users/get/summary"), "users.list: has no summary"),
        (set("/paths/~1v1~1users/get/description", json!(" ")), "users.list: has no description"),
        (drop("/paths/~1v1~1users/get/security"), "users.list: does not say its security"),
        (set("/paths/~1v1~1users/get/tags", json!(["Users", "People"])), "users.list: has not exactly one tag"),
        (
            set("/paths/~1v1~1users/get/tags", json!(["People"])),
            "users.list: has a tag that the document does not describe",
        ),
        (drop("/paths/~1v1~1users/get/parameters/0/description"), "users.list: has a parameter without a description"),
        (
            set("/paths/~1v1~1users~1{user_id}/patch/parameters/0/name", json!("id")),
            "users.update: describes other path parameters",
        ),
    ]);
}

#[test]
fn bodies_are_named_enveloped_and_shown() {
    each_is_said(vec![
        (
            drop("/paths/~1v1~1users/post/requestBody/content/application~1json/example"),
            "users.create: has no example of a body",
        ),
        (
            set("/paths/~1v1~1users/post/requestBody/content/application~1json/schema", json!({ "type": "object" })),
            "users.create: has a body that is not a named component",
        ),
        (
            drop("/paths/~1v1~1users/get/responses/200/content/application~1json/example"),
            "users.list: has no example of its answer",
        ),
        (
            set("/paths/~1v1~1users/get/responses/200/content/application~1json/schema", json!({ "type": "array" })),
            "users.list: answers 200 with what is not a named component",
        ),
        (
            set(
                "/paths/~1v1~1users/get/responses/200/content/application~1json/schema",
                json!({ "$ref": "#/components/schemas/User" }),
            ),
            "users.list: answers without an envelope",
        ),
        (
            set(
                "/components/responses/NotFound/content/application~1json/schema",
                json!({ "$ref": "#/components/schemas/User" }),
            ),
            "users.update: does not answer 404 with the shared ErrorReply",
        ),
        (drop("/paths/~1v1~1users/get/responses/200"), "users.list: has no success"),
        (
            set("/paths/~1v1~1users/get/responses/200/description", json!("")),
            "users.list: does not describe status 200",
        ),
    ]);
}

#[test]
fn an_operation_says_what_sdks_need() {
    each_is_said(vec![
        (set("/paths/~1v1~1users/get/x-audience", json!(["phone"])), "users.list: has no x-audience"),
        (drop("/paths/~1v1~1users/get/x-errors"), "users.list: does not list its reasons"),
        (drop("/paths/~1v1~1users/get/x-retry"), "users.list: does not say when to try again"),
        (drop("/paths/~1v1~1users/get/x-scope"), "users.list: takes API keys and has no x-scope"),
        (drop("/paths/~1v1~1users/get/x-pagination"), "users.list: is a list without x-pagination"),
        (drop("/paths/~1v1~1users/post/x-idempotent"), "users.create: is a mutation without x-idempotent"),
        (drop("/paths/~1v1~1users~1{user_id}/patch/x-patch"), "users.update: is a PATCH without x-patch"),
    ]);
}

#[test]
fn components_have_names_that_every_language_can_take() {
    each_is_said(vec![
        (
            set("/components/schemas/Client", json!({ "type": "string" })),
            "component Client: is a name that languages have already",
        ),
        (
            set("/components/schemas/Users", json!({ "type": "string" })),
            "component Users: is called like a resource of the SDKs",
        ),
        (
            set("/components/schemas/User2", json!({ "type": "string" })),
            "component User2: is a second type called User",
        ),
        (
            set("/components/schemas/user_view", json!({ "type": "string" })),
            "component user_view: is not written in PascalCase",
        ),
        (drop("/components/schemas/User/description"), "component User: has no description"),
        (
            set("/components/schemas/UserReply/properties/success", json!({ "type": "string" })),
            "component UserReply: has a `success` that is not a boolean",
        ),
        (
            set("/components/schemas/UserReply/properties/error", json!({ "$ref": "#/components/schemas/User" })),
            "component UserReply: has an `error` that is not an ErrorBody or null",
        ),
    ]);
}

#[test]
fn schemas_have_simple_shapes() {
    each_is_said(vec![
        (
            set("/components/schemas/UserReply/properties/error", json!({ "type": "null" })),
            "component UserReply.error: is `type: null` alone",
        ),
        (
            set("/components/schemas/User/properties/name", json!({ "type": ["string", "integer"] })),
            "component User.name: has several types",
        ),
        (set("/components/schemas/User/properties/name", json!(true)), "component User.name: is no object"),
        (
            set("/components/schemas/User/properties/name", json!({ "type": "object", "properties": {} })),
            "component User.name: is an object in place",
        ),
        (
            set("/components/schemas/User/properties/name", json!({ "type": "array", "prefixItems": [] })),
            "component User.name: uses `prefixItems`",
        ),
        (
            set("/components/schemas/User/properties/name", json!({ "type": "array", "items": false })),
            "component User.name[]: is no object",
        ),
        (
            set("/components/schemas/User/anyOf", json!([{ "required": ["id"] }, { "required": ["name"] }])),
            "component User: uses `anyOf`",
        ),
        (drop("/components/schemas/UserStatus/x-open-enum"), "component UserStatus: is an enum without x-open-enum"),
        (
            set("/components/schemas/User/properties/status", json!({ "$ref": "#/components/schemas/Lost" })),
            "status: refers to #/components/schemas/Lost, which is not there",
        ),
        (
            set("/components/schemas/User/properties/alg", json!({ "type": "string", "const": "Ed25519" })),
            "const: says `Ed25519` where `EdDSA` is meant",
        ),
    ]);
}

#[test]
fn unions_are_told_apart() {
    each_is_said(vec![
        (
            drop("/components/schemas/WebhookBody/discriminator"),
            "component WebhookBody: is a union without a discriminator",
        ),
        (
            set("/components/schemas/WebhookBody/discriminator/mapping", json!({})),
            "component WebhookBody: maps more or less than its members",
        ),
        (
            set("/components/schemas/UserDisabledWebhook/properties/event_type", json!({ "type": "string" })),
            "component WebhookBody: does not map",
        ),
        (
            set("/components/schemas/WebhookBody/oneOf", json!([{ "type": "string" }])),
            "component WebhookBody: is a union of what are not named components",
        ),
    ]);
}

#[test]
fn webhooks_have_one_good_name_and_named_payloads() {
    each_is_said(vec![
        (
            set("/components/schemas/UserDisabledWebhook/properties/data", json!({ "type": "string" })),
            "webhook user.disabled: has a body or a payload that is not a named component",
        ),
        (drop("/webhooks/user.disabled/post/operationId"), "webhook user.disabled: has no operationId"),
        (
            set("/webhooks/user.disabled/post/operationId", json!("users.list")),
            "users.list: names both get /v1/users and webhook user.disabled",
        ),
    ]);
}

#[test]
fn a_curve_may_be_called_ed25519() {
    let found = broken(set("/components/schemas/User/example", json!({ "crv": "Ed25519", "alg": "EdDSA" })));
    assert_eq!(found, Vec::<String>::new());
}
