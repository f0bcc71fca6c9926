//! What people hold is in their tokens, and counts where they call this server.

use serde_json::json;

use super::{hold, refreshed, role};
use crate::kit::{Server, claims_of};

#[tokio::test]
async fn tokens_and_me_say_what_a_person_holds() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let before = claims_of(&ada.access_token);
    assert_eq!((before["scope"].as_str(), before.get("roles")), (Some("me:read me:write me:sessions"), None));

    role(&root, "support", &["tickets:read", "tickets:write"]).await;
    let reader = role(&root, "reader", &["tickets:read", "books:read"]).await;
    hold(&root, &ada.id, &["support"]).await;
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew", "scopes": ["users:read"] })).await.expect(201).id();
    root.put(format!("/api/v1/roles/{reader}/assignments"), json!({ "groups": [crew] })).await.expect(200);
    root.post(format!("/api/v1/groups/{crew}/members"), json!({ "user_id": ada.id })).await.expect(204);

    // This server knows at once; a token says so from its next refresh on.
    let me = ada.get("/v1/auth/me").await.expect(200);
    assert_eq!(me.data()["roles"], json!(["reader", "support"]));
    let (client, claims) = refreshed(&ada).await;
    assert_eq!(claims["roles"], json!(["reader", "support"]));
    let scope = "me:read me:write me:sessions books:read tickets:read tickets:write users:read";
    assert_eq!(claims["scope"], scope);
    let permissions: Vec<&str> = scope.split(' ').collect();
    assert_eq!(client.get("/v1/auth/me").await.expect(200).data()["permissions"], json!(permissions));

    // A sign-in says it from the start.
    let again = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    assert_eq!(claims_of(&again.access_token)["scope"], scope);

    hold(&root, &ada.id, &[]).await;
    assert_eq!(ada.get("/v1/auth/me").await.expect(200).data()["roles"], json!(["reader"]));
}

#[tokio::test]
async fn a_role_of_the_server_opens_the_data_plane_and_never_the_platform() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    ada.get("/api/v1/users").await.refused(403, "insufficient_scope");
    role(&root, "help-desk", &["users:read", "sessions:read"]).await;
    hold(&root, &ada.id, &["help-desk"]).await;
    ada.get("/api/v1/users").await.refused(403, "insufficient_scope");
    let (client, _) = refreshed(&ada).await;
    client.get("/api/v1/users").await.expect(200);
    client.post("/api/v1/users", json!({ "email": "eve@example.com" })).await.refused(403, "insufficient_scope");
    // What is taken away counts no more at once, whatever the token says.
    hold(&root, &ada.id, &[]).await;
    client.get("/api/v1/users").await.refused(403, "insufficient_scope");
    hold(&root, &ada.id, &["help-desk"]).await;
    client.get("/api/v1/users").await.expect(200);

    // There a person is confined to what is theirs, whatever they hold.
    client.get("/v1/users").await.refused(403, "insufficient_scope");
    let eve = server.user("eve@example.com").await;
    assert!(
        client
            .get("/v1/sessions")
            .await
            .expect(200)
            .items()
            .iter()
            .all(|session| session["user_id"] == ada.id.as_str())
    );
    client.get(format!("/v1/sessions/{}", eve.session_id)).await.expect(404);
}

#[tokio::test]
async fn a_person_gives_on_what_they_hold_and_no_more() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let support = role(&root, "support", &["roles:read", "roles:write", "users:read"]).await;
    let powerful = role(&root, "powerful", &["users:write"]).await;
    hold(&root, &ada.id, &["support"]).await;
    let (client, _) = refreshed(&ada).await;
    client
        .put(format!("/api/v1/roles/{powerful}/assignments"), json!({ "users": [ada.id] }))
        .await
        .refused(403, "scope_not_held");
    client
        .patch(format!("/api/v1/roles/{support}"), json!({ "scopes": ["users:write"] }))
        .await
        .refused(403, "scope_not_held");
    client.put(format!("/api/v1/roles/{support}/assignments"), json!({ "users": [ada.id, eve.id] })).await.expect(200);
}

#[tokio::test]
async fn more_than_fits_into_a_token_is_left_out_of_it_and_known_here() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let many: Vec<String> =
        (0..60).map(|number| format!("warehouse-{number}:inventory:write-and-read-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    role(&root, "keeper", &many).await;
    hold(&root, &ada.id, &["keeper"]).await;
    let (client, claims) = refreshed(&ada).await;
    assert_eq!((claims["scope"].as_str(), claims.get("roles")), (Some("me:read me:write me:sessions"), None));
    let me = client.get("/v1/auth/me").await.expect(200);
    assert_eq!(me.data()["permissions"].as_array().unwrap().len(), 63);
}

#[tokio::test]
async fn erasing_somebody_erases_what_they_hold_and_a_merge_passes_nothing_on() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let support = role(&root, "support", &["tickets:read"]).await;
    hold(&root, &ada.id, &["support"]).await;
    let merge = json!({ "source_user_id": ada.id, "target_user_id": eve.id, "dry_run": false });
    root.post("/v1/users/merge", merge).await.expect(200);
    assert_eq!(root.get(format!("/v1/users/{}/roles", eve.id)).await.expect(200).data()["roles"], json!([]));
    hold(&root, &eve.id, &["support"]).await;
    let exported = root.get(format!("/v1/users/{}/export", eve.id)).await.expect(200);
    assert_eq!(exported.data()["records"]["roles"][0]["role_id"], support.as_str());
    root.delete(format!("/v1/users/{}", eve.id)).await.expect(200);
    assert_eq!(root.get(format!("/v1/roles/{support}")).await.expect(200).data()["holder_count"], 0);
}

#[tokio::test]
async fn users_are_listed_by_role_organization_and_group() {
    let server = Server::start().await;
    let root = server.root();
    let [ada, bob, eve] = [
        root.create_user("ada@example.com").await.id(),
        root.create_user("bob@example.com").await.id(),
        root.create_user("eve@example.com").await.id(),
    ];
    let support = role(&root, "support", &[]).await;
    hold(&root, &ada, &["support"]).await;
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    root.post(format!("/api/v1/groups/{crew}/members"), json!({ "user_id": bob })).await.expect(204);
    let acme = root.post("/v1/organizations", json!({ "name": "Acme", "owner_id": eve })).await.expect(201).id();
    let ids = async |path: String| {
        let found = root.get(path).await.expect(200);
        found
            .items()
            .iter()
            .map(|user| user["primary_email"].as_str().or(user["email"].as_str()).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("/v1/users?role=support".into()).await, ["ada@example.com"]);
    root.put(format!("/api/v1/roles/{support}/assignments"), json!({ "users": [ada], "groups": [crew] }))
        .await
        .expect(200);
    assert_eq!(ids("/v1/users?role=support".into()).await, ["bob@example.com", "ada@example.com"]);
    assert_eq!(ids("/v1/users?role=support&email=ada@example.com".into()).await, ["ada@example.com"]);
    assert_eq!(ids("/v1/users?role=nobody".into()).await, Vec::<String>::new());
    assert_eq!(ids(format!("/v1/users?organization_id={acme}")).await, ["eve@example.com"]);
    assert_eq!(ids(format!("/api/v1/users?group={crew}")).await, ["bob@example.com"]);
    root.get("/v1/users?organization_id=usr_1").await.expect(400);
}
