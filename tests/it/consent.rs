//! What people agreed to, and what proves it.

use serde_json::{Value, json};

use crate::kit::Server;

const PATH: &str = "/v1/consent";

async fn ask_for(server: &Server, purposes: Value) {
    server.root().patch("/v1/settings", json!({ "consent": { "purposes": purposes } })).await.expect(200);
}

fn news(version: u32) -> Value {
    json!({ "name": "news", "version": version, "title": "News by mail" })
}

fn says(purpose: &str, version: u32, granted: bool) -> Value {
    json!({ "decisions": [{ "purpose": purpose, "version": version, "granted": granted }] })
}

#[tokio::test]
async fn a_person_agrees_and_withdraws_and_both_are_kept() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.user("ada@example.com").await;
    let open = ada.get(PATH).await.expect(200);
    assert_eq!(open.text("/purposes/0/state"), "open");
    let granted = ada.put(PATH, says("news", 1, true)).await.expect(200);
    assert_eq!(granted.text("/purposes/0/state"), "granted");
    let withdrawn = ada.put(PATH, says("news", 1, false)).await.expect(200);
    assert_eq!(withdrawn.text("/purposes/0/state"), "withdrawn");
    let history = withdrawn.data()["history"].as_array().unwrap();
    let said: Vec<&Value> = history.iter().map(|record| &record["granted"]).collect();
    assert_eq!(said, [false, true], "the latest first");
    assert_eq!(history[1]["ip"], "203.0.113.7");
    assert_eq!(history[1]["user_agent"], "example-client/1.0");
    assert_eq!(history[1]["recorded_by"], "person");
    let events = server.root().get(format!("/v1/audit/events?target_id={}", ada.id)).await.expect(200);
    let types: Vec<&str> = events.items().iter().filter_map(|event| event["type"].as_str()).collect();
    assert!(types.contains(&"consent.granted") && types.contains(&"consent.withdrawn"), "{types:?}");
}

#[tokio::test]
async fn saying_the_same_again_is_no_news() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.user("ada@example.com").await;
    let first = ada.put(PATH, says("news", 1, true)).await.expect(200);
    let again = ada.put(PATH, says("news", 1, true)).await.expect(200);
    assert_eq!(again.data(), first.data());
}

#[tokio::test]
async fn a_new_text_asks_again() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.user("ada@example.com").await;
    ada.put(PATH, says("news", 1, true)).await.expect(200);
    ask_for(&server, json!([news(2)])).await;
    let read = ada.get(PATH).await.expect(200);
    assert_eq!(
        (read.text("/purposes/0/state"), &read.data()["purposes"][0]["decided_version"]),
        ("outdated".to_owned(), &json!(1))
    );
    ada.put(PATH, says("news", 1, true)).await.refused(409, "outdated_version");
    ada.put(PATH, says("news", 1, false)).await.expect(200);
    ada.put(PATH, says("news", 2, true)).await.expect(200);
}

#[tokio::test]
async fn an_application_records_what_it_saw() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.root().create_user("ada@example.com").await.id();
    let mut body = says("news", 1, true);
    body["user_id"] = json!(ada);
    body["proof"] = json!({ "ip": "2001:db8::1", "user_agent": "Firefox", "evidence": "paper form 7" });
    server.root().put(PATH, body).await.expect(200);
    let read = server.root().get(format!("{PATH}?user_id={ada}")).await.expect(200);
    let record = &read.data()["history"][0];
    assert_eq!(record["ip"], "2001:db8::1");
    assert_eq!((&record["evidence"], &record["recorded_by"]), (&json!("paper form 7"), &json!("application")));
    server.root().put(PATH, says("news", 1, true)).await.expect(422);
    let everybody = server.root().get(PATH).await.expect(200);
    assert_eq!(
        (everybody.text("/purposes/0/purpose"), &everybody.data()["user_id"]),
        ("news".to_owned(), &Value::Null)
    );
}

#[tokio::test]
async fn a_person_speaks_for_nobody_else_and_tells_no_proof() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let (ada, grace) = (server.user("ada@example.com").await, server.user("grace@example.com").await);
    let mut body = says("news", 1, true);
    body["user_id"] = json!(grace.id);
    ada.put(PATH, body).await.refused(403, "not_yours");
    ada.get(format!("{PATH}?user_id={}", grace.id)).await.refused(403, "not_yours");
    let mut body = says("news", 1, true);
    body["proof"] = json!({ "ip": "198.51.100.1" });
    ada.put(PATH, body).await.refused(403, "not_yours");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.user("ada@example.com").await;
    ada.put(PATH, says("spam", 1, true)).await.refused(422, "unknown_purpose");
    ada.put(PATH, json!({ "decisions": [] })).await.expect(422);
    let decision = json!({ "purpose": "news", "version": 1, "granted": true });
    ada.put(PATH, json!({ "decisions": [decision, decision] })).await.expect(422);
    let other = server.other_tenant("Acme").await;
    other.api_key.get(format!("{PATH}?user_id={}", ada.id)).await.refused(404, "not_found");
}

#[tokio::test]
async fn purposes_are_checked_before_they_are_kept() {
    let server = Server::start().await;
    for (purposes, field) in [
        (json!([news(1), news(2)]), "consent.purposes.1.name duplicate"),
        (json!([{ "name": "The news", "version": 1, "title": "News" }]), "consent.purposes.0.name invalid"),
        (json!([news(0)]), "consent.purposes.0.version out_of_range"),
        (
            json!([{ "name": "news", "version": 1, "title": "News", "url": "javascript:alert(1)" }]),
            "consent.purposes.0.url invalid",
        ),
    ] {
        let reply =
            server.root().patch("/v1/settings", json!({ "consent": { "purposes": purposes } })).await.expect(422);
        assert_eq!(reply.fields(), [field]);
    }
}

#[tokio::test]
async fn erasing_a_person_erases_what_they_said() {
    let server = Server::start().await;
    ask_for(&server, json!([news(1)])).await;
    let ada = server.user("ada@example.com").await;
    ada.put(PATH, says("news", 1, true)).await.expect(200);
    server.root().delete(format!("/v1/users/{}", ada.id)).await.expect(200);
    server.root().get(format!("{PATH}?user_id={}", ada.id)).await.refused(404, "not_found");
}
