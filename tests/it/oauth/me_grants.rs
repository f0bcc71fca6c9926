//! What one allowed applications, and taking it back.

use serde_json::json;

use super::stage::{App, answer};
use crate::{
    hosted::{events, signed_in},
    kit::{PASSWORD, Server},
};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_person_sees_what_has_access_and_takes_it_back() {
    let server = Server::start().await;
    let (foreign, own) = (
        App::create(&server, json!({})).await,
        App::create(&server, json!({ "name": "Own", "skip_consent": true })).await,
    );
    let mut ada = signed_in(&server, ADA).await;
    let me = server.sign_in_at(&server.anonymous(), ADA).await;
    assert!(me.get("/api/v1/me/grants").await.expect(200).items().is_empty());
    ada.open(&foreign.address(&[("scope", "openid email offline_access"), ("prompt", "consent")])).await;
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    let tokens = foreign.redeem(&answer(&ada)["code"]).await.expect(200);
    let refresh = tokens.json["refresh_token"].as_str().unwrap().to_owned();
    ada.open(&own.address(&[])).await;
    own.redeem(&answer(&ada)["code"]).await.expect(200);
    let listed = me.get("/api/v1/me/grants").await.expect(200);
    let names: Vec<_> = listed.items().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["Reports", "Own"]);
    let item = &listed.items()[0];
    assert_eq!(item["scopes"], json!(["openid", "email", "offline_access"]));
    assert_eq!(item["application_id"], json!(foreign.id));
    me.delete(format!("/api/v1/me/grants/{}", foreign.id)).await.expect(204);
    me.delete(format!("/api/v1/me/grants/{}", foreign.id)).await.expect(404);
    assert_eq!(events(&server, "application.access_withdrawn").await, 1);
    let refreshed =
        foreign.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    refreshed.refused(400, "invalid_grant");
    ada.open(&foreign.address(&[])).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "it has to ask again: {}", ada.at);
}

#[tokio::test]
async fn nobody_takes_back_what_another_gave() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    let body = json!({ "primary_email": "eve@example.com", "email_verified": true, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    let eve = server.sign_in_at(&server.anonymous(), "eve@example.com").await;
    eve.delete(format!("/api/v1/me/grants/{}", app.id)).await.expect(404);
    assert!(eve.get("/api/v1/me/grants").await.expect(200).items().is_empty());
    ada.open(&app.address(&[])).await;
    assert!(answer(&ada).contains_key("code"));
}
