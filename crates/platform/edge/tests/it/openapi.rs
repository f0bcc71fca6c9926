//! A small domain of cats, through the door that every domain takes, and the documents that come of it.

use std::collections::BTreeMap;

use edge::{
    Anyone, At, Body, Can, CanOn, CanOrSelf, Context, Document, Endpoint, Limit, Listed, Nothing, OptionalBody, Paging,
    Public, Query, Reply, Resource, Surface, created, listed, no_content, ok, openapi,
};
use kernel::{Id, Page, Patch, Secret, Timestamp, TypedId};
use macros::{Event, Refusals, endpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Read, StoreError};

struct Cat;
kernel::resource! { Cat, prefix: "cat", noun: "cat" }
kernel::permissions! {
    /// Read cats.
    CatsRead = "cats:read",
    /// Change cats.
    CatsWrite = "cats:write",
}

impl Resource for Cat {
    async fn find(_: &Read, _: Id<Self>) -> Result<Option<Self>, StoreError> {
        Ok(None)
    }
}

#[derive(Debug, thiserror::Error, Refusals)]
#[expect(dead_code, reason = "only its facts are wanted")]
enum CatError {
    /// Another cat has this name.
    #[error("another cat has this name")]
    #[refusal(Conflict, "name_taken", field = "name", code = "taken")]
    NameTaken,
    /// The cat is asleep.
    #[error("let it sleep")]
    #[refusal(Conflict, "asleep")]
    Asleep,
}

#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mood {
    /// Purring.
    Content,
    /// Not purring.
    Grumpy,
}

/// Where a cat sleeps.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Basket {
    colour: String,
    #[serde(default)]
    soft: bool,
}

/// A cat.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Cat")]
struct CatView {
    id: Id<Cat>,
    /// In how many lives it is.
    lives: u8,
    name: Option<String>,
    mood: Mood,
    last_mood: Option<Mood>,
    basket: Option<Basket>,
    metadata: BTreeMap<String, Value>,
    version: i64,
    created_at: Timestamp,
}

/// The same cat for the data plane.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Cat")]
struct CatLine {
    id: TypedId<Cat>,
}

impl From<CatView> for CatLine {
    fn from(cat: CatView) -> Self {
        Self { id: cat.id.typed() }
    }
}

/// A new cat.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct CatCreate {
    name: Option<String>,
    basket: Basket,
    chip: Secret,
}

/// What may change about a cat.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct CatUpdate {
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    mood: Patch<Mood>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct CatFilter {
    /// Only cats in this mood.
    mood: Option<Mood>,
    /// Free text over names.
    q: Option<String>,
}

/// What came of petting.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum PetResult {
    /// It purrs.
    #[expect(dead_code, reason = "only its schema is wanted")]
    Purring { loudness: u32 },
    /// It does not.
    Scratched(Wound),
}

/// A wound.
#[derive(Serialize, JsonSchema)]
struct Wound {
    depth: f64,
}

/// How to pet.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct CatPet {
    #[serde(default)]
    gently: bool,
}

/// A cat got another name
#[derive(Serialize, JsonSchema, Event)]
#[event("cat.renamed", target = cat_id)]
struct CatRenamed {
    cat_id: Id<Cat>,
}

/// A cat ran away
#[derive(Serialize, JsonSchema, Event)]
#[event("cat.ran_away", target = cat_id)]
struct CatRanAway {
    cat_id: Id<Cat>,
    /// As it was.
    cat: CatView,
}

fn a_cat(cx: &Context) -> CatView {
    CatView {
        id: cx.new_id(),
        lives: 9,
        name: None,
        mood: Mood::Grumpy,
        last_mood: Some(Mood::Content),
        basket: None,
        metadata: BTreeMap::new(),
        version: 1,
        created_at: cx.now(),
    }
}

/// List cats
///
/// Newest first.
#[endpoint(GET "/v1/cats", id = "cats.list")]
async fn list_cats(
    cx: CanOrSelf<CatsRead>,
    Query(_): Query<CatFilter>,
    Paging(page): Paging<u64>,
) -> Reply<Listed<CatView>> {
    listed(&cx, Page { items: vec![a_cat(&cx)], next: page.after, limit: page.limit })
}

/// Create a cat
///
/// It begins with nine lives.
#[endpoint(POST "/v1/cats", id = "cats.create", errors = CatError)]
async fn create_cat(cx: Can<CatsWrite>, Body(_): Body<CatCreate>) -> Reply<CatView> {
    created(a_cat(&cx))
}

/// Update a cat
///
/// Absent fields stay, null clears.
#[endpoint(PATCH "/v1/cats/{cat_id}", id = "cats.update", errors = CatError)]
async fn update_cat(cx: CanOn<CatsWrite, Cat>, Body(_): Body<CatUpdate>) -> Reply<CatView> {
    ok(a_cat(&cx))
}

