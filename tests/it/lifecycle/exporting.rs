use serde_json::{Value, json};

use super::{BCRYPT, read, send};
use crate::kit::{PASSWORD, Server};

const EXPORT: &str = "/api/v1/users/bulk-export";

#[tokio::test]
async fn what_is_exported_can_be_imported_as_it_is() {
    let server = Server::start().await;
    let (root, other) = (server.root(), server.other_tenant("Acme").await);
    let rows = [
        json!({ "external_id": "1", "email": "ada@example.com", "email_verified": true, "phone": "+4915123456789", "username": "ada",
                "name": "Ada", "given_name": "Ada", "family_name": "Lovelace", "locale": "en-GB", "picture": "https://example.com/a.png",
                "public_metadata": { "plan": "pro" }, "private_metadata": { "crm": 1 }, "unsafe_metadata": { "theme": "dark" },
                "password_hash": BCRYPT, "password_must_change": false, "created_at": "2020-01-01T00:00:00Z",
                "last_sign_in_at": "2025-01-01T00:00:00Z" }),
        json!({ "email": "grace@example.com", "state": "disabled", "password_hash": BCRYPT, "password_must_change": true }),
        json!({ "username": "alan" }),
    ];
    read(&send(&root, "/v1/users/import", &rows).await.expect(200));
    let exported = root.post(EXPORT, json!({ "include_password_hashes": true })).await.expect(200).lines();
    assert_eq!(exported.len(), 3);
    let (_, told, _) = read(&send(&other.api_key, "/v1/users/import", &exported).await.expect(200));
    assert_eq!(told, ["1 created", "2 created", "3 created"]);
    let again = other.api_key.post(EXPORT, json!({ "include_password_hashes": true })).await.expect(200).lines();
    assert_eq!(again, exported, "with their ids, times and passwords");
    other.api_key.clone().without("authorization").sign_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn hashes_leave_only_for_those_who_ask_and_may() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let bulk = server.api_key(&["users:bulk"]).await;
    for body in [json!({}), json!({ "include_password_hashes": false })] {
        let reply = bulk.post(EXPORT, body).await.expect(200);
        let lines = reply.lines();
        assert_eq!((lines.len(), &lines[0]["primary_email"]), (1, &json!("ada@example.com")));
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("argon2"), "{reply}");
    }
    bulk.post(EXPORT, json!({ "include_password_hashes": true })).await.refused(403, "insufficient_scope");
    let both = server.api_key(&["users:bulk", "users:export_secrets"]).await;
    let lines = both.post(EXPORT, json!({ "include_password_hashes": true })).await.expect(200).lines();
    assert!(lines[0]["password_hash"].as_str().unwrap().starts_with("$argon2id$"));
    server.account().await.post(EXPORT, json!({ "include_password_hashes": true })).await.expect(200);
    server.run_jobs().await;
    let events = server.root().get("/v1/audit/events?type=users.exported").await.expect(200);
    let with_hashes = events.items().iter().filter(|event| event["data"]["with_password_hashes"] == true).count();
    assert_eq!((events.items().len(), with_hashes), (4, 2), "{events}");
}

#[tokio::test]
async fn everyone_is_in_it_and_nobody_of_another_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    other.api_key.create_user("eve@example.com").await;
    let rows: Vec<Value> = (0..450).map(|number| json!({ "username": format!("user{number}") })).collect();
    read(&send(&server.root(), "/v1/users/import", &rows).await.expect(200));
    assert_eq!(server.root().poke(EXPORT).await.expect(200).lines().len(), 450);
    assert_eq!(other.api_key.poke(EXPORT).await.expect(200).lines().len(), 1);
}

#[tokio::test]
async fn a_person_can_be_told_all_that_is_held_on_them() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    root.patch(format!("/v1/users/{}", ada.id), json!({ "name": "Ada", "private_metadata": { "crm": "A-1" } }))
        .await
        .expect(200);
    server.run_jobs().await;
    let export = root.get(format!("/v1/users/{}/export", ada.id)).await.expect(200);
    let records = &export.data()["records"];
    assert_eq!(records["user"][0]["id"], ada.id.as_str());
    assert_eq!(
        (&records["user"][0]["name"], &records["user"][0]["private_metadata"]),
        (&json!("Ada"), &json!({ "crm": "A-1" }))
    );
    assert_eq!(records["email_addresses"][0]["address"], "ada@example.com");
    let session = &records["sessions"][0];
    assert_eq!(session["id"], ada.session_id.as_str());
    assert_eq!((&session["proven"], &session["aal"], &session["amr"]), (&json!("password"), &json!(1), &json!("pwd")));
    assert!(records["password"][0]["changed_at"].is_string(), "{export}");
    let events = records["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["type"] == "user.signed_in"), "{export}");
    let theirs = events.iter().find(|event| event["type"] == "user.updated").unwrap();
    assert!(theirs["details"].is_null(), "what others did holds the others' addresses: {theirs}");
    assert_eq!(export.data()["truncated"], json!([]));
    let text = String::from_utf8_lossy(&export.bytes);
    for secret in ["argon2", ada.refresh_token.as_str(), ada.access_token.as_str(), "nonce", "refresh"] {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
}
