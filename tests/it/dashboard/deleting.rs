use std::time::Duration;

use http::Method;
use serde_json::json;

use super::people::{account, joined, owner, sign_in};
use crate::kit::{Call, Client, Reply, Server};

const DAY: Duration = Duration::from_hours(24);

async fn delete(by: &Client, id: &str, confirmation: &str) -> Reply {
    let path = format!("/v1/dashboard/applications/{id}");
    Call { body: Some(json!({ "confirmation": confirmation })), ..by.call(Method::DELETE, path) }.await
}

async fn bring_back(by: &Client, id: &str) -> Reply {
    by.patch(format!("/v1/dashboard/applications/{id}"), json!({ "state": "active" })).await
}

#[tokio::test]
async fn a_deleted_application_is_not_there_and_comes_back_whole() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let owner = server.account().await;
    let ada = server.user_at(&server.anonymous().at_application(&other.id), "ada@example.com").await;
    delete(&owner, &other.id, "Acme").await.refused(422, "wrong_confirmation");
    delete(&owner, &other.id, "").await.refused(422, "wrong_confirmation");
    let deleted = delete(&owner, &other.id, &other.slug).await.expect(200);
    assert_eq!(deleted.text("/state"), "deleted");
    assert!(deleted.data()["erased_at"].is_string());
    let missing = server.root().at_application("018f3c4a-7b2e-7c1d-8000-000000000000").get("/v1/users").await;
    let gone = other.api_key.get("/v1/users").await.refused(404, "tenant_not_found");
    assert_eq!(gone.comparable(), missing.comparable());
    ada.get("/v1/auth/me").await.refused(404, "tenant_not_found");
    owner.clone().at_application(&other.id).get("/v1/users").await.refused(404, "tenant_not_found");
    let host = format!("{}.localhost", other.slug);
    let by_host = server.anonymous().without("x-application-id").with("host", &host);
    by_host.get("/v1/auth/config").await.refused(421, "unknown_host");
    let listed = owner.get("/v1/dashboard/applications").await.expect(200);
    let listed = listed.items().iter().find(|it| it["id"] == other.id.as_str()).unwrap();
    assert_eq!(listed, deleted.data());
    server.turn_clock(29 * DAY);
    server.run_jobs().await;
    let owner = server.account().await;
    let back = bring_back(&owner, &other.id).await.expect(200);
    assert_eq!((back.text("/state"), &back.data()["erased_at"]), ("active".to_owned(), &json!(null)));
    assert_eq!(other.api_key.get("/v1/users").await.expect(200).items().len(), 1);
    by_host.get("/v1/auth/config").await.expect(200);
}

#[tokio::test]
async fn only_owners_and_admins_delete_and_bring_back() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let id = server.application_id();
    for role in ["developer", "support", "viewer"] {
        let member = joined(&owner, &format!("{role}@example.com"), role).await;
        delete(&member, id, "default").await.refused(403, "insufficient_role");
    }
    let stranger = account(&server, "eve@example.com").await;
    delete(&stranger, id, "default").await.refused(404, "not_found");
    let admin = joined(&owner, "admin@example.com", "admin").await;
    let dev = sign_in(&server, "developer@example.com").await;
    delete(&admin, id, "default").await.expect(200);
    bring_back(&dev, id).await.refused(403, "insufficient_role");
    bring_back(&admin, id).await.expect(200);
}

#[tokio::test]
async fn nothing_else_is_done_with_a_deleted_application() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let id = server.application_id();
    let first = delete(&owner, id, "default").await.expect(200);
    server.turn_clock(Duration::from_mins(1));
    let again = delete(&owner, id, "default").await.expect(200);
    assert_eq!(first.data(), again.data(), "deleting twice does not begin the days anew");
    let path = format!("/v1/dashboard/applications/{id}");
    owner.patch(&path, json!({ "name": "x" })).await.refused(409, "application_deleted");
    owner.patch(&path, json!({ "state": "suspended" })).await.refused(409, "application_deleted");
    owner.patch(&path, json!({ "state": "deleted" })).await.expect(422);
    let body = json!({ "confirmation": "default" });
    let stale = Call { body: Some(body), ..owner.call(Method::DELETE, path) }.if_match("\"1\"").await;
    stale.refused(412, "version_mismatch");
}

#[tokio::test]
async fn after_thirty_days_it_does_not_come_back() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let owner = server.account().await;
    delete(&owner, &other.id, &other.slug).await.expect(200);
    server.turn_clock(30 * DAY);
    let owner = server.account().await;
    bring_back(&owner, &other.id).await.refused(409, "application_deleted");
    server.run_jobs().await;
    bring_back(&owner, &other.id).await.refused(404, "not_found");
    assert_eq!(owner.get("/v1/dashboard/applications").await.expect(200).items().len(), 1);
    let body = json!({ "name": "Acme", "slug": other.slug });
    owner.post("/v1/dashboard/applications", body).await.refused(409, "slug_taken");
}
