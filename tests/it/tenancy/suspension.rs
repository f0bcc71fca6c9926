use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn a_suspended_application_refuses_everything_until_it_is_resumed() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let account = server.account().await;
    let ada = server.user_at(&server.anonymous().at_application(&other.id), "ada@example.com").await;
    let path = format!("/v1/dashboard/applications/{}", other.id);
    account.patch(&path, json!({ "state": "suspended" })).await.expect(200);
    other.api_key.get("/v1/users").await.refused(403, "tenant_suspended");
    ada.get("/v1/auth/me").await.refused(403, "tenant_suspended");
    server.anonymous().at_application(&other.id).get("/.well-known/jwks.json").await.refused(403, "tenant_suspended");
    server.root().get("/v1/users").await.expect(200);
    account.patch(&path, json!({ "state": "active" })).await.expect(200);
    other.api_key.get("/v1/users").await.expect(200);
    ada.get("/v1/auth/me").await.expect(200);
}
