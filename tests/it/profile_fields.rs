//! Profile fields: asked a little at a time.

use serde_json::{Value, json};

use crate::kit::{PASSWORD, Server};

const PATH: &str = "/v1/profile-fields";
const PROGRESS: &str = "/v1/profile/progress";

/// A field that is asked at sign-up and takes a text, but for what `other` says.
pub(crate) async fn field(server: &Server, name: &str, other: Value) -> String {
    let mut body = json!({
        "name": name, "label": name, "kind": { "type": "text" }, "required": true, "ask": { "when": "sign_up" }
    });
    for (key, value) in other.as_object().unwrap() {
        body[key] = value.clone();
    }
    server.root().post(PATH, body).await.expect(201).id()
}

fn asked(progress: &Value) -> Vec<&str> {
    progress["next"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_answers_what_is_asked_and_learns_what_comes_next() {
    let server = Server::start().await;
    field(&server, "company", json!({ "position": 1 })).await;
    field(&server, "size", json!({ "position": 2, "required": false, "kind": { "type": "integer", "minimum": 1 } }))
        .await;
    field(&server, "shoe", json!({ "ask": { "when": "on_demand" } })).await;
    let ada = server.user("ada@example.com").await;
    let first = ada.post(PROGRESS, json!({})).await.expect(200);
    assert_eq!((asked(first.data()), &first.data()["complete"]), (vec!["company", "size"], &json!(false)));
    let second = ada.post(PROGRESS, json!({ "answers": { "company": " Analytical Engines " } })).await.expect(200);
    assert_eq!((asked(second.data()), &second.data()["complete"]), (vec!["size"], &json!(true)));
    let third = ada.post(PROGRESS, json!({ "answers": { "size": null }, "ask_for": ["shoe"] })).await.expect(200);
    assert_eq!(asked(third.data()), ["shoe"], "who declined is not asked again");
    assert_eq!(third.data()["answers"], json!({ "company": "Analytical Engines", "size": null }));
}

#[tokio::test]
async fn a_field_waits_for_its_sign_in() {
    let server = Server::start().await;
    field(&server, "later", json!({ "ask": { "when": "sign_in", "number": 2 } })).await;
    let ada = server.user("ada@example.com").await;
    for _ in 0..3 {
        assert!(asked(ada.post(PROGRESS, json!({})).await.expect(200).data()).is_empty(), "one session counts once");
    }
    let again = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    assert_eq!(asked(again.post(PROGRESS, json!({})).await.expect(200).data()), ["later"]);
}

#[tokio::test]
async fn every_answer_that_does_not_fit_is_named_and_none_is_kept() {
    let server = Server::start().await;
    field(&server, "company", json!({})).await;
    let options = json!([{ "value": "s", "label": "Small" }]);
    field(&server, "size", json!({ "kind": { "type": "choice", "options": options } })).await;
    let ada = server.user("ada@example.com").await;
    let answers = json!({ "company": "Acme", "size": "xl", "evil": 1 });
    let refused = ada.post(PROGRESS, json!({ "answers": answers })).await.expect(422);
    assert_eq!(refused.fields(), ["answers.evil unknown", "answers.size invalid"]);
    let none = ada.post(PROGRESS, json!({ "answers": { "company": null } })).await.expect(422);
    assert_eq!(none.fields(), ["answers.company required"]);
    assert_eq!(ada.post(PROGRESS, json!({})).await.expect(200).data()["answers"], json!({}));
}

#[tokio::test]
async fn a_field_is_added_changed_and_archived() {
    let server = Server::start().await;
    let root = server.root();
    let id = field(&server, "company", json!({})).await;
    let changed =
        root.patch(format!("{PATH}/{id}"), json!({ "label": "Company", "required": false })).await.expect(200);
    assert_eq!((changed.text("/label"), &changed.data()["required"]), ("Company".to_owned(), &json!(false)));
    let retyped = root.patch(format!("{PATH}/{id}"), json!({ "kind": { "type": "date" } })).await.expect(422);
    assert_eq!(retyped.fields(), ["kind.type fixed"]);
    root.delete(format!("{PATH}/{id}")).await.expect(200);
    let ada = server.user("ada@example.com").await;
    assert!(asked(ada.post(PROGRESS, json!({})).await.expect(200).data()).is_empty());
    assert_eq!(root.walk(&format!("{PATH}?archived=true"), 10).await.len(), 1);
    assert!(root.walk(&format!("{PATH}?archived=false"), 10).await.is_empty());
    let again =
        json!({ "name": "company", "label": "a", "kind": { "type": "boolean" }, "ask": { "when": "on_demand" } });
    root.post(PATH, again).await.refused(409, "name_taken");
}

#[tokio::test]
async fn two_administrators_do_not_overwrite_each_other() {
    let server = Server::start().await;
    let path = format!("{PATH}/{}", field(&server, "company", json!({})).await);
    let tag = server.root().patch(&path, json!({ "label": "One" })).await.expect(200).header("etag").to_owned();
    server.root().patch(&path, json!({ "label": "Two" })).if_match(&tag).await.expect(200);
    server.root().patch(&path, json!({ "label": "Three" })).if_match(&tag).await.refused(412, "version_mismatch");
}

#[tokio::test]
async fn there_is_an_end_to_fields() {
    let server = Server::start().await;
    for number in 0..100 {
        field(&server, &format!("f{number}"), json!({})).await;
    }
    let body =
        json!({ "name": "one_more", "label": "a", "kind": { "type": "boolean" }, "ask": { "when": "on_demand" } });
    server.root().post(PATH, body).await.refused(409, "too_many_fields");
    let ada = server.user("ada@example.com").await;
    assert_eq!(asked(ada.post(PROGRESS, json!({})).await.expect(200).data()).len(), 20, "a little at a time");
}

#[tokio::test]
async fn answers_are_the_persons_own() {
    let server = Server::start().await;
    field(&server, "company", json!({})).await;
    let (ada, grace) = (server.user("ada@example.com").await, server.user("grace@example.com").await);
    ada.post(PROGRESS, json!({ "answers": { "company": "Analytical Engines" } })).await.expect(200);
    assert_eq!(grace.post(PROGRESS, json!({})).await.expect(200).data()["answers"], json!({}));
    server.anonymous().post(PROGRESS, json!({})).await.expect(401);
    let events = server.root().get("/v1/audit/events?type=profile.answered").await.expect(200);
    assert_eq!(events.items()[0]["data"]["fields"], json!(["company"]));
    assert!(!String::from_utf8_lossy(&events.bytes).contains("Analytical Engines"));
}

#[tokio::test]
async fn a_sign_in_waits_for_answers_where_the_application_says_so() {
    let server = Server::start().await;
    field(&server, "company", json!({})).await;
    server.user("ada@example.com").await;
    server.root().put("/v1/settings/sign-in", json!({ "complete_profile": true })).await.expect(200);
    let waiting = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(waiting.text("/state"), "profile_required");
    let flow = waiting.text("/flow/id");
    let answer = |answers: Value| server.anonymous().post(PROGRESS, json!({ "flow_id": flow, "answers": answers }));
    let open = answer(json!({})).await.expect(200);
    assert_eq!((asked(open.data()), &open.data()["sign_in"]), (vec!["company"], &Value::Null));
    let done = answer(json!({ "company": "Analytical Engines" })).await.expect(200);
    assert_eq!(done.text("/sign_in/state"), "complete");
    assert_eq!(server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200).text("/state"), "complete");
    answer(json!({})).await.expect(404);
}

#[tokio::test]
async fn a_sign_in_that_waits_for_something_else_may_not_answer() {
    let server = Server::start().await;
    field(&server, "company", json!({})).await;
    let ada = server.user("ada@example.com").await;
    ada.post(PROGRESS, json!({ "answers": { "company": "Analytical Engines" } })).await.expect(200);
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
    let waiting = server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(waiting.text("/state"), "mfa_enrolment_required");
    let body = json!({ "flow_id": waiting.text("/flow/id"), "answers": { "company": "Eve" } });
    let refused = server.anonymous().post(PROGRESS, body).await;
    assert!((400..500).contains(&refused.status), "{refused}");
    assert!(!String::from_utf8_lossy(&refused.bytes).contains("Analytical Engines"));
}
