use serde_json::json;

use crate::kit::{self, PASSWORD, Server};

const ANOTHER: &str = "an entirely different phrase";

#[tokio::test]
async fn a_password_set_by_the_application_replaces_the_old_one() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let path = format!("/v1/users/{}/password", ada.id);
    root.post(&path, json!({ "password": ANOTHER })).await.expect(200);
    server.anonymous().sign_in(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    server.anonymous().sign_in(&ada.email, ANOTHER).await.expect(200);
    ada.get("/v1/auth/me").await.expect(200);
    root.post(&path, json!({ "password": PASSWORD, "end_sessions": true })).await.expect(200);
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn a_demanded_change_stops_the_next_sign_in() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let path = format!("/v1/users/{}/password", ada.id);
    root.post(&path, json!({ "must_change": true })).await.expect(200);
    server.anonymous().sign_in(&ada.email, "wrong").await.refused(401, "invalid_credentials");
    let pending = server.anonymous().sign_in(&ada.email, PASSWORD).await.expect(200);
    assert_eq!(pending.text("/state"), "password_reset_required");
    assert!(pending.data().get("access_token").is_none());
    root.post(&path, json!({ "password": ANOTHER })).await.expect(200);
    server.anonymous().sign_in(&ada.email, ANOTHER).await.expect(200);
}

#[tokio::test]
async fn a_bad_password_or_a_demand_without_one_is_refused() {
    let server = Server::start().await;
    let root = server.root();
    let path = format!("/v1/users/{}/password", root.create_user("ada@example.com").await.id());
    root.post(&path, json!({ "must_change": true })).await.refused(400, "password_not_set");
    for (password, code) in [("short", "too_short"), ("password1234", "too_common"), ("ada@example.com", "contextual")]
    {
        let reply = root.post(&path, json!({ "password": password })).await.refused(422, "password_refused");
        assert_eq!(reply.fields(), [format!("password {code}")]);
    }
}

#[tokio::test]
async fn a_hash_from_elsewhere_signs_in_and_is_hashed_again_by_our_own_parameters() {
    let server = Server::start().await;
    let root = server.root();
    let phc = kit::cheap_hash(PASSWORD).await;
    root.post("/v1/users", json!({ "primary_email": "ada@example.com", "password_hash": phc })).await.expect(201);
    assert_eq!(kit::password_hashes(server.db()).await, [phc]);
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    let rehashed = kit::password_hashes(server.db()).await;
    assert!(rehashed[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{rehashed:?}");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(kit::password_hashes(server.db()).await, rehashed, "hashed again once");
}
