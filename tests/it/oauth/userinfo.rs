//! Claims about the person, as far as was granted.

use serde_json::json;

use super::kit::{App, ISSUER, encoded, verified};
use crate::kit::{Server, claims_of};

#[tokio::test]
async fn each_scope_gives_its_claims() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let ada = server.user("ada@example.com").await;
    server.root().patch(format!("/v1/users/{}", ada.id), json!({ "name": "Ada", "locale": "en" })).await.expect(200);
    for (scope, expected) in [
        ("openid", vec!["sub"]),
        ("openid email", vec!["email", "email_verified", "sub"]),
        ("openid profile", vec!["locale", "name", "sub", "updated_at"]),
    ] {
        let tokens = app.tokens(&ada, scope).await;
        let told = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
        let mut names: Vec<&String> = told.json.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, expected, "{scope}");
        assert_eq!(told.json["sub"], claims_of(tokens.id.as_ref().unwrap())["sub"]);
        assert_eq!(told.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn single_claims_come_where_they_were_asked_for() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let ada = server.user("ada@example.com").await;
    let claims = json!({ "userinfo": { "email": null }, "id_token": { "email": { "essential": true } } }).to_string();
    let code = app.code(&ada, &[("scope", "openid"), ("claims", &claims)]).await;
    let tokens = super::kit::Tokens::of(&app.redeem(&code).await.expect(200));
    assert_eq!(claims_of(tokens.id.as_ref().unwrap())["email"], "ada@example.com");
    let told = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    assert_eq!(told.json["email"], "ada@example.com");
}

#[tokio::test]
async fn the_token_comes_in_one_place() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let ada = server.user("ada@example.com").await;
    let token = app.tokens(&ada, "openid").await.access;
    let post = server.anonymous().poke("/oauth2/userinfo").header("content-type", "application/x-www-form-urlencoded");
    let body = encoded(&[("access_token", &token)]);
    post.clone().raw(body.clone()).await.expect(200);
    server.anonymous().bearer(&token).poke("/oauth2/userinfo").await.expect(200);
    post.header("authorization", &format!("Bearer {token}")).raw(body).await.refused(400, "invalid_request");
    server.anonymous().get(format!("/oauth2/userinfo?access_token={token}")).await.expect(401);
    let bare = server.anonymous().get("/oauth2/userinfo").await.expect(401);
    let challenge = bare.header("www-authenticate");
    assert!(challenge.starts_with("Bearer") && !challenge.contains("error="), "{challenge}");
    let wrong = server.anonymous().bearer("nonsense").get("/oauth2/userinfo").await.refused(401, "invalid_token");
    assert!(wrong.header("www-authenticate").contains("error=\"invalid_token\""));
}

#[tokio::test]
async fn a_token_without_openid_is_not_enough() {
    let server = Server::start().await;
    let (app, machine) = (App::web(&server).await, App::machine(&server).await);
    let ada = server.user("ada@example.com").await;
    for token in [app.tokens(&ada, "me:read").await.access, machine.own_token().await] {
        let refused =
            server.anonymous().bearer(&token).get("/oauth2/userinfo").await.refused(403, "insufficient_scope");
        assert!(refused.header("www-authenticate").contains("scope=\"openid\""), "{refused}");
    }
}

#[tokio::test]
async fn a_client_may_have_it_signed_and_know_people_by_names_of_its_own() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["userinfo_signed_response_alg"] = json!("ES256");
    body["subject_type"] = json!("pairwise");
    let (app, plain) = (App::create(&server, body).await, App::web(&server).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid").await;
    let reply = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    assert_eq!(reply.header("content-type"), "application/jwt");
    let told = verified(&server, &String::from_utf8_lossy(&reply.bytes), "JWT").await;
    assert_eq!((&told["iss"], &told["aud"]), (&json!(ISSUER), &json!(app.id)));
    let subject = told["sub"].as_str().unwrap();
    assert!(!subject.starts_with("usr_"));
    assert_eq!(claims_of(tokens.id.as_ref().unwrap())["sub"], subject);
    let other = plain.tokens(&ada, "openid").await;
    let (one, two) = (claims_of(&tokens.access), claims_of(&other.access));
    assert!(one["sub"] != two["sub"] && one["sid"] != two["sid"], "two clients can't compare");
}