/// Pet a cat
///
/// See what happens.
#[endpoint(POST "/v1/cats/{cat_id}/pet", id = "cats.pet", errors = CatError, limit = SignIn, silent = "nothing changes")]
async fn pet_cat(_cx: Public, _cat: At<Cat>, OptionalBody(_): OptionalBody<CatPet>) -> Reply<PetResult> {
    ok(PetResult::Scratched(Wound { depth: 0.5 }))
}

/// Delete a cat
///
/// It is gone for good.
#[endpoint(DELETE "/v1/cats/{cat_id}", id = "cats.delete")]
async fn delete_cat(_cx: CanOn<CatsWrite, Cat>) -> Reply<Nothing> {
    no_content()
}

/// List cats
///
/// In the data plane's spelling.
#[endpoint(GET "/api/v1/cats", id = "cats.list")]
async fn list_cat_lines(cx: Can<CatsRead>, Paging(page): Paging<u64>) -> Reply<Listed<CatLine>> {
    listed(&cx, Page { items: vec![a_cat(&cx)], next: page.after, limit: page.limit })
}

/// Get the public keys
///
/// For libraries that verify tokens.
#[endpoint(GET "/.well-known/jwks.json", id = "discovery.jwks")]
async fn jwks(cx: Anyone) -> Reply<Document> {
    Document::cached(&cx, "{}".into(), &http::HeaderValue::from_static("\"1\""), "public, max-age=300")
}

fn endpoints() -> Vec<Endpoint> {
    vec![list_cats(), create_cat(), update_cat(), pet_cat(), delete_cat(), list_cat_lines(), jwks()]
}

fn examples() -> Value {
    let answer = |status: u16, body: Value| json!({ "response": { "status": status, "body": body } });
    let mut examples = json!({
        "cats.list": answer(200, json!({ "data": [] })),
        "cats.create": answer(201, json!({ "data": { "lives": 9 } })),
        "cats.update": answer(200, json!({ "data": {} })),
        "cats.pet": answer(202, json!({ "data": { "state": "purring" } })),
        "cats.delete": answer(200, json!({ "data": null })),
        "discovery.jwks": answer(200, json!({ "keys": [] })),
    });
    for (operation, body) in
        [("cats.create", json!({ "basket": {} })), ("cats.update", json!({ "name": null })), ("cats.pet", json!({}))]
    {
        examples[operation]["request"] = body;
    }
    examples
}

fn document(surface: Surface) -> Value {
    let endpoints = endpoints();
    let endpoints: Vec<&Endpoint> = endpoints.iter().collect();
    openapi::document(surface, &endpoints, &[CatRenamed::FACTS, CatRanAway::FACTS], &examples(), "1.2.3")
}

fn at<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there"))
}

#[test]
fn the_documents_keep_the_house_rules() {
    for surface in [Surface::Platform, Surface::DataPlane] {
        assert_eq!(openapi::rules::check(&document(surface)), Vec::<String>::new(), "{surface:?}");
    }
}

#[test]
fn a_surface_has_its_own_paths_and_the_keys_stand_in_both() {
    let paths = |surface| document(surface)["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        paths(Surface::Platform),
        ["/v1/cats", "/v1/cats/{cat_id}", "/v1/cats/{cat_id}/pet", "/.well-known/jwks.json"]
    );
    assert_eq!(paths(Surface::DataPlane), ["/api/v1/cats", "/.well-known/jwks.json"]);
}

#[test]
fn the_views_are_enveloped_components() {
    let platform = document(Surface::Platform);
    let body = at(&platform, "/paths/~1v1~1cats/post/responses/201/content/application~1json");
    assert_eq!(
        body,
        &json!({ "schema": { "$ref": "#/components/schemas/CatReply" }, "example": { "data": { "lives": 9 } } })
    );
    assert_eq!(
        at(&platform, "/components/schemas/CatReply/properties/data"),
        &json!({ "$ref": "#/components/schemas/Cat" })
    );
    assert_eq!(
        at(&platform, "/components/schemas/CatList/properties/data/items"),
        &json!({ "$ref": "#/components/schemas/Cat" })
    );
    let nothing = at(&platform, "/paths/~1v1~1cats~1{cat_id}/delete/responses/200/content/application~1json/schema");
    assert_eq!(nothing, &json!({ "$ref": "#/components/schemas/EmptyReply" }));

    let data_plane = document(Surface::DataPlane);
    assert_eq!(at(&data_plane, "/components/schemas/CatList/required"), &json!(["data", "meta"]));
    assert_eq!(at(&data_plane, "/components/schemas/Cat/properties/id/pattern"), "^cat_[0-9A-HJKMNP-TV-Z]{26}$");
    assert!(data_plane.pointer("/components/schemas/CatReply").is_none(), "unused components fall away");
}

