//! A small domain of cats, through the door that every domain takes.

use std::collections::BTreeMap;

use edge::{
    Anyone, At, Body, Can, CanOn, CanOrSelf, Context, Document, Endpoint, Listed, Nothing, OptionalBody, Paging,
    Public, Query, Reply, Resource, created, listed, no_content, ok,
};
use kernel::{EventFacts, Id, Page, Patch, Secret, Timestamp, TypedId};
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

pub(super) const EVENTS: &[EventFacts] = &[CatRenamed::FACTS, CatRanAway::FACTS];

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![list_cats(), create_cat(), update_cat(), pet_cat(), delete_cat(), list_cat_lines(), jwks()]
}

/// As they would be recorded.
pub(super) fn examples() -> Value {
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
