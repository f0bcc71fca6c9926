use serde_json::json;

use super::{join, owned_by};
use crate::kit::Server;

#[tokio::test]
async fn an_organization_is_created_changed_and_deleted() {
    let server = Server::start().await;
    let root = server.root();
    let body = json!({ "name": "Acme GmbH & Co.", "private_metadata": { "crm": "A-1" }, "logo_url": "https://acme.example/logo.svg" });
    let acme = root.post("/v1/organizations", body).await.expect(201);
    assert_eq!((acme.text("/slug"), &acme.data()["mfa_required"]), ("acme-gmbh-co".into(), &json!(false)));
    let path = format!("/v1/organizations/{}", acme.id());
    let changed = root.patch(&path, json!({ "name": "Acme", "slug": null, "logo_url": null })).await.expect(200);
    assert_eq!(
        (changed.text("/slug"), &changed.data()["logo_url"], changed.header("etag")),
        ("acme".into(), &json!(null), "\"2\"")
    );
    root.patch(&path, json!({ "name": "X" })).if_match("\"1\"").await.refused(412, "version_mismatch");

    // A slug that is made gives way; one that is wished for does not.
    let twin = root.post("/v1/organizations", json!({ "name": "ACME" })).await.expect(201);
    assert!(twin.text("/slug").starts_with("acme-"), "{twin}");
    let wish = json!({ "name": "Third", "slug": "acme" });
    root.post("/v1/organizations", wish).await.refused(409, "organization_slug_taken");
    assert_eq!(root.get("/v1/organizations?q=acme").await.expect(200).items().len(), 2);

    root.delete(&path).await.expect(200);
    root.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_no_organization_is_named() {
    let server = Server::start().await;
    let root = server.root();
    for (body, flaw) in [
        (json!({}), "name required"),
        (json!({ "name": " " }), "name invalid"),
        (json!({ "name": "Acme", "slug": "A b" }), "slug invalid"),
        (json!({ "name": "Acme", "logo_url": "http://acme.example/logo.svg" }), "logo_url invalid"),
        (json!({ "name": "Acme", "owner_id": "018f3c4a-7b2e-7c1d-8000-000000000000" }), "owner_id unknown"),
    ] {
        assert_eq!(root.post("/v1/organizations", body.clone()).await.expect(422).fields(), [flaw], "{body}");
    }
    let large = json!({ "name": "Acme", "public_metadata": { "text": "x".repeat(17_000) } });
    root.post("/v1/organizations", large).await.refused(422, "metadata_too_large");
    assert_eq!(root.get("/v1/organizations").await.expect(200).items().len(), 0, "nothing was done");
}

#[tokio::test]
async fn end_users_create_organizations_where_the_settings_let_them() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let acme = json!({ "name": "Acme" });
    ada.post("/v1/organizations", acme.clone()).await.refused(403, "organization_creation_closed");
    let settings = json!({ "organizations": { "user_creation": true, "max_owned": 2 } });
    root.patch("/v1/settings", settings).await.expect(200);

    let created = ada.post("/v1/organizations", acme.clone()).await.expect(201);
    assert!(created.data().get("private_metadata").is_none(), "that is for the application alone");
    let members = ada.get(format!("/v1/organizations/{}/members", created.id())).await.expect(200);
    assert_eq!((members.items().len(), members.text("/0/rank")), (1, "owner".into()));
    let hidden = json!({ "name": "Hidden", "private_metadata": { "a": 1 } });
    ada.post("/v1/organizations", hidden).await.refused(403, "application_only");
    let for_another = json!({ "name": "Other", "owner_id": ada.id });
    ada.post("/v1/organizations", for_another).await.refused(403, "application_only");

    root.put("/v1/settings/sign-in", json!({ "anonymous": true })).await.expect(200);
    let guest = server.anonymous().poke("/v1/auth/anonymous").await.expect(200).text("/access_token");
    let guest = server.anonymous().bearer(&guest);
    guest.post("/v1/organizations", acme.clone()).await.refused(403, "organization_creation_closed");

    ada.post("/v1/organizations", acme.clone()).await.expect(201);
    ada.post("/v1/organizations", acme).await.refused(409, "too_many_organizations");
    // What the application gives is not counted against them when it gives it.
    owned_by(&root, "Given", &ada).await;
    assert_eq!(ada.get("/v1/organizations").await.expect(200).items().len(), 3);
}

#[tokio::test]
async fn a_person_sees_their_own_and_others_are_like_missing_ones() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let (acme, other) = (owned_by(&root, "Acme", &ada).await, owned_by(&root, "Other", &eve).await);
    let own = ada.get("/v1/organizations").await.expect(200);
    assert_eq!((own.items().len(), own.text("/0/id")), (1, acme.clone()));
    ada.get(format!("/v1/organizations?user_id={}", eve.id)).await.refused(404, "not_found");
    assert_eq!(root.get(format!("/v1/organizations?user_id={}", eve.id)).await.expect(200).items().len(), 1);

    let missing = "018f3c4a-7b2e-7c1d-8000-000000000000";
    for (method, tail, body) in [
        ("GET", "", None),
        ("PATCH", "", Some(json!({ "name": "Mine" }))),
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("POST", "/members", Some(json!({ "user_id": ada.id }))),
        ("PATCH", &format!("/members/{}", eve.id), Some(json!({ "rank": "member" }))),
        ("DELETE", &format!("/members/{}", eve.id), None),
        ("POST", "/activate", None),
        ("POST", "/deactivate", None),
    ] {
        let ask = |id: &str| {
            let call = ada.call(method.parse().unwrap(), format!("/v1/organizations/{id}{tail}"));
            crate::kit::Call { body: body.clone(), ..call }
        };
        let (foreign, absent) = (ask(&other).await.expect(404), ask(missing).await.expect(404));
        assert_eq!(foreign.comparable(), absent.comparable(), "{method} {tail}");
    }
    root.get(format!("/v1/organizations/{other}")).await.expect(200);
}

#[tokio::test]
async fn each_rank_does_what_it_may() {
    let server = Server::start().await;
    let root = server.root();
    let [owner, admin, member] = [
        server.user("owner@example.com").await,
        server.user("admin@example.com").await,
        server.user("member@example.com").await,
    ];
    let acme = owned_by(&root, "Acme", &owner).await;
    join(&root, &acme, &admin, "admin").await;
    join(&root, &acme, &member, "member").await;
    let path = format!("/v1/organizations/{acme}");
    for person in [&owner, &admin, &member] {
        let shown = person.get(&path).await.expect(200);
        assert!(shown.data().get("private_metadata").is_none(), "{shown}");
        person.patch(&path, json!({ "private_metadata": {} })).await.expect(403);
    }
    member.patch(&path, json!({ "name": "Mine" })).await.refused(403, "insufficient_rank");
    admin.patch(&path, json!({ "name": "Acme Ltd", "public_metadata": { "a": 1 } })).await.expect(200);
    admin.patch(&path, json!({ "mfa_required": true })).await.refused(403, "insufficient_rank");
    admin.patch(&path, json!({ "mfa_required": false })).await.expect(200);
    for person in [&member, &admin] {
        person.delete(&path).await.refused(403, "insufficient_rank");
    }
    owner.delete(&path).await.expect(200);
    assert_eq!(member.get("/v1/organizations").await.expect(200).items().len(), 0);
}
