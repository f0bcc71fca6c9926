//! Somebody opens an account with another person's address first (pre-hijacking).

use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn the_first_proof_of_a_mailbox_drops_what_a_squatter_planted() {
    let server = Server::start().await;
    let squatter = server.user("victim@example.com").await;
    let anyone = server.anonymous();
    let begun = anyone.post("/v1/auth/otp", json!({ "email": "victim@example.com" })).await.expect(202);
    let code = server.mailed_code("victim@example.com").await;
    let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": code });
    let victim = anyone.post("/v1/auth/otp/verify", body).await.expect(200);
    assert_eq!(victim.text("/user/id"), squatter.id);
    squatter.get("/v1/auth/me").await.refused(401, "session_revoked");
    anyone.sign_in("victim@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    let tokens = json!({ "refresh_token": squatter.refresh_token });
    anyone.post("/v1/sessions/tokens", tokens).await.expect(401);
}

#[tokio::test]
async fn a_later_proof_drops_nothing() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.root().patch(format!("/v1/users/{}", ada.id), json!({ "email_verified": true })).await.expect(200);
    let anyone = server.anonymous();
    let begun = anyone.post("/v1/auth/otp", json!({ "email": "ada@example.com" })).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": code });
    anyone.post("/v1/auth/otp/verify", body).await.expect(200);
    ada.get("/v1/auth/me").await.expect(200);
    anyone.sign_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_reset_drops_it_too_and_a_confirmation_keeps_the_account_as_it_is() {
    let server = Server::start().await;
    let squatter = server.user("victim@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/v1/auth/password/forgot", json!({ "email": "victim@example.com" })).await.expect(202);
    let token = server.mailed_token("victim@example.com").await;
    let body = json!({ "token": token, "new_password": "an entirely different phrase" });
    anyone.post("/v1/auth/password/reset", body).await.expect(200);
    squatter.get("/v1/auth/me").await.refused(401, "session_revoked");
    anyone.sign_in("victim@example.com", PASSWORD).await.refused(401, "invalid_credentials");

    let ada = server.user("ada@example.com").await;
    let token = server.mailed_token("ada@example.com").await;
    anyone.post("/v1/auth/verifications/confirm", json!({ "token": token })).await.expect(200);
    ada.get("/v1/auth/me").await.expect(200);
    anyone.sign_in("ada@example.com", PASSWORD).await.expect(200);
}