#[test]
fn fields_have_the_shapes_that_generators_read() {
    let platform = document(Surface::Platform);
    let cat = at(&platform, "/components/schemas/Cat");
    assert_eq!(cat["required"].as_array().unwrap().len(), 9, "a view always has all its fields");
    assert_eq!(cat["properties"]["name"]["type"], json!(["string", "null"]));
    assert_eq!(cat["properties"]["lives"]["format"], "int32");
    assert_eq!(
        cat["properties"]["last_mood"]["oneOf"],
        json!([{ "$ref": "#/components/schemas/Mood" }, { "type": "null" }])
    );
    assert_eq!(cat["properties"]["metadata"]["additionalProperties"], true);
    assert_eq!(
        at(&platform, "/components/schemas/Mood"),
        &json!({
            "type": "string", "enum": ["content", "grumpy"], "x-enum-descriptions": ["Purring.", "Not purring."], "x-open-enum": true,
        })
    );
}

#[test]
fn what_is_read_and_what_is_written_may_differ() {
    let platform = document(Surface::Platform);
    assert_eq!(at(&platform, "/components/schemas/Basket/required"), &json!(["colour", "soft"]));
    assert_eq!(at(&platform, "/components/schemas/BasketInput/required"), &json!(["colour"]));
    assert_eq!(
        at(&platform, "/components/schemas/CatCreate/properties/basket/$ref"),
        "#/components/schemas/BasketInput"
    );
    assert_eq!(at(&platform, "/components/schemas/CatCreate/additionalProperties"), false);
    assert_eq!(at(&platform, "/components/schemas/CatCreate/properties/chip/format"), "password");
}

#[test]
fn a_merge_patch_has_nullable_fields_and_none_is_required() {
    let platform = document(Surface::Platform);
    let update = at(&platform, "/components/schemas/CatUpdate");
    assert_eq!(update.get("required"), None);
    assert_eq!(update["properties"]["name"]["type"], json!(["string", "null"]));
    assert_eq!(update["properties"]["mood"]["oneOf"][1], json!({ "type": "null" }));
    assert_eq!(at(&platform, "/paths/~1v1~1cats~1{cat_id}/patch/x-patch"), "merge");
}

