use serde_json::{Value, json};

use super::{read, send};
use crate::kit::{Client, PASSWORD, Person, Reply, Server, count_events};

const MERGE: &str = "/v1/users/merge";

fn body(source: &str, target: &str) -> Value {
    json!({ "source_user_id": source, "target_user_id": target })
}

fn conflicts(reply: &Reply) -> Vec<&str> {
    reply.data()["conflicts"].as_array().unwrap().iter().map(|conflict| conflict["field"].as_str().unwrap()).collect()
}

fn moved(reply: &Reply) -> Vec<(&str, i64)> {
    let moved = reply.data()["moved"].as_array().unwrap();
    moved.iter().map(|moved| (moved["kind"].as_str().unwrap(), moved["count"].as_i64().unwrap())).collect()
}

/// Two accounts of one person, both with proven addresses and passwords; the first goes.
async fn two(server: &Server) -> (Person, Person) {
    let (source, target) = (server.user("ada@old.example").await, server.user("ada@new.example").await);
    let root = server.root();
    let set = |id: &str, fields: Value| root.patch(format!("/v1/users/{id}"), fields);
    let old = json!({ "email_verified": true, "username": "ada", "name": "Ada Old", "external_id": "1", "public_metadata": { "plan": "free", "since": 1815 } });
    set(&source.id, old).await.expect(200);
    let new = json!({ "email_verified": true, "name": "Ada New", "public_metadata": { "plan": "pro" } });
    set(&target.id, new).await.expect(200);
    (source, target)
}

#[tokio::test]
async fn a_dry_run_lists_what_would_be_moved_and_lost_and_changes_nothing() {
    let server = Server::start().await;
    let (source, target) = two(&server).await;
    let root = server.root();
    let events = count_events(server.db()).await;
    let mut dry = body(&source.id, &target.id);
    dry["dry_run"] = json!(true);
    let told = root.post(MERGE, dry).await.expect(200);
    assert_eq!(told.data()["dry_run"], true);
    assert_eq!(conflicts(&told), ["primary_email", "password", "name", "public_metadata.plan"]);
    assert_eq!(moved(&told), [("email_addresses", 1)]);
    let lost = json!([{ "kind": "sessions", "count": 1 }, { "kind": "known_devices", "count": 1 }]);
    assert_eq!((&told.data()["lost"], &told.data()["sessions_ended"]), (&lost, &json!(1)));
    let name = &told.data()["conflicts"][2];
    assert_eq!((&name["kept"], &name["lost"]), (&json!("Ada New"), &json!("Ada Old")));
    assert_eq!(count_events(server.db()).await, events);
    source.get("/v1/auth/me").await.expect(200);
    let real = root.post(MERGE, body(&source.id, &target.id)).await.expect(200);
    for field in ["moved", "lost", "conflicts", "sessions_ended", "version"] {
        assert_eq!(real.data()[field], told.data()[field], "the dry run told the truth of {field}");
    }
}

#[tokio::test]
async fn one_account_is_left_with_what_both_had() {
    let server = Server::start().await;
    let (source, target) = two(&server).await;
    let root = server.root();
    let merged = root.post(MERGE, body(&source.id, &target.id)).await.expect(200);
    assert_eq!((merged.text("/user_id"), merged.text("/merged_user_id")), (target.id.clone(), source.id.clone()));
    let user = root.get(format!("/v1/users/{}", target.id)).await.expect(200);
    assert_eq!(user.header("etag"), format!("\"{}\"", merged.data()["version"]));
    assert_eq!(
        (user.text("/name"), user.text("/username"), user.text("/external_id")),
        ("Ada New".into(), "ada".into(), "1".into())
    );
    assert_eq!(user.text("/primary_email"), "ada@new.example");
    assert_eq!(user.data()["public_metadata"], json!({ "plan": "pro", "since": 1815 }));
    root.get(format!("/v1/users/{}", source.id)).await.refused(404, "not_found");
    source.get("/v1/auth/me").await.refused(401, "session_revoked");
    target.get("/v1/auth/me").await.expect(200);
    let by_old_address = server.anonymous().sign_in("ada@old.example", PASSWORD).await.expect(200);
    assert_eq!(by_old_address.text("/user/id"), target.id, "a proven address still signs in");
    server.run_jobs().await;
    let events = root.get(format!("/v1/audit/events?target_id={}&type=user.merged", target.id)).await.expect(200);
    assert_eq!(events.data()[0]["data"]["merged_user_id"], source.id.as_str(), "{events}");
    let export = root.get(format!("/v1/users/{}/export", target.id)).await.expect(200);
    assert_eq!(export.data()["records"]["email_addresses"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_that_nobody_proved_does_not_come_along() {
    let server = Server::start().await;
    let (squatter, target) = (server.user("boss@example.com").await, server.user("ada@example.com").await);
    let merged = server.root().post(MERGE, body(&squatter.id, &target.id)).await.expect(200);
    assert_eq!(conflicts(&merged), ["primary_email", "email_addresses", "password"]);
    server.anonymous().sign_in("boss@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    server.user("boss@example.com").await;
}

#[tokio::test]
async fn what_the_one_lacks_the_other_brings() {
    let server = Server::start().await;
    let root = server.root();
    let source = server.user("ada@example.com").await;
    let reply = send(&root, "/v1/users/import", &[json!({ "external_id": "crm-1" })]).await.expect(200);
    read(&reply);
    let target = root.get("/v1/users?external_id=crm-1").await.text("/0/id");
    let merged = root.post(MERGE, body(&source.id, &target)).await.expect(200);
    assert_eq!(conflicts(&merged), Vec::<&str>::new());
    assert_eq!(moved(&merged), [("email_addresses", 1), ("password", 1)]);
    let signed_in = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), target);
    assert_eq!(signed_in.text("/user/primary_email"), "ada@example.com");
}

#[tokio::test]
async fn only_two_of_ones_own_that_are_as_they_were_seen_are_merged() {
    let server = Server::start().await;
    let (source, target) = two(&server).await;
    let (root, other) = (server.root(), server.other_tenant("Acme").await);
    let same = root.post(MERGE, body(&source.id, &source.id)).await.refused(422, "same_user");
    assert_eq!(same.fields(), ["source_user_id same"]);
    let stranger = other.api_key.create_user("eve@example.com").await.id();
    let missing = "018f3c4a-7b2e-7c1d-8000-000000000000";
    let foreign = root.post(MERGE, body(&stranger, &target.id)).await.refused(404, "not_found");
    assert_eq!(foreign.comparable(), root.post(MERGE, body(missing, &target.id)).await.comparable());
    root.post(MERGE, body(&source.id, &stranger)).await.refused(404, "not_found");
    other.api_key.post(MERGE, body(&source.id, &target.id)).await.refused(404, "not_found");
    let mut seen = body(&source.id, &target.id);
    seen["expected_versions"] = json!({ "source": 1, "target": 2 });
    root.post(MERGE, seen.clone()).await.refused(409, "version_mismatch");
    seen["expected_versions"] = json!({ "source": 2, "target": 2 });
    root.post(MERGE, seen).await.expect(200);
    server
        .api_key(&["users:read"])
        .await
        .post(MERGE, body(&source.id, &target.id))
        .await
        .refused(403, "insufficient_scope");
}

#[tokio::test]
async fn of_many_merges_at_once_one_happens() {
    let server = Server::start().await;
    let (source, target) = two(&server).await;
    let root: Client = server.root();
    let calls = (0..20).map(|_| root.post(MERGE, body(&source.id, &target.id)).into_future());
    let replies = futures_util::future::join_all(calls).await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(done, 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 404 | 409)));
}
