//! The audit trail: what happened, who did it, and that nobody edited it.

use events::verify;
use serde_json::{Value, json};

use crate::kit::{Client, Server};

async fn events(client: &Client, query: &str) -> Vec<Value> {
    client.walk(&format!("/v1/audit/events?{query}"), 50).await
}

#[tokio::test]
async fn every_change_stands_in_the_trail_with_who_where_and_why() {
    let server = Server::start().await;
    let root = server.root();
    let created = root.create_user("ada@example.com").await;
    let found = events(&root, &format!("target_id={}", created.id())).await;
    assert_eq!(found.len(), 1);
    let event = &found[0];
    assert_eq!((&event["type"], &event["outcome"]), (&json!("user.created"), &json!("success")));
    assert_eq!(event["actor"]["kind"], "api_key");
    assert_eq!(event["request_id"], created.header("x-request-id"));
    assert_eq!(event["context"], json!({ "ip": "203.0.113.7", "user_agent": "example-client/1.0" }));
    assert_eq!(event["data"]["user"]["primary_email"], "ada@example.com");
    let one = root.get(format!("/v1/audit/events/{}", event["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(one.data(), event);
}

#[tokio::test]
async fn filters_narrow_the_trail() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    server.anonymous().sign_in("ada@example.com", "not the right one").await.expect(401);
    let types = async |query: String| {
        let found = events(&root, &query).await;
        found.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(types("type=user.signed_in".to_owned()).await, ["user.signed_in"]);
    assert_eq!(types(format!("target_id={}&outcome=failure", ada.id)).await, ["user.sign_in_failed"]);
    assert_eq!(types(format!("target_id={}&outcome=success&type=user.signed_up", ada.id)).await, ["user.signed_up"]);
    assert_eq!(types("occurred_from=2026-01-16T00:00:00Z".to_owned()).await, Vec::<String>::new());
    assert!(!types("occurred_from=2026-01-15T00:00:00Z&occurred_to=2026-01-16T00:00:00Z".to_owned()).await.is_empty());
    let reply = root.post("/v1/users", json!({ "username": "ada" })).await.expect(201);
    assert_eq!(types(format!("request_id={}", reply.header("x-request-id"))).await, ["user.created"]);
    root.get("/v1/audit/events?outcome=maybe").await.refused(400, "invalid_query");
}

#[tokio::test]
async fn events_are_sealed_into_a_chain_that_verifies() {
    let server = Server::start().await;
    let root = server.root();
    for number in 0..5 {
        root.create_user(&format!("user{number}@example.com")).await;
    }
    assert!(events(&root, "").await.iter().all(|event| event["chain"].is_null()));
    server.run_jobs().await;
    let sealed = events(&root, "").await;
    let mut places: Vec<&Value> = sealed.iter().map(|event| &event["chain"]).collect();
    places.sort_by_key(|place| place["sequence"].as_i64());
    for (index, pair) in places.windows(2).enumerate() {
        assert_eq!(pair[0]["sequence"], index + 1);
        assert_eq!(pair[1]["previous_hash"], pair[0]["hash"]);
    }
    let report = verify(server.db(), None, &mut |_| {}).await.unwrap();
    assert!(report.is_sound() && report.unsealed == 0, "{report:?}");
    assert!(report.events >= 6, "{report:?}");
}

#[tokio::test]
async fn an_erased_persons_data_is_gone_from_the_trail_which_still_verifies() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada.lovelace@example.com").await;
    root.patch(format!("/v1/users/{}", ada.id), json!({ "name": "Ada Lovelace" })).await.expect(200);
    server.run_jobs().await;
    root.delete(format!("/v1/users/{}", ada.id)).await.expect(200);
    server.run_jobs().await;
    let reply = root.get("/v1/audit/events?limit=200").await.expect(200);
    let text = String::from_utf8_lossy(&reply.bytes).into_owned();
    assert!(!text.contains("ovelace"), "{text}");
    let about: Vec<&Value> = reply.items().iter().filter(|event| event["target"]["id"] == ada.id.as_str()).collect();
    assert!(
        about.iter().any(|event| event["type"] == "user.signed_up")
            && about.iter().any(|event| event["type"] == "user.deleted")
    );
    assert!(
        about
            .iter()
            .filter(|event| event["type"] != "user.deleted")
            .all(|event| event["data"].is_null() && event["context"].is_null())
    );
    let report = verify(server.db(), None, &mut |_| {}).await.unwrap();
    assert!(report.is_sound() && report.erased > 0, "{report:?}");
}

#[tokio::test]
async fn nobody_sees_another_applications_trail() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let id = server.root().create_user("ada@example.com").await.id();
    assert_eq!(events(&other.api_key, &format!("target_id={id}")).await.len(), 0);
    let event = events(&server.root(), &format!("target_id={id}")).await[0]["id"].clone();
    other.api_key.get(format!("/v1/audit/events/{}", event.as_str().unwrap())).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_change_that_was_refused_leaves_no_event() {
    let server = Server::start().await;
    let root = server.root();
    root.create_user("ada@example.com").await;
    let before = events(&root, "").await.len();
    root.post("/v1/users", json!({ "primary_email": "ada@example.com" })).await.refused(409, "email_taken");
    root.post("/v1/users", json!({ "primary_email": "x" })).await.expect(422);
    assert_eq!(events(&root, "").await.len(), before);
}
