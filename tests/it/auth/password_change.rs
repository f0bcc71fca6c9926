use serde_json::json;

use crate::kit::{PASSWORD, Server};

const ANOTHER: &str = "an entirely different phrase";

#[tokio::test]
async fn the_current_password_proves_who_asks() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    ada.post("/v1/auth/password/change", change("not it at all", ANOTHER)).await.refused(403, "invalid_credentials");
    ada.post("/v1/auth/password/change", change(PASSWORD, "short")).await.refused(422, "password_refused");
    ada.post("/v1/auth/password/change", change(PASSWORD, ANOTHER)).await.expect(200);
    ada.get("/v1/auth/me").await.expect(200);
    server.anonymous().sign_in(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    server.anonymous().sign_in(&ada.email, ANOTHER).await.expect(200);
}

#[tokio::test]
async fn other_sessions_end_where_the_person_wishes_so() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let elsewhere = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    ada.post("/v1/auth/password/change", body).await.expect(200);
    elsewhere.get("/v1/auth/me").await.expect(200);
    let body = json!({ "current_password": ANOTHER, "new_password": PASSWORD, "end_other_sessions": true });
    ada.post("/v1/auth/password/change", body).await.expect(200);
    elsewhere.get("/v1/auth/me").await.refused(401, "session_revoked");
    ada.get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn who_guesses_a_current_password_leaves_a_trace() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let body = json!({ "current_password": "not it at all", "new_password": ANOTHER });
    ada.post("/v1/auth/password/change", body).await.refused(403, "invalid_credentials");
    let path = format!("/v1/audit/events?actor_id={}&outcome=failure", ada.id);
    assert_eq!(server.root().get(path).await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn the_data_plane_changes_it_by_the_same_rules() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    ada.post("/api/v1/me/password", json!({ "current": "not it at all", "next": ANOTHER }))
        .await
        .refused(403, "invalid_credentials");
    ada.post("/api/v1/me/password", json!({ "current": PASSWORD, "next": ANOTHER })).await.expect(204);
    server.anonymous().sign_in(&ada.email, ANOTHER).await.expect(200);
}
