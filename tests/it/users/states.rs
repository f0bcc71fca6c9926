use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn disabling_ends_every_session_and_refuses_sign_in() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    ada.get("/v1/auth/me").await.expect(200);
    let path = format!("/v1/users/{}", ada.id);
    let disabled = root.poke(format!("{path}/disable")).await.expect(200);
    assert_eq!(disabled.text("/state"), "disabled");
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    server
        .anonymous()
        .post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token }))
        .await
        .refused(401, "session_revoked");
    server.anonymous().sign_in(&ada.email, PASSWORD).await.refused(403, "account_disabled");
    server.anonymous().sign_in(&ada.email, "wrong").await.refused(401, "invalid_credentials");
    let enabled = root.poke(format!("{path}/enable")).await.expect(200);
    assert_eq!(enabled.text("/state"), "active");
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    server.anonymous().sign_in(&ada.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn disabling_twice_is_no_error_and_no_change() {
    let server = Server::start().await;
    let root = server.root();
    let path = format!("/v1/users/{}/disable", root.create_user("ada@example.com").await.id());
    let first = root.poke(&path).await.expect(200);
    let second = root.poke(&path).await.expect(200);
    assert_eq!(first.data(), second.data());
    assert_eq!(first.header("etag"), second.header("etag"));
}
