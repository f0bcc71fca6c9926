use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn me_tells_who_is_signed_in_and_nothing_that_is_the_applications_alone() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let body = json!({ "private_metadata": { "score": 7 }, "public_metadata": { "plan": "pro" } });
    server.root().patch(format!("/v1/users/{}", ada.id), body).await.expect(200);
    let me = ada.get("/v1/auth/me").await.expect(200);
    assert_eq!(me.text("/user/id"), ada.id);
    assert_eq!(me.text("/session/id"), ada.session_id);
    assert_eq!(me.data()["user"]["public_metadata"], json!({ "plan": "pro" }));
    let signed_in = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    for reply in [me, signed_in] {
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("score"), "{reply}");
    }
}

#[tokio::test]
async fn an_api_key_is_no_person() {
    let server = Server::start().await;
    server.root().get("/v1/auth/me").await.refused(403, "user_required");
    server.anonymous().get("/v1/auth/me").await.refused(401, "missing_credentials");
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let elsewhere = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    ada.poke("/v1/auth/sign-out").await.expect(200);
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    server
        .anonymous()
        .post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token }))
        .await
        .refused(401, "session_revoked");
    elsewhere.get("/v1/auth/me").await.expect(200);
}
