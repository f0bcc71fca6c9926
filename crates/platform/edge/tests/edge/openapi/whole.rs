//! What holds of a document as a whole.

use edge::{Surface, openapi};
use serde_json::{Value, json};

use super::{document, document_of};

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
fn an_example_that_was_not_recorded_breaks_a_rule() {
    assert_eq!(
        openapi::rules::check(&document_of("cats.create", &json!({}))),
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
