//! Tokens that are given back.

use serde_json::json;

use super::kit::App;
use crate::kit::Server;

#[tokio::test]
async fn a_refresh_token_takes_all_with_it_and_an_access_token_goes_alone() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let tokens = app.tokens(&ada, "openid offline_access").await;
    app.send("/oauth2/revoke", &[("token", &tokens.access)]).await.expect(200);
    assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
    server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.refused(401, "invalid_token");
    let next = super::kit::Tokens::of(&app.refresh(tokens.refresh()).await.expect(200));
    let hint = [("token", next.refresh()), ("token_type_hint", "access_token")];
    app.send("/oauth2/revoke", &hint).await.expect(200);
    assert_eq!(app.introspect(&next.access).await, json!({ "active": false }));
    app.refresh(next.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn what_is_unknown_or_anothers_is_answered_alike_and_left_alone() {
    let server = Server::start().await;
    let (app, other) = (App::web(&server).await, App::web(&server).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid offline_access").await;
    for token in
        [tokens.access.as_str(), tokens.refresh(), "nonsense", "pc_at_nonsense", "pc_or_nonsense", &ada.access_token]
    {
        other.send("/oauth2/revoke", &[("token", token)]).await.expect(200);
    }
    assert_eq!(app.introspect(&tokens.access).await["active"], true);
    app.refresh(tokens.refresh()).await.expect(200);
    app.send("/oauth2/revoke", &[]).await.refused(400, "invalid_request");
    let stranger = App { secret: Some("pc_cs_no".to_owned()), ..app.clone() };
    stranger.send("/oauth2/revoke", &[("token", &tokens.access)]).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn an_opaque_token_is_marked() {
    let server = Server::start().await;
    let body = json!({ "type": "m2m", "name": "M", "allowed_scopes": ["users:read"], "access_token_format": "opaque" });
    let (app, other) = (App::create(&server, body).await, App::machine(&server).await);
    let token = app.own_token().await;
    server.anonymous().bearer(&token).get("/api/v1/users").await.expect(200);
    other.send("/oauth2/revoke", &[("token", &token)]).await.expect(200);
    server.anonymous().bearer(&token).get("/api/v1/users").await.expect(200);
    app.send("/oauth2/revoke", &[("token", &token)]).await.expect(200);
    server.anonymous().bearer(&token).get("/api/v1/users").await.expect(401);
}
