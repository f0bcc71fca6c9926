//! What the types of bodies become.

use edge::Surface;
use serde_json::json;

use super::{at, document};

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
