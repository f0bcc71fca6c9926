//! Second factors per role and per organization.

use serde_json::json;

use super::{hold, join, owned_by, refreshed, role, role_within};
use crate::{
    kit::{PASSWORD, Server},
    mfa::{enrol_app, with_app},
};

async fn state(server: &Server, email: &str) -> String {
    server.anonymous().sign_in(email, PASSWORD).await.expect(200).text("/state")
}

#[tokio::test]
async fn whoever_holds_a_named_role_enrols_before_they_are_in() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    role(&root, "treasurer", &["invoices:pay"]).await;
    root.put("/v1/settings/mfa", json!({ "policy": "optional", "required_roles": ["treasurer"] })).await.expect(200);
    hold(&root, &ada.id, &["treasurer"]).await;
    assert_eq!(state(&server, "ada@example.com").await, "mfa_enrolment_required");
    assert_eq!(state(&server, "bob@example.com").await, "complete");

    // Through a group likewise; and whoever holds it no more is asked no more.
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    let roles = root.get("/v1/roles").await.expect(200).text("/0/id");
    root.put(format!("/api/v1/roles/{roles}/assignments"), json!({ "groups": [crew] })).await.expect(200);
    root.post(format!("/api/v1/groups/{crew}/members"), json!({ "user_id": bob.id })).await.expect(204);
    assert_eq!(state(&server, "ada@example.com").await, "complete");
    assert_eq!(state(&server, "bob@example.com").await, "mfa_enrolment_required");
}

#[tokio::test]
async fn what_somebody_is_in_an_organization_counts_as_a_role_and_so_do_the_roles_there() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    let acme = owned_by(&root, "Acme", &ada).await;
    join(&root, &acme, &bob, "member").await;
    role_within(&root, "billing", &["invoices:read"]).await;
    root.put("/v1/settings/mfa", json!({ "required_roles": ["owner", "billing"] })).await.expect(200);
    assert_eq!(state(&server, "ada@example.com").await, "mfa_enrolment_required");
    assert_eq!(state(&server, "bob@example.com").await, "complete");
    root.patch(format!("/v1/organizations/{acme}/members/{}", bob.id), json!({ "roles": ["billing"] }))
        .await
        .expect(200);
    assert_eq!(state(&server, "bob@example.com").await, "mfa_enrolment_required");
}

#[tokio::test]
async fn an_organization_asks_its_members_for_a_second_factor() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let bob = with_app(&server, &server.anonymous(), "bob@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    join(&root, &acme, &bob, "admin").await;
    let path = format!("/v1/organizations/{acme}");
    ada.patch(&path, json!({ "mfa_required": true })).await.expect(200);

    // At the sign-in, whoever has one proves it and whoever has none enrols one; nobody else is asked.
    assert_eq!(state(&server, "ada@example.com").await, "mfa_enrolment_required");
    assert_eq!(state(&server, "bob@example.com").await, "mfa_required");
    assert_eq!(state(&server, "eve@example.com").await, "complete");

    // A session of one factor from before looks, leaves and changes nothing.
    ada.get(&path).await.expect(200);
    ada.poke(format!("{path}/activate")).await.refused(403, "step_up_required");
    ada.patch(&path, json!({ "mfa_required": false })).await.refused(403, "step_up_required");
    bob.poke(format!("{path}/activate")).await.expect(200);
    bob.patch(&path, json!({ "name": "Acme Ltd" })).await.expect(200);

    // Whoever was in with one factor acts in it no more where it matters: a new token is had by activating anew.
    join(&root, &acme, &eve, "member").await;
    assert_eq!(state(&server, "eve@example.com").await, "mfa_enrolment_required");
    root.patch(&path, json!({ "mfa_required": false })).await.expect(200);
    assert_eq!(state(&server, "eve@example.com").await, "complete");
}

#[tokio::test]
async fn a_session_of_one_factor_stops_acting_once_two_are_asked_for() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    ada.poke(format!("/v1/organizations/{acme}/activate")).await.expect(200);
    root.patch(format!("/v1/organizations/{acme}"), json!({ "mfa_required": true })).await.expect(200);
    let (client, claims) = refreshed(&ada).await;
    assert!(claims.get("org").is_none(), "{claims}");
    assert!(client.get("/v1/auth/me").await.expect(200).data()["organization"].is_null());
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_can_enrol() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    root.put("/v1/settings/mfa", json!({ "policy": "off" })).await.expect(200);
    let path = format!("/v1/organizations/{acme}");
    root.patch(&path, json!({ "mfa_required": true })).await.refused(422, "mfa_off");
    root.put("/v1/settings/mfa", json!({})).await.expect(200);
    root.patch(&path, json!({ "mfa_required": true })).await.expect(200);
    root.put("/v1/settings/mfa", json!({ "policy": "off" })).await.expect(200);
    assert_eq!(state(&server, "ada@example.com").await, "complete");
    ada.poke(format!("{path}/activate")).await.expect(200);
    ada.patch(&path, json!({ "name": "Acme Ltd" })).await.expect(200);
}

#[tokio::test]
async fn whoever_must_have_two_factors_holds_nothing_in_a_session_of_one() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    role(&root, "help-desk", &["users:read"]).await;
    hold(&root, &ada.id, &["help-desk"]).await;
    let (client, claims) = refreshed(&ada).await;
    assert_eq!(claims["roles"], json!(["help-desk"]));
    client.get("/api/v1/users").await.expect(200);

    // The session is of before: what is asked of her since, it has not proven.
    root.put("/v1/settings/mfa", json!({ "required_roles": ["help-desk"] })).await.expect(200);
    client.get("/api/v1/users").await.refused(403, "insufficient_scope");
    assert_eq!(client.get("/v1/auth/me").await.expect(200).data()["roles"], json!([]));
    let (app, factor, _) = enrol_app(&server, &client).await;
    let begun = client.post("/v1/auth/mfa/challenge", json!({ "factor_id": factor })).await.expect(200);
    let body = json!({ "flow_id": begun.text("/flow_id"), "factor_id": factor, "code": app.next() });
    let raised = client.post("/v1/auth/mfa/verify", body).await.expect(200);
    server.anonymous().bearer(&raised.text("/access_token")).get("/api/v1/users").await.expect(200);
}

#[tokio::test]
async fn the_last_factor_of_somebody_who_must_have_one_stays() {
    let server = Server::start().await;
    let root = server.root();
    let bob = with_app(&server, &server.anonymous(), "bob@example.com").await;
    let factors = bob.get("/v1/auth/mfa/factors").await.expect(200);
    let app =
        factors.items().iter().find(|factor| factor["kind"] == "totp").unwrap()["id"].as_str().unwrap().to_owned();
    role(&root, "treasurer", &[]).await;
    root.put("/v1/settings/mfa", json!({ "required_roles": ["treasurer"] })).await.expect(200);
    hold(&root, &bob.id, &["treasurer"]).await;
    bob.delete(format!("/v1/auth/mfa/factors/{app}")).await.expect(409);
    hold(&root, &bob.id, &[]).await;
    bob.delete(format!("/v1/auth/mfa/factors/{app}")).await.expect(200);
}
