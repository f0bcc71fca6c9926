//! What events become.

use edge::Surface;
use serde_json::json;

use super::{at, document};

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
