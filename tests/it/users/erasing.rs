use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn an_erased_user_is_gone_with_sessions_and_identifiers() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let path = format!("/v1/users/{}", ada.id);
    let reply = root.delete(&path).await.expect(200);
    assert!(reply.json["data"].is_null() && reply.json["success"] == true, "{reply}");
    root.get(&path).await.refused(404, "not_found");
    root.delete(&path).await.refused(404, "not_found");
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    server
        .anonymous()
        .post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token }))
        .await
        .refused(401, "invalid_grant");
    server.anonymous().sign_in(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    assert_eq!(root.get(format!("/v1/sessions?user_id={}", ada.id)).await.items().len(), 0);
    let again = server.user("ada@example.com").await;
    assert_ne!(again.id, ada.id, "ids are never used again");
}

#[tokio::test]
async fn on_the_data_plane_erasing_answers_204() {
    let server = Server::start().await;
    let root = server.root();
    let id = root.create_user("ada@example.com").await.id();
    let reply = root.delete(format!("/api/v1/users/{id}")).await.expect(204);
    assert!(reply.bytes.is_empty());
    root.get(format!("/api/v1/users/{id}")).await.refused(404, "not_found");
}
