//! Refresh tokens: they change at each use, forgive one lost answer, and end all when one comes twice.

use std::time::Duration;

use serde_json::json;

use super::kit::{App, Prover, Tokens, verified};
use crate::kit::{Server, claims_of};

const SCOPE: &str = "openid email offline_access";

#[tokio::test]
async fn each_refresh_brings_new_tokens_for_the_same() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let first = app.tokens(&ada, SCOPE).await;
    assert!(first.refresh().starts_with("pc_or_"));
    let second = Tokens::of(&app.refresh(first.refresh()).await.expect(200));
    assert!(second.refresh() != first.refresh() && second.access != first.access);
    let (before, after) = (claims_of(first.id.as_ref().unwrap()), claims_of(second.id.as_ref().unwrap()));
    assert_eq!((&before["sub"], &before["auth_time"]), (&after["sub"], &after["auth_time"]));
    assert_eq!(verified(&server, &second.access, "at+jwt").await["scope"], SCOPE);
    let less = app.token(&[("grant_type", "refresh_token"), ("refresh_token", second.refresh()), ("scope", "openid")]);
    let third = Tokens::of(&less.await.expect(200));
    assert_eq!(third.json["scope"], "openid");
    let more = [("grant_type", "refresh_token"), ("refresh_token", third.refresh()), ("scope", "openid phone")];
    app.token(&more).await.refused(400, "invalid_scope");
    assert_eq!(Tokens::of(&app.refresh(third.refresh()).await.expect(200)).json["scope"], SCOPE, "the grant is whole");
}

#[tokio::test]
async fn a_lost_answer_is_given_again_for_a_moment() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let first = app.tokens(&ada, SCOPE).await;
    let second = Tokens::of(&app.refresh(first.refresh()).await.expect(200));
    let again = Tokens::of(&app.refresh(first.refresh()).await.expect(200));
    assert_eq!(again.refresh(), second.refresh(), "the same successor");
    let third = Tokens::of(&app.refresh(second.refresh()).await.expect(200));
    assert_ne!(third.refresh(), second.refresh());
}

#[tokio::test]
async fn a_token_that_comes_again_later_ends_everything() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let first = app.tokens(&ada, SCOPE).await;
    let second = Tokens::of(&app.refresh(first.refresh()).await.expect(200));
    server.turn_clock(Duration::from_secs(11));
    app.refresh(first.refresh()).await.refused(400, "invalid_grant");
    app.refresh(second.refresh()).await.refused(400, "invalid_grant");
    assert_eq!(app.introspect(&second.access).await, json!({ "active": false }));
    server.run_jobs().await;
    let events = server.root().walk("/v1/audit/events", 200).await;
    let reused = events.iter().filter(|event| event.to_string().contains("application.refresh_reused")).count();
    assert_eq!(reused, 1, "told once");
}

#[tokio::test]
async fn another_client_can_do_nothing_with_it_and_ends_nothing() {
    let server = Server::start().await;
    let (app, other) = (App::web(&server).await, App::web(&server).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, SCOPE).await;
    other.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    let mut altered = tokens.refresh().to_owned();
    altered.pop();
    for text in [&altered, "pc_or_", "pc_or_AAAA", &tokens.access, "nonsense"] {
        app.refresh(text).await.refused(400, "invalid_grant");
    }
    app.refresh(tokens.refresh()).await.expect(200);
}

#[tokio::test]
async fn without_offline_access_it_ends_with_the_session() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let ada = server.user("ada@example.com").await;
    let (short, long) = (app.tokens(&ada, "openid").await, app.tokens(&ada, SCOPE).await);
    ada.poke("/v1/auth/sign-out").await.expect(200);
    server.turn_clock(Duration::from_secs(5));
    app.refresh(short.refresh()).await.refused(400, "invalid_grant");
    let next = Tokens::of(&app.refresh(long.refresh()).await.expect(200));
    assert_eq!(app.introspect(&next.access).await["active"], true);
    assert_eq!(app.introspect(&short.access).await["active"], false);
    server.root().poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    app.refresh(next.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_grant_ends_however_often_it_is_refreshed() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["refresh_token_lifetime"] = json!(7_200);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let first = app.tokens(&ada, SCOPE).await;
    server.turn_clock(Duration::from_secs(7_000));
    let second = Tokens::of(&app.refresh(first.refresh()).await.expect(200));
    assert!(second.json["expires_in"].as_u64().unwrap() <= 200, "no token outlives its grant");
    server.turn_clock(Duration::from_mins(5));
    app.refresh(second.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn those_of_a_public_client_are_held_to_its_key() {
    let server = Server::start().await;
    let (app, ada) = (App::spa(&server).await, server.user("ada@example.com").await);
    let (prover, thief) = (Prover::new(), Prover::new());
    let proof = |prover: &Prover| prover.proof(&server, "POST", "/oauth2/token", None);
    let code = app.code(&ada, &[("scope", SCOPE)]).await;
    let tokens = Tokens::of(&app.redeem(&code).header("dpop", &proof(&prover)).await.expect(200));
    app.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    app.refresh(tokens.refresh()).header("dpop", &proof(&thief)).await.refused(400, "invalid_grant");
    let next = Tokens::of(&app.refresh(tokens.refresh()).header("dpop", &proof(&prover)).await.expect(200));
    assert_eq!(claims_of(&next.access)["cnf"]["jkt"], prover.thumbprint());
}