#[test]
fn a_tagged_enum_is_a_union_of_components() {
    let platform = document(Surface::Platform);
    let union = at(&platform, "/components/schemas/PetResult");
    assert_eq!(
        union["discriminator"],
        json!({ "propertyName": "state", "mapping": {
        "purring": "#/components/schemas/PetResultPurring", "scratched": "#/components/schemas/PetResultScratched",
    } })
    );
    let scratched = at(&platform, "/components/schemas/PetResultScratched");
    assert_eq!(scratched["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["state", "depth"]);
    assert_eq!(scratched["required"], json!(["state", "depth"]));
}

fn parameters(operation: &Value) -> Vec<(&str, &str)> {
    let list = operation["parameters"].as_array().into_iter().flatten();
    list.filter_map(|parameter| Some((parameter["in"].as_str()?, parameter["name"].as_str()?))).collect()
}

#[test]
fn parameters_come_from_path_query_pages_and_the_kit() {
    let platform = document(Surface::Platform);
    let list = at(&platform, "/paths/~1v1~1cats/get");
    assert_eq!(parameters(list), [("query", "mood"), ("query", "q"), ("query", "limit"), ("query", "cursor")]);
    assert_eq!(list["parameters"][0]["schema"]["$ref"], "#/components/schemas/Mood");
    assert_eq!(list["parameters"][1]["schema"], json!({ "type": "string" }));
    assert!(platform.pointer("/components/schemas/CatFilter").is_none(), "a query type is no component");
    let update = at(&platform, "/paths/~1v1~1cats~1{cat_id}/patch");
    assert_eq!(parameters(update), [("path", "cat_id"), ("header", "Idempotency-Key"), ("header", "If-Match")]);
    assert_eq!(
        parameters(at(&platform, "/paths/~1v1~1cats/post")),
        [("header", "Idempotency-Key")],
        "what is not there yet has no version"
    );
}

#[test]
fn an_operation_says_who_may_call_it() {
    let platform = document(Surface::Platform);
    let create = at(&platform, "/paths/~1v1~1cats/post");
    assert_eq!(create["security"][0], json!({ "applicationId": [], "apiKey": [] }));
    assert_eq!((&create["x-scope"], &create["x-audience"]), (&json!("cats:write"), &json!(["server"])));
    assert_eq!(at(&platform, "/paths/~1v1~1cats/get/x-audience"), &json!(["server", "browser"]));
    let pet = at(&platform, "/paths/~1v1~1cats~1{cat_id}~1pet/post");
    assert_eq!((&pet["security"], &pet["x-audience"]), (&json!([{ "applicationId": [] }, {}]), &json!(["browser"])));
    assert_eq!(pet["requestBody"]["required"], false);
    assert_eq!(pet["x-rate-limit"]["name"], Limit::SignIn.name());
    assert_eq!(at(&platform, "/paths/~1.well-known~1jwks.json/get/security"), &json!([]));
}

fn reasons(operation: &Value) -> Vec<&str> {
    operation["x-errors"].as_array().into_iter().flatten().filter_map(|error| error["reason"].as_str()).collect()
}

#[test]
fn reasons_are_the_operations_own_and_those_of_the_way_to_it() {
    let platform = document(Surface::Platform);
    let create = reasons(at(&platform, "/paths/~1v1~1cats/post"));
    for reason in [
        "name_taken",
        "asleep",
        "invalid_json",
        "unknown_field",
        "invalid_fields",
        "insufficient_scope",
        "idempotency_key_reused",
        "rate_limited",
    ] {
        assert!(create.contains(&reason), "{reason}: {create:?}");
    }
    for reason in ["invalid_cursor", "invalid_id", "version_mismatch"] {
        assert!(!create.contains(&reason), "{reason}: {create:?}");
    }
    assert!(reasons(at(&platform, "/paths/~1v1~1cats~1{cat_id}/patch")).contains(&"version_mismatch"));
    let keys = at(&platform, "/paths/~1.well-known~1jwks.json/get");
    assert_eq!(reasons(keys), ["internal", "deadline_exceeded", "unavailable"]);
    assert_eq!(
        at(&platform, "/paths/~1v1~1cats/post/responses/409"),
        &json!({ "$ref": "#/components/responses/Conflict" })
    );
    assert_eq!(keys["responses"]["503"], json!({ "$ref": "#/components/responses/ProtocolServiceUnavailable" }));
}

#[test]
fn events_are_typed_webhooks() {
    let platform = document(Surface::Platform);
    let body = at(&platform, "/webhooks/cat.renamed/post/requestBody/content/application~1json/schema");
    assert_eq!(body, &json!({ "$ref": "#/components/schemas/CatRenamedWebhook" }));
    let renamed = at(&platform, "/components/schemas/CatRenamedWebhook");
    assert_eq!(renamed["properties"]["event_type"]["const"], "cat.renamed");
    assert_eq!(renamed["properties"]["data"], json!({ "$ref": "#/components/schemas/CatRenamed" }));
    assert_eq!(renamed["description"], "A cat got another name");
    assert_eq!(at(&platform, "/components/schemas/WebhookBody/oneOf").as_array().unwrap().len(), 2);
}

#[test]
fn an_event_may_tell_of_a_thing_in_another_shape_than_the_surface() {
    let told = |surface| at(&document(surface), "/components/schemas/CatRanAway/properties/cat/$ref").clone();
    assert_eq!(told(Surface::Platform), "#/components/schemas/Cat");
    assert_eq!(told(Surface::DataPlane), "#/components/schemas/CatPayload");
}

#[test]
fn an_example_that_was_not_recorded_breaks_a_rule() {
    let endpoints = [create_cat()];
    let document = openapi::document(Surface::Platform, &[&endpoints[0]], &[], &json!({}), "1");
    assert_eq!(
        openapi::rules::check(&document),
        ["cats.create: has no example of a body", "cats.create: has no example of its answer"]
    );
}

#[test]
fn yaml_says_the_same() {
    let platform = document(Surface::Platform);
    let read: Value = serde_norway::from_str(&openapi::yaml(&platform)).unwrap();
    assert_eq!(read, platform);
    let tricky =
        json!({ "no": "no", "on": "1e3", "day": "2026-01-01", "null": "~", "list": ["0o7", "", " x", "a: b", "#"] });
    assert_eq!(serde_norway::from_str::<Value>(&openapi::yaml(&tricky)).unwrap(), tricky);
}

/// The headers of a recorded answer tell what a view need not.
#[test]
fn an_answer_with_an_etag_makes_its_operation_versioned() {
    let mut examples = examples();
    examples["cats.pet"]["response"]["headers"] = json!({ "etag": "\"2\"" });
    let pet = pet_cat();
    let document = openapi::document(Surface::Platform, &[&pet], &[], &examples, "1");
    let pet = at(&document, "/paths/~1v1~1cats~1{cat_id}~1pet/post");
    assert_eq!(parameters(pet).last(), Some(&("header", "If-Match")));
    assert!(reasons(pet).contains(&"version_mismatch"));
    assert_eq!(at(pet, "/responses/202/headers/ETag/$ref"), "#/components/headers/ETag");
}
