use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn whoever_signs_up_can_sign_in() {
    let server = Server::start().await;
    let signed_up = server.anonymous().sign_up("ada@example.com").await.expect(202);
    assert_eq!(signed_up.data(), &json!({ "state": "accepted" }));
    let signed_in = server.anonymous().sign_in("ADA@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    assert_eq!(signed_in.text("/user/primary_email"), "ada@example.com");
    assert_eq!(signed_in.data()["user"]["email_verified"], false);
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_as_a_free_one() {
    let server = Server::start().await;
    let free = server.anonymous().sign_up("ada@example.com").await;
    let sign_up_again = json!({ "email": "ada@EXAMPLE.com", "password": "some other long phrase" });
    let taken = server.anonymous().post("/v1/auth/sign-up", sign_up_again).await;
    assert_eq!(free.comparable(), taken.comparable());
    server.anonymous().sign_in("ada@example.com", "some other long phrase").await.refused(401, "invalid_credentials");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    let phone = json!({ "phone": "+4915123456789", "password": PASSWORD });
    let free = server.anonymous().post("/v1/auth/sign-up", phone.clone()).await;
    let taken = server.anonymous().post("/v1/auth/sign-up", phone).await;
    assert_eq!(free.comparable(), taken.comparable());
    assert_eq!(server.root().get("/v1/users").await.items().len(), 2);
}

#[tokio::test]
async fn a_taken_username_is_said_since_it_is_public() {
    let server = Server::start().await;
    let body = json!({ "username": "ada", "password": PASSWORD });
    server.anonymous().post("/v1/auth/sign-up", body.clone()).await.expect(202);
    server.anonymous().post("/v1/auth/sign-up", body).await.refused(409, "username_taken");
    server.anonymous().post("/v1/auth/sign-in", json!({ "username": "ADA", "password": PASSWORD })).await.expect(200);
}

#[tokio::test]
async fn passwords_follow_the_length_rules_and_are_not_common() {
    let server = Server::start().await;
    let long = "é".repeat(600);
    for (password, code) in [
        ("Tr0ub4d", "too_short"),
        ("password123", "too_common"),
        ("aaaaaaaaaaaaaaaa", "predictable"),
        ("ada@example.com", "contextual"),
        (long.as_str(), "too_long"),
    ] {
        let body = json!({ "email": "ada@example.com", "password": password });
        let reply = server.anonymous().post("/v1/auth/sign-up", body).await.refused(422, "password_refused");
        assert_eq!(reply.fields(), [format!("password {code}")], "{password}");
        assert!(!String::from_utf8_lossy(&reply.bytes).contains(password), "the password is not repeated");
    }
    for password in
        ["all lower case letters", "           x           ", "12 34 56 78 90 ab", "пароль из слов подлиннее"]
    {
        let body = json!({ "email": "ada@example.com", "password": password });
        server.anonymous().post("/v1/auth/sign-up", body).await.expect(202);
    }
}

#[tokio::test]
async fn a_password_in_another_normal_form_is_the_same_password() {
    let server = Server::start().await;
    let body = json!({ "email": "ada@example.com", "password": "cafe\u{301} cafe\u{301} creme" });
    server.anonymous().post("/v1/auth/sign-up", body).await.expect(202);
    server.anonymous().sign_in("ada@example.com", "caf\u{e9} caf\u{e9} creme").await.expect(200);
}

#[tokio::test]
async fn exactly_one_identifier_and_a_password() {
    let server = Server::start().await;
    for (body, field) in [
        (json!({ "password": PASSWORD }), "email required"),
        (json!({ "email": "ada@example.com", "username": "ada", "password": PASSWORD }), "email required"),
        (json!({ "email": "ada@example.com" }), "password required"),
        (json!({ "email": "not an address", "password": PASSWORD }), "email invalid"),
    ] {
        assert_eq!(server.anonymous().post("/v1/auth/sign-up", body).await.expect(422).fields(), [field]);
    }
    for field in ["id", "tenant_id", "email_verified", "private_metadata", "public_metadata", "state"] {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, field: true });
        server.anonymous().post("/v1/auth/sign-up", body).await.refused(400, "unknown_field");
    }
}

#[tokio::test]
async fn the_application_decides_who_may_sign_up() {
    let server = Server::start().await;
    let set = async |sign_up| server.root().patch("/v1/settings", json!({ "sign_up": sign_up })).await.expect(200);
    set(json!({ "mode": "restricted", "allowed_domains": ["example.com"] })).await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    server.anonymous().sign_up("ada@example.org").await.refused(403, "sign_up_closed");
    server.anonymous().sign_up("ada@sub.example.com").await.refused(403, "sign_up_closed");
    set(json!({ "mode": "invite_only" })).await;
    server.anonymous().sign_up("bob@example.com").await.refused(403, "sign_up_closed");
    set(json!({ "mode": "open", "blocked_domains": ["spam.example"] })).await;
    server.anonymous().sign_up("bob@SPAM.example").await.refused(403, "sign_up_closed");
    server.anonymous().sign_up("bob@example.org").await.expect(202);
    assert_eq!(server.anonymous().get("/v1/auth/config").await.text("/sign_up"), "open");
}
