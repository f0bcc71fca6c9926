//! What is said of tokens to those who may ask.

use serde_json::json;

use super::kit::{App, ISSUER, verified};
use crate::kit::{Server, claims_of};

#[tokio::test]
async fn a_token_that_counts_is_told_whole() {
    let server = Server::start().await;
    let (app, asker) = (App::web(&server).await, App::machine(&server).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid email offline_access").await;
    let claims = claims_of(&tokens.access);
    let said = asker.introspect(&tokens.access).await;
    for name in ["iss", "sub", "client_id", "scope", "exp", "iat", "jti", "acr", "auth_time"] {
        assert_eq!(said[name], claims[name], "{name}");
    }
    assert_eq!((&said["aud"], &said["token_type"]), (&json!([ISSUER]), &json!("Bearer")));
    // A refresh token is told to its own client only.
    assert_eq!(app.introspect(tokens.refresh()).await["active"], true);
    assert_eq!(asker.introspect(tokens.refresh()).await, json!({ "active": false }));
}

#[tokio::test]
async fn the_answer_may_be_signed() {
    let server = Server::start().await;
    let app = App::machine(&server).await;
    let token = app.own_token().await;
    let call = app.send("/oauth2/introspect", &[("token", &token)]);
    let reply = call.header("accept", "application/token-introspection+jwt").await.expect(200);
    assert_eq!(reply.header("content-type"), "application/token-introspection+jwt");
    let claims = verified(&server, &String::from_utf8_lossy(&reply.bytes), "token-introspection+jwt").await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(app.id)));
    assert_eq!(claims["token_introspection"]["client_id"], app.id);
    assert!(claims.get("sub").is_none() && claims.get("exp").is_none());
}

#[tokio::test]
async fn only_who_proves_who_they_are_may_ask() {
    let server = Server::start().await;
    let (app, spa) = (App::machine(&server).await, App::spa(&server).await);
    let token = app.own_token().await;
    spa.send("/oauth2/introspect", &[("token", &token)]).await.refused(401, "invalid_client");
    let key = server.api_key(&["tokens:introspect"]).await;
    let ask = |caller: &crate::kit::Client| {
        let call = caller.poke("/oauth2/introspect").header("content-type", "application/x-www-form-urlencoded");
        call.raw(format!("token={token}"))
    };
    assert_eq!(ask(&key).await.expect(200).json["active"], true);
    ask(&server.api_key(&["users:read"]).await).await.refused(401, "invalid_client");
    ask(&server.anonymous()).await.expect(401);
}

#[tokio::test]
async fn a_token_of_another_application_is_unknown() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let body = json!({ "type": "m2m", "name": "M", "allowed_scopes": ["users:read"] });
    let theirs =
        App::create_at(&other.api_key.clone().with("host", &format!("{}.localhost:8080", other.slug)), body).await;
    let ours = App::machine(&server).await;
    let token = theirs.own_token().await;
    assert_eq!(theirs.introspect(&token).await["active"], true);
    assert_eq!(ours.introspect(&token).await, json!({ "active": false }));
    server.anonymous().bearer(&token).get("/api/v1/users").await.expect(401);
}

#[tokio::test]
async fn tokens_of_one_kind_are_nothing_where_another_is_taken() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid offline_access").await;
    let code = app.code(&ada, &[("scope", "openid")]).await;
    let all = [
        ("access", tokens.access.clone()),
        ("refresh", tokens.refresh().to_owned()),
        ("id", tokens.id.clone().unwrap()),
        ("session", ada.access_token.clone()),
        ("session refresh", ada.refresh_token.clone()),
        ("code", code),
        ("secret", app.secret.clone().unwrap()),
        ("key", server.root_key().to_owned()),
    ];
    for (kind, token) in &all {
        let active = app.introspect(token).await["active"].as_bool().unwrap();
        assert_eq!(active, matches!(*kind, "access" | "refresh"), "introspection of {kind}");
        let userinfo = server.anonymous().bearer(token).get("/oauth2/userinfo").await.status;
        assert_eq!(userinfo, if *kind == "access" { 200 } else { 401 }, "userinfo by {kind}");
        let profile = server.anonymous().bearer(token).get("/v1/me").await.status;
        assert!(profile != 200 || matches!(*kind, "session" | "key"), "the platform by {kind}");
        if *kind != "refresh" {
            app.refresh(token).await.refused(400, "invalid_grant");
        }
        if *kind != "code" {
            app.redeem(token).await.refused(400, "invalid_grant");
        }
        let device = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", token.as_str())];
        assert_eq!(app.token(&device).await.status, 400, "a device's tokens for {kind}");
    }
}
