use serde_json::json;

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn register_login_and_logout_are_the_same_use_cases() {
    let server = Server::start().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let free = server.anonymous().post("/api/v1/auth/register", body.clone()).await.expect(202);
    let taken = server.anonymous().post("/api/v1/auth/register", body).await.expect(202);
    assert_eq!(free.comparable(), taken.comparable());
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = server.anonymous().post("/api/v1/auth/login", login).await.expect(200);
    assert_eq!((signed_in.text("/state").as_str(), signed_in.text("/token_type").as_str()), ("success", "Bearer"));
    assert!(signed_in.text("/session/id").starts_with("ses_"));
    let client = server.anonymous().bearer(&signed_in.text("/access_token"));
    let profile = client.get("/api/v1/me/profile").await.expect(200);
    assert!(profile.id().starts_with("usr_"));
    assert_eq!(profile.text("/name"), "Ada");
    client.poke("/api/v1/auth/logout").await.expect(204);
    client.get("/api/v1/me/profile").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn the_subject_is_written_as_the_surface_writes_ids() {
    let server = Server::start().await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = server.anonymous().post("/api/v1/auth/login", login).await.expect(200);
    let verdict = json!({ "token": signed_in.text("/access_token") });
    assert_eq!(server.root().post("/v1/sessions/verify", verdict).await.expect(200).data()["active"], true);
    let claims = crate::kit::claims_of(&signed_in.text("/access_token"));
    assert!(claims["sub"].as_str().unwrap().starts_with("usr_"), "{claims}");
}

#[tokio::test]
async fn a_person_changes_their_profile_but_not_their_address() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let patched =
        ada.patch("/api/v1/me/profile", json!({ "name": "Ada", "attributes": { "theme": "dark" } })).await.expect(200);
    assert_eq!(patched.header("etag"), "\"2\"");
    ada.patch("/api/v1/me/profile", json!({ "name": "Eve" })).if_match("\"1\"").await.refused(412, "version_mismatch");
    for field in ["email", "email_verified", "state", "public_metadata"] {
        ada.patch("/api/v1/me/profile", json!({ field: true })).await.refused(400, "unknown_field");
    }
    assert_eq!(
        server.root().get(format!("/v1/users/{}", ada.id)).await.data()["unsafe_metadata"],
        json!({ "theme": "dark" })
    );
}
