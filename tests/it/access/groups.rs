use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn a_group_is_created_filled_emptied_and_deleted() {
    let server = Server::start().await;
    let root = server.root();
    let ada = root.create_user("ada@example.com").await.id();
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201);
    assert_eq!((crew.text("/name"), crew.text("/slug")), ("crew".into(), "crew".into()));
    let path = format!("/api/v1/groups/{}", crew.id());
    let shown = root.get(&path).await.expect(200);
    assert_eq!((&shown.data()["member_count"], &shown.data()["can_delete"]), (&json!(0), &json!(true)));

    let members = format!("{path}/members");
    root.post(&members, json!({ "user_id": ada })).await.expect(204);
    root.post(&members, json!({ "user_id": ada })).await.expect(204);
    let shown = root.get(&path).await.expect(200);
    assert_eq!((&shown.data()["member_count"], &shown.data()["can_delete"]), (&json!(1), &json!(false)));
    assert_eq!(shown.text("/members/0/user_id"), root.get(format!("/api/v1/users/{ada}")).await.id());
    assert_eq!(root.get(format!("/api/v1/groups?has_user={ada}")).await.expect(200).items().len(), 1);
    assert_eq!(root.get("/api/v1/groups?q=cr").await.expect(200).items().len(), 1);
    assert_eq!(root.get("/api/v1/groups?q=x").await.expect(200).items().len(), 0);

    root.delete(&path).await.refused(409, "group_in_use");
    root.delete(format!("{members}/{ada}")).await.expect(204);
    root.delete(format!("{members}/{ada}")).await.refused(404, "not_found");
    root.delete(&path).await.expect(204);
    root.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_group_carries_scopes_that_are_registered_or_the_servers_own() {
    let server = Server::start().await;
    let root = server.root();
    let unknown = json!({ "slug": "crew", "scopes": ["invoices:read"] });
    assert_eq!(root.post("/api/v1/groups", unknown.clone()).await.expect(422).fields(), ["scopes.0 unknown"]);
    let scopes = json!({ "scopes": [{ "name": "invoices:read", "description": "See your invoices" }] });
    root.put("/v1/settings/oauth", scopes).await.expect(200);
    let crew = root.post("/api/v1/groups", unknown).await.expect(201).id();
    let path = format!("/api/v1/groups/{crew}");
    let changed = root.patch(&path, json!({ "scopes": ["users:read", "invoices:read"] })).await.expect(200);
    assert_eq!(changed.data()["scopes"], json!(["invoices:read", "users:read"]));

    // What is gone from the settings since may stay where it is, and comes to no other.
    root.put("/v1/settings/oauth", json!({})).await.expect(200);
    root.patch(&path, json!({ "name": "The crew", "scopes": ["invoices:read"] })).await.expect(200);
    let other = root.post("/api/v1/groups", json!({ "slug": "other" })).await.expect(201).id();
    root.patch(format!("/api/v1/groups/{other}"), json!({ "scopes": ["invoices:read"] })).await.expect(422);
}

#[tokio::test]
async fn what_is_no_group_is_named() {
    let server = Server::start().await;
    let root = server.root();
    for slug in ["", "Crew", "a--b", "-a", "a b"] {
        let refused = root.post("/api/v1/groups", json!({ "slug": slug })).await.expect(422);
        assert_eq!(refused.fields(), ["slug invalid"], "{slug}");
    }
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    root.post("/api/v1/groups", json!({ "slug": "crew" })).await.refused(409, "group_slug_taken");
    root.patch(format!("/api/v1/groups/{crew}"), json!({ "slug": "other" })).await.expect(400);
    let nobody = json!({ "user_id": "018f3c4a-7b2e-7c1d-8000-000000000000" });
    root.post(format!("/api/v1/groups/{crew}/members"), nobody).await.refused(422, "unknown_user");
}
