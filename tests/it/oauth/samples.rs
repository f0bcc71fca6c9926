//! Requests that succeed, of every operation of the provider.

use http::Method;
use serde_json::{Value, json};

use super::kit::{App, CHALLENGE, REDIRECT, Tokens, encoded};
use crate::kit::{Call, Client, Person};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(crate) fn has_sample(template: &str) -> bool {
    ["/oauth2/", "/api/v1/applications", "/api/v1/me/grants"].iter().any(|prefix| template.starts_with(prefix))
}

/// Of a person who is signed in, and of `root` who runs the application.
pub(crate) async fn sample(root: &Client, person: &Person, method: &str, template: &str) -> Call {
    match template.strip_prefix("/oauth2/") {
        Some("register" | "register/{client_id}") => registration(root, method, template).await,
        Some(_) => protocol(root, person, method, template).await,
        None if template.starts_with("/api/v1/me/") => {
            let app = App::create_at(root, web()).await;
            app.tokens(person, "openid email offline_access").await;
            request(person, method, &template.replace("{application_id}", &app.id), None)
        }
        None => application(root, method, template).await,
    }
}

async fn protocol(root: &Client, person: &Person, method: &str, template: &str) -> Call {
    let app = App::create_at(root, web()).await;
    match template {
        "/oauth2/par" => app.send(template, &authorization(&app)),
        "/oauth2/authorize" => form(root, template, &authorization(&app)),
        "/oauth2/logout" => {
            form(root, template, &[("client_id", &app.id), ("post_logout_redirect_uri", "https://app.example/")])
        }
        "/oauth2/token" => {
            let pushed = app.send("/oauth2/par", &authorization(&app)).await.expect(201);
            let code = app.code(person, &[("request_uri", pushed.json["request_uri"].as_str().unwrap())]).await;
            app.redeem(&code)
        }
        "/oauth2/device_authorization" => app.send(template, &[("scope", "openid offline_access")]),
        "/oauth2/revoke" => {
            let tokens = app.tokens(person, "openid offline_access").await;
            app.send(template, &[("token", tokens.refresh()), ("token_type_hint", "refresh_token")])
        }
        "/oauth2/introspect" => {
            let tokens = app.tokens(person, "openid email").await;
            app.send(template, &[("token", &tokens.access)])
        }
        "/oauth2/userinfo" => {
            let Tokens { access, .. } = app.tokens(person, "openid profile email").await;
            match method {
                "POST" => form(root, template, &[("access_token", &access)]),
                _ => root.clone().bearer(&access).get(template),
            }
        }
        _ => panic!("{template}: say here how it is asked"),
    }
}

async fn registration(root: &Client, method: &str, template: &str) -> Call {
    root.put("/v1/settings/oauth", json!({ "registration": "protected" })).await.expect(200);
    let body = json!({ "client_name": "Reports", "redirect_uris": [REDIRECT], "scope": "openid email" });
    if template == "/oauth2/register" {
        return root.post(template, body);
    }
    let registered = root.post("/oauth2/register", body).await.expect(201);
    let text = |name: &str| registered.json[name].as_str().unwrap().to_owned();
    let own = root.clone().bearer(&text("registration_access_token"));
    let changed = json!({ "client_id": text("client_id"), "client_name": "Reports 2", "redirect_uris": [REDIRECT] });
    let body = (method == "PUT").then_some(changed);
    request(&own, method, &template.replace("{client_id}", &text("client_id")), body)
}

async fn application(root: &Client, method: &str, template: &str) -> Call {
    if (method, template) == ("POST", "/api/v1/applications") {
        return root.post(template, web());
    }
    let app = App::create_at(root, web()).await;
    let path = template.replace("{application_id}", &app.id);
    if template.ends_with("/enable") {
        root.poke(path.replace("/enable", "/disable")).await.expect(200);
    }
    let body = match method {
        "PATCH" => Some(json!({ "name": "Reports 2", "access_token_lifetime": 600 })),
        _ if template.ends_with("/rotate-secret") => Some(json!({ "overlap_seconds": 3_600 })),
        _ => None,
    };
    request(root, method, &path, body)
}

/// A server that signs people in, and devices too.
fn web() -> Value {
    json!({
        "type": "web", "name": "Reports", "redirect_uris": [REDIRECT], "skip_consent": true,
        "post_logout_redirect_uris": ["https://app.example/"],
        "grant_types": ["authorization_code", "refresh_token", DEVICE],
        "allowed_scopes": ["openid", "profile", "email", "offline_access"],
    })
}

fn authorization(app: &App) -> [(&str, &str); 7] {
    [
        ("client_id", &app.id),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid email"),
        ("state", "af0ifjsldkj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// As a browser posts it that comes from another site.
fn form(root: &Client, path: &str, pairs: &[(&str, &str)]) -> Call {
    let call = root.clone().without("authorization").poke(path);
    call.header("content-type", "application/x-www-form-urlencoded").raw(encoded(pairs))
}

fn request(client: &Client, method: &str, path: &str, body: Option<Value>) -> Call {
    Call { body, ..client.call(Method::from_bytes(method.as_bytes()).unwrap(), path) }
}
