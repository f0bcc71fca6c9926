use serde_json::json;

use super::{hold, role, role_within};
use crate::kit::Server;

#[tokio::test]
async fn a_role_is_created_changed_read_and_deleted() {
    let server = Server::start().await;
    let root = server.root();
    let body = json!({ "name": "support", "description": "Answers customers", "permissions": ["tickets:write", "tickets:read", "tickets:read"] });
    let created = root.post("/v1/roles", body).await.expect(201);
    assert_eq!(created.data()["permissions"], json!(["tickets:read", "tickets:write"]), "each once, sorted");
    assert_eq!(created.text("/kind"), "application");
    let path = format!("/v1/roles/{}", created.id());

    let changed = root.patch(&path, json!({ "permissions": ["tickets:read"], "description": null })).await.expect(200);
    assert_eq!((changed.header("etag"), &changed.data()["description"]), ("\"2\"", &json!(null)));
    let same = root.patch(&path, json!({ "permissions": ["tickets:read"] })).await.expect(200);
    assert_eq!(same.header("etag"), "\"2\"", "a change that changes nothing is none");
    root.patch(&path, json!({ "permissions": [] })).if_match("\"1\"").await.refused(412, "version_mismatch");

    assert_eq!(root.get(&path).await.expect(200).data()["holder_count"], 0);
    root.delete(&path).await.expect(200);
    root.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn both_surfaces_show_the_same_roles() {
    let server = Server::start().await;
    let root = server.root();
    let support = role(&root, "support", &["tickets:read"]).await;
    role_within(&root, "billing", &["invoices:read"]).await;
    let body = json!({ "name": "auditor", "scopes": ["books:read"] });
    let auditor = root.post("/api/v1/roles", body).await.expect(201);
    assert!(auditor.id().starts_with("rol_"));

    let names = |items: &[serde_json::Value]| {
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(root.get("/v1/roles").await.expect(200).items()), ["auditor", "billing", "support"]);
    assert_eq!(names(root.get("/api/v1/roles").await.expect(200).items()), ["auditor", "billing", "support"]);
    assert_eq!(names(root.get("/v1/roles?kind=organization").await.expect(200).items()), ["billing"]);
    root.get("/v1/roles?kind=global").await.refused(400, "invalid_query");

    let changed = root.patch(format!("/api/v1/roles/{support}"), json!({ "scopes": [] })).await.expect(200);
    assert_eq!(changed.data()["scopes"], json!([]));
    root.delete(format!("/api/v1/roles/{support}")).await.expect(204);
}

#[tokio::test]
async fn what_is_no_role_is_named() {
    let server = Server::start().await;
    let root = server.root();
    for (body, flaw) in [
        (json!({ "name": "Support" }), "name invalid"),
        (json!({ "name": "" }), "name invalid"),
        (json!({ "name": "owner" }), "name reserved"),
        (json!({ "name": "a", "permissions": ["tickets"] }), "permissions.0 invalid"),
        (json!({ "name": "a", "permissions": ["a:b", "users:conquer"] }), "permissions.1 reserved"),
        (json!({ "name": "a", "permissions": ["me:read"] }), "permissions.0 reserved"),
        (json!({ "name": "a", "permissions": vec!["a:b"; 101] }), "permissions too_many"),
        (json!({ "name": "a", "kind": "organization", "permissions": ["users:read"] }), "permissions.0 reserved"),
        (json!({ "name": "a", "description": "" }), "description invalid"),
    ] {
        assert_eq!(root.post("/v1/roles", body.clone()).await.expect(422).fields(), [flaw], "{body}");
    }
    root.post("/v1/roles", json!({ "name": "a", "tenant_id": "x" })).await.expect(400);
    role(&root, "support", &[]).await;
    root.post("/v1/roles", json!({ "name": "support" })).await.refused(409, "role_name_taken");
    // Of either kind: settings and tokens name roles by name alone.
    root.post("/v1/roles", json!({ "name": "support", "kind": "organization" })).await.refused(409, "role_name_taken");
}

#[tokio::test]
async fn every_permission_of_the_server_is_its_own() {
    let server = Server::start().await;
    let root = server.root();
    for permission in server::modules::permissions().names() {
        let within = json!({ "name": "a", "kind": "organization", "permissions": [permission] });
        assert_eq!(
            root.post("/v1/roles", within).await.expect(422).fields(),
            ["permissions.0 reserved"],
            "{permission}"
        );
        let resource = permission.split(':').next().unwrap();
        let of_tomorrow = json!({ "name": "a", "permissions": [format!("{resource}:conquer")] });
        root.post("/v1/roles", of_tomorrow).await.expect(422);
    }
    // Nor do groups carry one, whatever the application registered.
    let scopes = json!({ "scopes": [{ "name": "billing:read", "description": "Bills" }] });
    root.put("/v1/settings/oauth", scopes).await.expect(200);
    let group = json!({ "slug": "crew", "scopes": ["billing:read"] });
    assert_eq!(root.post("/api/v1/groups", group).await.expect(422).fields(), ["scopes.0 unknown"]);
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_hold() {
    let server = Server::start().await;
    let (root, clerk) =
        (server.root(), server.api_key(&["roles:read", "roles:write", "groups:write", "groups:read"]).await);
    let powerful = role(&root, "powerful", &["api-keys:write", "users:write"]).await;
    let plain = role(&clerk, "plain", &["tickets:read"]).await;
    let ada = root.create_user("ada@example.com").await.id();
    let roles_of_ada = format!("/v1/users/{ada}/roles");

    // Neither by a new role, nor into a role that others hold, nor by giving one that is there.
    let held = "scope_not_held";
    clerk.post("/v1/roles", json!({ "name": "mine", "permissions": ["users:write"] })).await.refused(403, held);
    clerk.patch(format!("/v1/roles/{plain}"), json!({ "permissions": ["users:write"] })).await.refused(403, held);
    clerk.put(&roles_of_ada, json!({ "roles": ["powerful"] })).await.refused(403, held);
    let assignment = json!({ "users": [ada] });
    clerk.put(format!("/api/v1/roles/{powerful}/assignments"), assignment.clone()).await.refused(403, held);

    // Nor by way of a group: not its scopes, not the roles that it gives.
    clerk.post("/api/v1/groups", json!({ "slug": "mine", "scopes": ["users:write"] })).await.refused(403, held);
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew", "scopes": ["users:write"] })).await.expect(201).id();
    let gate = root.post("/api/v1/groups", json!({ "slug": "gate" })).await.expect(201).id();
    clerk.put(format!("/api/v1/roles/{powerful}/assignments"), json!({ "groups": [gate] })).await.refused(403, held);
    root.put(format!("/api/v1/roles/{powerful}/assignments"), json!({ "groups": [gate] })).await.expect(200);
    for group in [&crew, &gate] {
        clerk.post(format!("/api/v1/groups/{group}/members"), json!({ "user_id": ada })).await.refused(403, held);
    }
    assert_eq!(root.get(&roles_of_ada).await.expect(200).data()["roles"], json!([]));

    // What is the application's own is for it to say; and what somebody has, others may take.
    clerk.put(&roles_of_ada, json!({ "roles": ["plain"] })).await.expect(200);
    hold(&root, &ada, &["powerful", "plain"]).await;
    clerk.put(&roles_of_ada, json!({ "roles": ["plain", "powerful"] })).await.expect(200);
    clerk.put(&roles_of_ada, json!({ "roles": [] })).await.expect(200);
}

#[tokio::test]
async fn a_role_that_is_held_stays_until_it_is_stripped() {
    let server = Server::start().await;
    let root = server.root();
    let ada = root.create_user("ada@example.com").await.id();
    let support = role(&root, "support", &["tickets:read"]).await;
    let path = format!("/v1/roles/{support}");
    hold(&root, &ada, &["support"]).await;
    assert_eq!(root.get(&path).await.expect(200).data()["holder_count"], 1);
    root.delete(&path).await.refused(409, "role_held");
    root.delete(format!("{path}?strip=true")).await.expect(200);
    assert_eq!(root.get(format!("/v1/users/{ada}/roles")).await.expect(200).data()["roles"], json!([]));

    // Through a group, and within an organization, likewise.
    let given = role(&root, "given", &[]).await;
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    root.put(format!("/api/v1/roles/{given}/assignments"), json!({ "groups": [crew] })).await.expect(200);
    root.delete(format!("/v1/roles/{given}")).await.refused(409, "role_held");
    let billing = role_within(&root, "billing", &[]).await;
    let acme = root.post("/v1/organizations", json!({ "name": "Acme" })).await.expect(201).id();
    let member = json!({ "user_id": ada, "roles": ["billing"] });
    root.post(format!("/v1/organizations/{acme}/members"), member).await.expect(201);
    assert_eq!(root.get(format!("/v1/roles/{billing}")).await.expect(200).data()["member_count"], 1);
    root.delete(format!("/v1/roles/{billing}")).await.refused(409, "role_held");
}

#[tokio::test]
async fn a_role_is_assigned_to_people_and_groups_as_a_whole() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (root.create_user("ada@example.com").await.id(), root.create_user("bob@example.com").await.id());
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    let support = role(&root, "support", &["tickets:read"]).await;
    let path = format!("/api/v1/roles/{support}/assignments");
    let assigned = root.put(&path, json!({ "users": [ada, bob, ada], "groups": [crew] })).await.expect(200);
    assert_eq!(assigned.data()["users"].as_array().unwrap().len(), 2, "each once");
    root.put(&path, json!({ "users": [bob] })).await.expect(200);
    let counts = root.get(format!("/v1/roles/{support}")).await.expect(200);
    assert_eq!((&counts.data()["holder_count"], &counts.data()["group_count"]), (&json!(1), &json!(0)));

    let nobody = "018f3c4a-7b2e-7c1d-8000-000000000000";
    root.put(&path, json!({ "users": [bob, nobody] })).await.refused(422, "unknown_user");
    root.put(&path, json!({ "groups": [nobody] })).await.refused(422, "unknown_group");
    root.put(&path, json!({ "users": vec![nobody; 201] })).await.expect(422);
    assert_eq!(
        root.get(format!("/v1/roles/{support}")).await.expect(200).data()["holder_count"],
        1,
        "nothing was done"
    );

    let billing = role_within(&root, "billing", &[]).await;
    root.put(format!("/api/v1/roles/{billing}/assignments"), json!({ "users": [bob] }))
        .await
        .refused(409, "organization_role");
    root.put(format!("/v1/users/{bob}/roles"), json!({ "roles": ["billing"] })).await.refused(422, "unknown_role");
    root.put(format!("/v1/users/{bob}/roles"), json!({ "roles": ["nope"] })).await.refused(422, "unknown_role");
}

#[tokio::test]
async fn another_applications_users_and_groups_are_unknown_here() {
    let server = Server::start().await;
    let (root, other) = (server.root(), server.other_tenant("Acme").await);
    let eve = other.api_key.create_user("eve@example.com").await.id();
    let theirs = other.api_key.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    let support = role(&root, "support", &[]).await;
    let path = format!("/api/v1/roles/{support}/assignments");
    root.put(&path, json!({ "users": [eve] })).await.refused(422, "unknown_user");
    root.put(&path, json!({ "groups": [theirs] })).await.refused(422, "unknown_group");
    role(&other.api_key, "support", &["users:read"]).await;
    assert_eq!(root.get("/v1/roles").await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn somebody_holds_fifty_roles_at_most() {
    let server = Server::start().await;
    let root = server.root();
    let ada = root.create_user("ada@example.com").await.id();
    let mut names = Vec::new();
    for number in 0..51 {
        names.push(format!("role-{number}"));
        role(&root, &names[number], &[]).await;
    }
    let path = format!("/v1/users/{ada}/roles");
    root.put(&path, json!({ "roles": names })).await.refused(409, "too_many_held");
    root.put(&path, json!({ "roles": names[..50] })).await.expect(200);
    let last = root.get("/v1/roles?limit=200").await.expect(200);
    let last = last.items().iter().find(|role| role["name"] == "role-50").unwrap()["id"].as_str().unwrap().to_owned();
    root.put(format!("/api/v1/roles/{last}/assignments"), json!({ "users": [ada] }))
        .await
        .refused(409, "too_many_held");
}
