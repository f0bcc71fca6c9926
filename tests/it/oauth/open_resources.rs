//! Which APIs a client may ask tokens for that nobody made, and what becomes of a grant when an API is closed to its client.

use serde_json::{Value, json};

use super::kit::{App, CHALLENGE, REDIRECT, Tokens, verified};
use crate::kit::{Reply, Server};

const OPEN: &str = "https://open.example.com";
const CLOSED: &str = "https://closed.example.com";

async fn apis(server: &Server, mode: &str, is_open: bool) {
    let settings = json!({
        "registration": mode, "scopes": [{ "name": "invoices:read", "description": "See your invoices" }],
        "resources": [
            { "identifier": OPEN, "name": "Open", "open_to_all_clients": is_open },
            { "identifier": CLOSED, "name": "Closed" },
        ],
    });
    server.root().put("/v1/settings/oauth", settings).await.expect(200);
}

/// A client that came by itself, and names resources that it would like.
async fn registered(server: &Server) -> App {
    let body = json!({
        "client_name": "Helper", "redirect_uris": [REDIRECT], "scope": "invoices:read offline_access",
        "grant_types": ["authorization_code", "refresh_token"], "allowed_resources": [CLOSED],
    });
    let made = server.root().post("/oauth2/register", body).await.expect(201);
    let text = |name: &str| made.json[name].as_str().unwrap().to_owned();
    App { caller: server.anonymous(), id: text("client_id"), secret: Some(text("client_secret")) }
}

/// Its request, pushed ahead.
async fn ask(app: &App, resource: &str) -> Reply {
    let pairs = [
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "invoices:read"),
        ("resource", resource),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    app.send("/oauth2/par", &pairs).await
}

#[tokio::test]
async fn a_client_that_came_by_itself_may_ask_for_apis_that_are_open() {
    let server = Server::start().await;
    for mode in ["open", "protected"] {
        apis(&server, mode, true).await;
        let app = registered(&server).await;
        ask(&app, OPEN).await.expect(201);
        ask(&app, CLOSED).await.refused(400, "invalid_target");
        ask(&app, "https://unknown.example.com").await.refused(400, "invalid_target");
        apis(&server, mode, false).await;
        ask(&app, OPEN).await.refused(400, "invalid_target");
    }
}

#[tokio::test]
async fn an_api_that_is_open_to_all_is_not_given_to_the_applications_own_clients() {
    let server = Server::start().await;
    apis(&server, "open", true).await;
    let mut body = App::web_body();
    body["allowed_scopes"] = json!(["invoices:read"]);
    let app = App::create(&server, body).await;
    ask(&app, OPEN).await.refused(400, "invalid_target");
    // Whoever runs the application may say so of a client that came by itself.
    let app = registered(&server).await;
    let path = format!("/api/v1/applications/{}", app.id);
    server.root().patch(path, json!({ "allowed_resources": [CLOSED] })).await.expect(200);
    ask(&app, CLOSED).await.expect(201);
}

#[tokio::test]
async fn nothing_more_comes_of_a_grant_for_an_api_that_was_closed() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut body = App::web_body();
    body["allowed_resources"] = json!([OPEN, CLOSED]);
    let app = App::create(&server, body).await;
    let path = format!("/api/v1/applications/{}", app.id);
    let grant = async |resources: &[&str]| {
        let mut pairs = vec![("scope", "offline_access me:read")];
        pairs.extend(resources.iter().map(|resource| ("resource", *resource)));
        let code = app.code(&ada, &pairs).await;
        Tokens::of(&app.redeem(&code).await.expect(200))
    };
    let (both, one) = (grant(&[OPEN, CLOSED]).await, grant(&[CLOSED]).await);
    let code = app.code(&ada, &[("scope", "me:read"), ("resource", CLOSED)]).await;
    let close = async |allowed: Value| {
        drop(server.root().patch(&path, json!({ "allowed_resources": allowed })).await.expect(200));
    };
    close(json!([OPEN])).await;
    // What is left of it goes on; never does it become a token for this server.
    let refreshed = Tokens::of(&app.refresh(both.refresh()).await.expect(200));
    assert_eq!(verified(&server, &refreshed.access, "at+jwt").await["aud"], OPEN);
    app.refresh(one.refresh()).await.refused(400, "invalid_target");
    app.redeem(&code).await.refused(400, "invalid_target");
    close(json!([OPEN, CLOSED])).await;
    app.refresh(one.refresh()).await.expect(200);
}
