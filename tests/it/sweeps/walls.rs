use edge::Access;
use http::Method;
use serde_json::json;

use super::name;
use crate::{
    kit::{Call, Client, Server, endpoints},
    samples::World,
};

const MISSING: &str = "018f3c4a-7b2e-7c1d-8000-000000000000";

#[tokio::test]
async fn another_tenants_id_and_a_missing_one_get_the_same_404_byte_for_byte() {
    let world = World::open().await;
    let other = world.server.other_tenant("Acme").await;
    let their_user = world.server.user_at(&world.server.anonymous().at_application(&other.id), "eve@example.com").await;
    let their_account = world.server.other_account("mallory@example.com").await;
    for endpoint in endpoints() {
        let template = endpoint.facts.path;
        // A word that is no id is everybody's own.
        if !template.contains("_id}") {
            continue;
        }
        let call = world.sample(&endpoint).await;
        let stranger: Client = match endpoint.access {
            Access::Can { .. } | Access::CanOrSelf { .. } => other.api_key.clone(),
            Access::SignedIn { .. } => their_user.clone(),
            Access::Account => their_account.clone(),
            Access::Anyone
            | Access::Public
            | Access::MaybeSignedIn
            | Access::Browser
            | Access::Open
            | Access::Client
            | Access::Token => continue,
        };
        let ask = |path: &str| Call { body: call.body.clone(), ..stranger.call(call.method.clone(), path) };
        let foreign = ask(&call.path).await;
        let missing = ask(&with_id(template, &call.path, MISSING)).await;
        assert_eq!(foreign.status, 404, "{}: {foreign}", name(&endpoint));
        assert_eq!(foreign.comparable(), missing.comparable(), "{}", name(&endpoint));
        // An end user of the other tenant is as far away as its keys.
        if let Access::CanOrSelf { .. } = endpoint.access {
            let theirs =
                Call { body: call.body.clone(), ..their_user.call(call.method.clone(), call.path.clone()) }.await;
            assert_eq!(theirs.status, 404, "{}: {theirs}", name(&endpoint));
        }
        let own = call.await;
        assert!(own.status < 300, "it was there and is as it was: {own}");
    }
}

#[tokio::test]
async fn lists_show_nothing_of_another_tenant() {
    let world = World::open().await;
    let other = world.server.other_tenant("Acme").await;
    world.person().await;
    for path in ["/v1/users", "/api/v1/users", "/v1/sessions"] {
        assert_eq!(other.api_key.get(path).await.expect(200).items().len(), 0, "{path}");
    }
    let keys = other.api_key.get("/v1/api-keys").await.expect(200);
    assert_eq!(keys.items().len(), 1, "its own first key: {keys}");
}

#[tokio::test]
async fn nothing_of_an_application_that_is_suspended_or_unknown_is_served() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let path = format!("/v1/dashboard/applications/{}", other.id);
    server.account().await.patch(&path, json!({ "state": "suspended" })).await.expect(200);
    for endpoint in endpoints() {
        // These name no application.
        if matches!(endpoint.access, Access::Anyone | Access::Open | Access::Account) {
            continue;
        }
        let path = with_id(endpoint.facts.path, endpoint.facts.path, MISSING);
        let method = Method::from_bytes(endpoint.facts.method.as_str().as_bytes()).unwrap();
        let ask = |client: Client| client.call(method.clone(), path.clone());
        for (caller, status, reason) in [
            (other.api_key.clone(), 403, "tenant_suspended"),
            (server.root().at_application(MISSING), 404, "tenant_not_found"),
            (server.root().with("host", "evil.example"), 421, "unknown_host"),
            (server.root().with("host", &format!("{}.localhost", other.slug)), 400, "tenant_mismatch"),
        ] {
            let reply = ask(caller).await;
            // Where a browser comes by itself, a refusal is a page.
            if reply.header("content-type").starts_with("text/html") {
                assert_eq!(reply.status, status, "{reply}");
            } else {
                reply.refused(status, reason);
            }
        }
    }
}

/// The path with another id at its parameter.
fn with_id(template: &str, path: &str, id: &str) -> String {
    let pairs = template.split('/').zip(path.split('/'));
    pairs.map(|(name, value)| if name.starts_with('{') { id } else { value }).collect::<Vec<_>>().join("/")
}
