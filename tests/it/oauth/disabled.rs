//! What a person allowed applications ends when they are disabled, and when their account is recovered or claimed.

use serde_json::json;

use super::kit::{App, Tokens};
use crate::kit::{Person, Server};

const ADA: &str = "ada@example.com";
const SCOPE: &str = "openid offline_access me:read";

/// Nothing of these counts, though the person is let in.
async fn are_dead(app: &App, ada: &Person, tokens: &Tokens, why: &str) {
    for token in [tokens.refresh(), &tokens.access] {
        assert_eq!(app.introspect(token).await["active"], false, "{why}");
    }
    app.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    for path in ["/oauth2/userinfo", "/api/v1/me/profile"] {
        assert_eq!(ada.server.anonymous().bearer(&tokens.access).get(path).await.status, 401, "{why} {path}");
    }
}

#[tokio::test]
async fn who_is_enabled_again_has_to_let_applications_in_anew() {
    for surface in ["/v1", "/api/v1"] {
        let server = Server::start().await;
        let (root, app, ada) = (server.root(), App::web(&server).await, server.user(ADA).await);
        let eve = server.user("eve@example.com").await;
        let (tokens, of_another) = (app.tokens(&ada, SCOPE).await, app.tokens(&eve, SCOPE).await);
        let code = app.code(&ada, &[("scope", SCOPE)]).await;
        let path = format!("{surface}/users/{}", ada.id);
        root.poke(format!("{path}/disable")).await.expect(200);
        root.poke(format!("{path}/enable")).await.expect(200);
        are_dead(&app, &ada, &tokens, surface).await;
        app.redeem(&code).await.refused(400, "invalid_grant");
        let again = app.tokens(&server.sign_in_at(&server.anonymous(), ADA).await, SCOPE).await;
        for tokens in [again, of_another] {
            assert_eq!(app.introspect(&tokens.access).await["active"], true, "{surface}");
            app.refresh(tokens.refresh()).await.expect(200);
        }
    }
}

#[tokio::test]
async fn what_applications_got_ends_with_a_reset_and_with_the_first_proof_of_the_mailbox() {
    for (is_proven, how) in [(true, "a reset"), (false, "a claim"), (true, "a reset of factors")] {
        let server = Server::start().await;
        let (root, app, ada) = (server.root(), App::web(&server).await, server.user(ADA).await);
        root.patch(format!("/v1/users/{}", ada.id), json!({ "email_verified": is_proven })).await.expect(200);
        let tokens = app.tokens(&ada, SCOPE).await;
        let anyone = server.anonymous();
        match how {
            "a reset" => {
                anyone.post("/v1/auth/password/forgot", json!({ "email": ADA })).await.expect(202);
                let token = server.mailed_token(ADA).await;
                let body = json!({ "token": token, "new_password": "an entirely different phrase" });
                anyone.post("/v1/auth/password/reset", body).await.expect(200)
            }
            "a claim" => {
                let begun = anyone.post("/v1/auth/otp", json!({ "email": ADA })).await.expect(202);
                let code = server.mailed_code(ADA).await;
                let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": code });
                anyone.post("/v1/auth/otp/verify", body).await.expect(200)
            }
            _ => root.post(format!("/api/v1/users/{}/reset-mfa", ada.id), json!({})).await.expect(204),
        };
        are_dead(&app, &ada, &tokens, how).await;
    }
}

#[tokio::test]
async fn opaque_tokens_stay_dead_too() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["access_token_format"] = json!("opaque");
    let (app, ada) = (App::create(&server, body).await, server.user(ADA).await);
    let tokens = app.tokens(&ada, SCOPE).await;
    let path = format!("/v1/users/{}", ada.id);
    server.root().poke(format!("{path}/disable")).await.expect(200);
    server.root().poke(format!("{path}/enable")).await.expect(200);
    are_dead(&app, &ada, &tokens, "opaque").await;
}

#[tokio::test]
async fn whoever_disables_by_an_import_ends_the_same() {
    for import in ["/v1/users/import?existing=update", "/api/v1/users/bulk-import?existing=update"] {
        let server = Server::start().await;
        let (root, app, ada) = (server.root(), App::web(&server).await, server.user(ADA).await);
        let tokens = app.tokens(&ada, SCOPE).await;
        let reply = root.post(import, json!({ "users": [{ "email": ADA, "state": "disabled" }] })).await;
        assert!(reply.status < 300, "{reply}");
        server.run_jobs().await;
        let path = format!("/v1/users/{}", ada.id);
        assert_eq!(root.get(&path).await.text("/state"), "disabled");
        root.poke(format!("{path}/enable")).await.expect(200);
        are_dead(&app, &ada, &tokens, import).await;
    }
}

#[tokio::test]
async fn the_trail_says_how_much_ended() {
    let server = Server::start().await;
    let (root, app, ada) = (server.root(), App::web(&server).await, server.user(ADA).await);
    for scope in ["openid", SCOPE] {
        app.tokens(&ada, scope).await;
    }
    root.poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    server.run_jobs().await;
    let told = root.get("/v1/audit/events?type=user.disabled").await.expect(200);
    assert_eq!(told.items()[0]["data"]["ended_grants"], 2, "{told}");
}
