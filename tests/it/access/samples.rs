//! For each endpoint here a request that is carried out.

use http::Method;
use serde_json::{Value, json};

use crate::kit::{Call, Client, Person, Server};

pub(crate) fn has_sample(template: &str) -> bool {
    ["/v1/roles", "/v1/users/{user_id}/roles", "/v1/organizations", "/api/v1/roles", "/api/v1/groups"]
        .iter()
        .any(|prefix| template.starts_with(prefix))
}

/// `email` is nobody's yet, and its name serves for what must be called something. `person` is signed in.
pub(crate) async fn sample(server: &Server, email: &str, person: &Person, method: &str, template: &str) -> Call {
    let root = server.root();
    let name = email.replace(['@', '.'], "-");
    let (path, body) = if template.contains("/organizations") {
        organization(&root, &name, email, person, method, template).await
    } else if template.contains("/groups") {
        group(&root, &name, email, method, template).await
    } else {
        role(&root, &name, email, method, template).await
    };
    let client: &Client = if template.ends_with("activate") { person } else { &root };
    Call { body, ..client.call(Method::from_bytes(method.as_bytes()).unwrap(), path) }
}

async fn role(root: &Client, name: &str, email: &str, method: &str, template: &str) -> (String, Option<Value>) {
    let words = if template.starts_with("/api/") { "scopes" } else { "permissions" };
    let new = json!({ "name": name, "description": "Answers customers", words: ["tickets:read", "tickets:write"] });
    if !template.contains('{') {
        return (template.to_owned(), (method == "POST").then_some(new));
    }
    let id = root.post("/v1/roles", json!({ "name": name, "permissions": ["tickets:read"] })).await.expect(201).id();
    let user = root.create_user(email).await.id();
    let path = template.replace("{role_id}", &id).replace("{user_id}", &user);
    let body = match (method, template) {
        ("PATCH", _) => Some(json!({ words: ["tickets:read", "tickets:close"] })),
        ("PUT", "/v1/users/{user_id}/roles") => Some(json!({ "roles": [name] })),
        ("PUT", _) => {
            let group = root.post("/api/v1/groups", json!({ "slug": name })).await.expect(201).id();
            Some(json!({ "users": [user], "groups": [group] }))
        }
        _ => None,
    };
    (path, body)
}

async fn group(root: &Client, name: &str, email: &str, method: &str, template: &str) -> (String, Option<Value>) {
    let new = json!({ "slug": name, "name": "Support", "description": "Answers customers", "scopes": ["users:read"] });
    if !template.contains('{') {
        return (template.to_owned(), (method == "POST").then_some(new));
    }
    let id = root.post("/api/v1/groups", new).await.expect(201).id();
    let user = root.create_user(email).await.id();
    let path = template.replace("{group_id}", &id).replace("{user_id}", &user);
    if template.contains("members") && method != "POST" {
        root.post(format!("/api/v1/groups/{id}/members"), json!({ "user_id": user })).await.expect(204);
    }
    let body = match (method, template.ends_with("members")) {
        ("PATCH", _) => Some(json!({ "name": "Second line", "scopes": [] })),
        ("POST", true) => Some(json!({ "user_id": user })),
        _ => None,
    };
    (path, body)
}

async fn organization(
    root: &Client,
    name: &str,
    email: &str,
    person: &Person,
    method: &str,
    template: &str,
) -> (String, Option<Value>) {
    if !template.contains('{') {
        let new = json!({ "name": name, "public_metadata": { "plan": "pro" }, "owner_id": person.id });
        return (template.to_owned(), (method == "POST").then_some(new));
    }
    let id = super::owned_by(root, name, person).await;
    let user = root.create_user(email).await.id();
    let path = template.replace("{organization_id}", &id).replace("{user_id}", &user);
    if template.contains("members") && method != "POST" {
        root.post(format!("/v1/organizations/{id}/members"), json!({ "user_id": user })).await.expect(201);
    }
    if template.ends_with("/deactivate") {
        person.poke(format!("/v1/organizations/{id}/activate")).await.expect(200);
    }
    let body = match (method, template.contains("members")) {
        ("PATCH", true) => Some(json!({ "rank": "admin" })),
        ("PATCH", false) => Some(json!({ "logo_url": "https://acme.example/logo.svg", "mfa_required": true })),
        ("POST", true) => Some(json!({ "user_id": user, "rank": "member", "roles": [] })),
        _ => None,
    };
    (path, body)
}
