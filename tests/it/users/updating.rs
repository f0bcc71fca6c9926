use serde_json::{Value, json};

use super::record;
use crate::kit::Server;

#[tokio::test]
async fn absent_fields_stay_and_null_clears() {
    let server = Server::start().await;
    let root = server.root();
    let body = json!({ "username": "ada", "name": "Ada", "given_name": "Ada", "public_metadata": { "a": 1, "b": 2 } });
    let path = format!("/v1/users/{}", root.post("/v1/users", body).await.expect(201).id());
    let patched = root
        .patch(&path, json!({ "name": null, "family_name": "Lovelace", "public_metadata": { "c": 3 } }))
        .await
        .expect(200);
    assert_eq!(patched.header("etag"), "\"2\"");
    assert_eq!(patched.data()["name"], Value::Null);
    assert_eq!(patched.data()["given_name"], "Ada");
    assert_eq!(patched.data()["family_name"], "Lovelace");
    assert_eq!(patched.data()["public_metadata"], json!({ "c": 3 }), "replaced whole");
    assert_eq!(record(&root.get(&path).await), *patched.data());
}

#[tokio::test]
async fn a_changed_address_is_unverified_again_unless_said_otherwise() {
    let server = Server::start().await;
    let root = server.root();
    let created =
        root.post("/v1/users", json!({ "primary_email": "a@example.com", "email_verified": true })).await.expect(201);
    let path = format!("/v1/users/{}", created.id());
    let verified = async |body: Value| root.patch(&path, body).await.expect(200).data()["email_verified"].clone();
    assert_eq!(verified(json!({ "primary_email": "a@example.com" })).await, true, "the same address");
    assert_eq!(verified(json!({ "primary_email": "b@example.com" })).await, false);
    assert_eq!(verified(json!({ "primary_email": "c@example.com", "email_verified": true })).await, true);
    assert_eq!(verified(json!({ "email_verified": false })).await, false);
}

#[tokio::test]
async fn the_last_identifier_can_not_be_cleared() {
    let server = Server::start().await;
    let root = server.root();
    let path = format!("/v1/users/{}", root.create_user("ada@example.com").await.id());
    root.patch(&path, json!({ "primary_email": null })).await.refused(422, "no_identifier");
    root.patch(&path, json!({ "primary_email": null, "username": "ada" })).await.expect(200);
}

#[tokio::test]
async fn a_version_that_was_overtaken_is_a_412() {
    let server = Server::start().await;
    let root = server.root();
    let created = root.create_user("ada@example.com").await;
    let path = format!("/v1/users/{}", created.id());
    let tag = created.header("etag").to_owned();
    root.patch(&path, json!({ "name": "Ada" })).if_match(&tag).await.expect(200);
    root.patch(&path, json!({ "name": "Eve" })).if_match(&tag).await.refused(412, "version_mismatch");
    root.delete(&path).if_match(&tag).await.refused(412, "version_mismatch");
    root.poke(format!("{path}/disable")).if_match(&tag).await.refused(412, "version_mismatch");
    assert_eq!(root.get(&path).await.text("/name"), "Ada");
    root.patch(&path, json!({ "name": "Ada L." })).if_match("\"7\", \"2\"").await.expect(200);
    root.patch(&path, json!({ "name": "Ada" })).if_match("*").await.expect(200);
}

#[tokio::test]
async fn a_taken_identifier_is_refused_and_nothing_changes() {
    let server = Server::start().await;
    let root = server.root();
    root.create_user("taken@example.com").await;
    let path = format!("/v1/users/{}", root.create_user("ada@example.com").await.id());
    root.patch(&path, json!({ "name": "Ada", "primary_email": "taken@example.com" })).await.refused(409, "email_taken");
    let read = root.get(&path).await;
    assert_eq!((read.text("/primary_email").as_str(), &read.data()["name"]), ("ada@example.com", &Value::Null));
}

#[tokio::test]
async fn an_identifier_that_was_given_up_is_free_again() {
    let server = Server::start().await;
    let root = server.root();
    let path = format!("/v1/users/{}", root.create_user("ada@example.com").await.id());
    root.patch(&path, json!({ "primary_email": "ada@example.org" })).await.expect(200);
    root.create_user("ada@example.com").await;
}
