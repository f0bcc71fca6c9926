use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::Server;

#[tokio::test]
async fn a_server_learns_whether_a_token_is_good_and_why_not() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let verdict = async |token: &str| {
        let reply = server.root().post("/v1/sessions/verify", json!({ "token": token })).await.expect(200);
        (reply.data()["active"].clone(), reply.data()["reason"].clone())
    };
    assert_eq!(verdict(&ada.access_token).await, (json!(true), Value::Null));
    assert_eq!(verdict("x").await, (json!(false), json!("invalid_token")));
    assert_eq!(verdict(&ada.refresh_token).await, (json!(false), json!("invalid_token")));
    server.turn_clock(Duration::from_secs(400));
    assert_eq!(verdict(&ada.access_token).await, (json!(false), json!("token_expired")));
    let again = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    server.root().delete(format!("/v1/sessions/{}", again.session_id)).await.expect(200);
    assert_eq!(verdict(&again.access_token).await, (json!(false), json!("session_revoked")));
}

#[tokio::test]
async fn a_token_of_another_application_is_not_good_here() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let ada = server.user("ada@example.com").await;
    let reply = other.api_key.post("/v1/sessions/verify", json!({ "token": ada.access_token })).await.expect(200);
    assert_eq!((&reply.data()["active"], &reply.data()["session"]), (&json!(false), &Value::Null));
}
