use serde_json::json;

use super::record;
use crate::kit::Server;

#[tokio::test]
async fn a_created_user_can_be_read_by_either_spelling_of_the_id() {
    let server = Server::start().await;
    let root = server.root();
    let body = json!({
        "primary_email": "Ada@Example.com", "email_verified": true, "primary_phone": "+49 151 234 567 89", "username": "ada.l",
        "external_id": "crm-1", "name": "Ada Lovelace", "locale": "en-GB", "picture": "https://example.com/a.png",
        "public_metadata": { "plan": "pro" }, "private_metadata": { "notes": ["x"] }, "unsafe_metadata": { "theme": "dark" },
    });
    let created = root.post("/v1/users", body).await.expect(201);
    let id = created.id();
    assert_eq!(created.header("location"), format!("/v1/users/{id}"));
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(created.text("/primary_email"), "Ada@Example.com", "as it was written");
    assert_eq!(created.text("/primary_phone"), "+4915123456789");
    assert_eq!(created.data()["email_verified"], true);
    assert_eq!(created.data()["phone_verified"], false);
    let read = root.get(format!("/v1/users/{id}")).await.expect(200);
    assert_eq!(record(&read), *created.data());
    let typed = root.get(format!("/api/v1/users/{id}")).await.expect(200).id();
    assert!(typed.starts_with("usr_"), "{typed}");
    assert_eq!(record(&root.get(format!("/v1/users/{typed}")).await.expect(200)), *created.data());
}

#[tokio::test]
async fn an_id_of_another_kind_is_a_400_and_an_unknown_one_a_404() {
    let server = Server::start().await;
    let root = server.root();
    root.get("/v1/users/ses_01kexsm4800000000000000000").await.refused(400, "invalid_id");
    root.get("/v1/users/1").await.refused(400, "invalid_id");
    root.get("/v1/users/018f3c4a-7b2e-7c1d-8000-000000000000").await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_wrong_with_a_field_is_told_with_its_name() {
    let server = Server::start().await;
    let root = server.root();
    for (body, field) in [
        (json!({ "primary_email": "nobody" }), "primary_email invalid"),
        (json!({ "primary_email": "a@example.com, b@example.com" }), "primary_email invalid"),
        (json!({ "primary_email": "a@example.com\r\nBcc: b@example.com" }), "primary_email invalid"),
        (json!({ "primary_phone": "0151 234" }), "primary_phone invalid"),
        (json!({ "username": "a" }), "username invalid"),
        (json!({ "username": "ada", "picture": "javascript:alert(1)" }), "picture invalid"),
        (json!({ "username": "ada", "picture": "http://example.com/a.png" }), "picture invalid"),
        (json!({ "username": "ada", "locale": "not a language" }), "locale invalid"),
        (json!({ "username": "ada", "name": "two\nlines" }), "name invalid"),
        (json!({ "username": "ada", "password": "short" }), "password too_short"),
        (json!({ "username": "ada", "password": "password123" }), "password too_common"),
        (
            json!({ "username": "ada", "password": "a good pass phrase", "password_hash": "$argon2id$" }),
            "password_hash ambiguous",
        ),
        (json!({ "username": "ada", "password_hash": "$2b$12$abc" }), "password_hash unsupported"),
    ] {
        let reply = root.post("/v1/users", body.clone()).await.expect(422);
        assert_eq!(reply.fields(), [field], "{body}");
    }
    root.post("/v1/users", json!({ "primary_email": 7 })).await.expect(422);
    root.post("/v1/users", json!({ "name": "Nobody" })).await.refused(422, "no_identifier");
    assert_eq!(root.get("/v1/users").await.items().len(), 0, "nothing was made of any of them");
}

#[tokio::test]
async fn fields_that_are_not_the_callers_to_set_are_refused() {
    let server = Server::start().await;
    let root = server.root();
    for field in ["id", "state", "tenant_id", "created_at", "version", "last_sign_in_at", "is_admin"] {
        let reply =
            root.post("/v1/users", json!({ "username": "ada", field: "x" })).await.refused(400, "unknown_field");
        assert_eq!(reply.fields(), [format!("{field} unknown")]);
    }
}

#[tokio::test]
async fn metadata_is_bounded() {
    let server = Server::start().await;
    let root = server.root();
    for field in ["public_metadata", "private_metadata", "unsafe_metadata"] {
        root.post("/v1/users", json!({ "username": "ada", field: { "a": "x".repeat(17_000) } }))
            .await
            .refused(422, "metadata_too_large");
        root.post("/v1/users", json!({ "username": "ada", field: ["a"] })).await.expect(422);
    }
}

#[tokio::test]
async fn identifiers_are_unique_in_every_spelling() {
    let server = Server::start().await;
    let root = server.root();
    let first = json!({ "primary_email": "ada@bücher.example", "primary_phone": "+4915123456789", "username": "Ada", "external_id": "1" });
    root.post("/v1/users", first).await.expect(201);
    for (body, reason, field) in [
        (json!({ "primary_email": "ADA@xn--bcher-kva.EXAMPLE" }), "email_taken", "primary_email taken"),
        (json!({ "primary_phone": "+49 (151) 234-567.89" }), "phone_taken", "primary_phone taken"),
        (json!({ "username": "aDA" }), "username_taken", "username taken"),
        (json!({ "external_id": "1" }), "external_id_taken", "external_id taken"),
    ] {
        let reply = root.post("/v1/users", body).await.refused(409, reason);
        assert_eq!(reply.fields(), [field]);
    }
    root.post("/v1/users", json!({ "primary_email": "\u{430}da@bücher.example" })).await.expect(201);
}

#[tokio::test]
async fn the_same_address_may_have_an_account_in_every_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    server.root().create_user("ada@example.com").await;
    other.api_key.create_user("ada@example.com").await;
    assert_eq!(server.root().get("/v1/users").await.items().len(), 1);
    assert_eq!(other.api_key.get("/v1/users").await.items().len(), 1);
}

#[tokio::test]
async fn secrets_of_a_new_user_are_never_shown() {
    let server = Server::start().await;
    let root = server.root();
    let phc = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$YW5vdXRwdXR0aGF0aXNsb25nZW5vdWdoMDEyMzQ1Njc";
    let created = root.post("/v1/users", json!({ "username": "ada", "password_hash": phc })).await.expect(201);
    let body = String::from_utf8_lossy(&created.bytes).into_owned();
    assert!(!body.contains("argon2") && !body.contains("password"), "{body}");
}
