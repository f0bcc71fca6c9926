//! Requests that succeed, for the sweeps and the examples.

use http::Method;
use serde_json::json;

use super::{
    stage::{APP, Browser, SLUG, Stage, VERIFIER, challenge, parameters},
    upstream::Upstream,
};
use crate::kit::{Call, Client, Server};

pub(crate) fn has_sample(template: &str) -> bool {
    template.contains("/auth/social/")
        || template.contains("/identities")
        || template.ends_with("/auth/handoff")
        || matches!(template, "/auth/callback/{provider}" | "/v1/auth/sso/discover")
}

/// `client` is somebody with a session where the endpoint wants one, and nobody or an administrator where not.
pub(crate) async fn sample(server: &Server, client: &Client, email: &str, method: &str, template: &str) -> Call {
    match (method, template) {
        ("GET", "/v1/auth/social/{provider}/authorize") => authorize(server, client).await,
        ("GET", "/v1/auth/social/{provider}/callback") => come_back(server, &[]).await,
        ("GET", "/auth/callback/{provider}") => come_back(server, &[("callback", "data_plane")]).await,
        ("POST", "/v1/auth/social/{provider}/callback") => {
            let form = client.poke("/v1/auth/social/apple/callback").raw("state=a&code=b");
            form.header("content-type", "application/x-www-form-urlencoded")
        }
        ("POST", "/v1/auth/handoff" | "/api/v1/auth/handoff") => {
            with_social(server).await;
            let stage = Stage::at(server.clone(), Upstream::start().await).await;
            let body = json!({ "code": stage.arrive().await["code"], "code_verifier": VERIFIER });
            client.post(template, body)
        }
        ("POST", "/v1/auth/sso/discover") => client.post(template, json!({ "email": "ada@example.com" })),
        _ => identities(server, client, email, method, template).await,
    }
}

async fn authorize(server: &Server, client: &Client) -> Call {
    server.root().patch("/v1/settings", json!({ "redirect_uris": [APP] })).await.expect(200);
    github(server).await;
    let query = format!("redirect_uri={APP}&state=s1815&code_challenge={}", challenge());
    client.get(format!("/v1/auth/social/github/authorize?{query}"))
}

/// Other samples may have switched it off.
async fn with_social(server: &Server) {
    server.root().put("/v1/settings/sign-in", json!({})).await.expect(200);
}

async fn come_back(server: &Server, over: &[(&str, &str)]) -> Call {
    with_social(server).await;
    let stage = Stage::at(server.clone(), Upstream::start().await).await;
    let mut browser: Browser = stage.browser();
    let reply = browser.get(&super::stage::authorize_path(over)).await.expect(303);
    let request = super::stage::location(&reply);
    let code = stage.upstream.consent(&request);
    let path =
        if over.is_empty() { format!("/v1/auth/social/{SLUG}/callback") } else { format!("/auth/callback/{SLUG}") };
    browser.call(&format!("{path}?state={}&code={code}", parameters(&request)["state"]))
}

async fn identities(server: &Server, client: &Client, email: &str, method: &str, template: &str) -> Call {
    github(server).await;
    let root = server.root();
    let is_own = template.starts_with("/api/v1/me");
    let user = if is_own {
        client.get("/v1/auth/me").await.expect(200).text("/user/id")
    } else {
        let body = json!({ "primary_email": email, "email_verified": true });
        root.post("/v1/users", body).await.expect(201).id()
    };
    let subject = format!("1815{}", root.get("/v1/users?limit=200").await.expect(200).items().len());
    let body =
        json!({ "provider": "github", "subject": subject, "profile": { "username": "ada", "name": "Ada Lovelace" } });
    let path = format!("/v1/users/{user}/identities");
    if method == "POST" {
        return root.post(path, body);
    }
    let identity = root.post(&path, body).await.expect(201).text("/identity/id");
    let path = template.replace("{user_id}", &user).replace("{identity_id}", &identity);
    client.call(Method::from_bytes(method.as_bytes()).unwrap(), path)
}

async fn github(server: &Server) {
    with_social(server).await;
    let body = json!({ "client_id": "Iv1.0123456789abcdef", "client_secret": "github client secret" });
    server.root().put("/v1/settings/providers/github", body).await.expect(200);
}
