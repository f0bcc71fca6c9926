//! One token for another.

use serde_json::{Value, json};

use super::kit::{App, Prover, Tokens};
use crate::kit::{Call, Server, claims_of};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

async fn broker(server: &Server, changes: Value) -> App {
    let mut body = json!({
        "type": "m2m", "name": "Broker", "grant_types": [GRANT, "client_credentials"],
        "allowed_scopes": ["openid", "email", "me:read"], "allowed_resources": ["https://api.example"],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    App::create(server, body).await
}

fn exchange(app: &App, token: &str, more: &[(&str, &str)]) -> Call {
    let mut pairs = vec![("grant_type", GRANT), ("subject_token", token), ("subject_token_type", ACCESS)];
    pairs.extend(more);
    app.token(&pairs)
}

#[tokio::test]
async fn a_broker_acts_for_the_person_with_less() {
    let server = Server::start().await;
    let (app, broker) = (App::web(&server).await, broker(&server, json!({})).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid email profile").await;
    let more = [("scope", "email"), ("resource", "https://api.example")];
    let reply = exchange(&broker, &tokens.access, &more).await.expect(200);
    assert_eq!(reply.json["issued_token_type"], ACCESS);
    let claims = claims_of(&Tokens::of(&reply).access);
    assert_eq!(claims["sub"], claims_of(&tokens.access)["sub"]);
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!("https://api.example"), &json!("email")));
    assert_eq!((&claims["client_id"], &claims["act"]["sub"]), (&json!(broker.id), &json!(broker.id)));
    exchange(&broker, &tokens.access, &[("scope", "profile")]).await.refused(400, "invalid_scope");
    exchange(&broker, &tokens.access, &[("resource", "https://other.example")]).await.refused(400, "invalid_target");
}

#[tokio::test]
async fn what_came_of_a_token_ends_with_it() {
    let server = Server::start().await;
    let (app, broker) = (App::web(&server).await, broker(&server, json!({})).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid offline_access").await;
    let new = Tokens::of(&exchange(&broker, &tokens.access, &[]).await.expect(200)).access;
    assert_eq!(broker.introspect(&new).await["active"], true);
    app.send("/oauth2/revoke", &[("token", tokens.refresh())]).await.expect(200);
    assert_eq!(broker.introspect(&new).await["active"], false);
    exchange(&broker, &tokens.access, &[]).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_sessions_token_is_exchanged_and_ends_with_the_session() {
    let server = Server::start().await;
    let broker = broker(&server, json!({})).await;
    let ada = server.user("ada@example.com").await;
    let new = Tokens::of(&exchange(&broker, &ada.access_token, &[("scope", "me:read")]).await.expect(200)).access;
    server.anonymous().bearer(&new).get("/api/v1/me/profile").await.expect(200);
    ada.poke("/v1/auth/sign-out").await.expect(200);
    server.anonymous().bearer(&new).get("/api/v1/me/profile").await.expect(401);
    exchange(&broker, &ada.access_token, &[]).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn other_tokens_are_no_subjects() {
    let server = Server::start().await;
    let (app, broker) = (App::web(&server).await, broker(&server, json!({})).await);
    let ada = server.user("ada@example.com").await;
    let tokens = app.tokens(&ada, "openid offline_access").await;
    for token in [tokens.refresh(), tokens.id.as_ref().unwrap(), &ada.refresh_token, "nonsense", server.root_key()] {
        exchange(&broker, token, &[]).await.refused(400, "invalid_request");
    }
    app.token(&[("grant_type", GRANT), ("subject_token", &tokens.access), ("subject_token_type", ACCESS)])
        .await
        .refused(400, "unauthorized_client");
    let pairs = [("grant_type", GRANT), ("subject_token", &*tokens.access)];
    broker.token(&pairs).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_binding_is_not_lost_on_the_way() {
    let server = Server::start().await;
    let (app, broker) = (App::web(&server).await, broker(&server, json!({})).await);
    let (ada, prover) = (server.user("ada@example.com").await, Prover::new());
    let code = app.code(&ada, &[("scope", "openid")]).await;
    let proof = || prover.proof(&server, "POST", "/oauth2/token", None);
    let tokens = Tokens::of(&app.redeem(&code).header("dpop", &proof()).await.expect(200));
    exchange(&broker, &tokens.access, &[]).await.refused(400, "invalid_request");
    let new = Tokens::of(&exchange(&broker, &tokens.access, &[]).header("dpop", &proof()).await.expect(200));
    assert_eq!(claims_of(&new.access)["cnf"]["jkt"], prover.thumbprint());
}
