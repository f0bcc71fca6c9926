//! What an operation takes, who may call it, and what it is refused for.

use edge::{Limit, Surface};
use serde_json::{Value, json};

use super::{at, cats::examples, document, document_of};

fn parameters(operation: &Value) -> Vec<(&str, &str)> {
    let list = operation["parameters"].as_array().into_iter().flatten();
    list.filter_map(|parameter| Some((parameter["in"].as_str()?, parameter["name"].as_str()?))).collect()
}

fn reasons(operation: &Value) -> Vec<&str> {
    operation["x-errors"].as_array().into_iter().flatten().filter_map(|error| error["reason"].as_str()).collect()
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

/// The headers of a recorded answer tell what a view need not.
#[test]
fn an_answer_with_an_etag_makes_its_operation_versioned() {
    let mut examples = examples();
    examples["cats.pet"]["response"]["headers"] = json!({ "etag": "\"2\"" });
    let document = document_of("cats.pet", &examples);
    let pet = at(&document, "/paths/~1v1~1cats~1{cat_id}~1pet/post");
    assert_eq!(parameters(pet).last(), Some(&("header", "If-Match")));
    assert!(reasons(pet).contains(&"version_mismatch"));
    assert_eq!(at(pet, "/responses/202/headers/ETag/$ref"), "#/components/headers/ETag");
}
