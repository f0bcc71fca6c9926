//! What the application asks before it lets anybody in.

use serde_json::json;

use super::{Browser, events, known};
use crate::{
    kit::{PASSWORD, Server},
    profile_fields::field,
};

const ADA: &str = "ada@example.com";

/// An application with a question of each kind, and somebody whose sign-in waits for the answers.
async fn waiting(server: &Server) -> Browser {
    let options = json!([{ "value": "s", "label": "Small" }, { "value": "l", "label": "<b>Large" }]);
    field(server, "company", json!({ "position": 1, "label": "Where do you work?" })).await;
    field(server, "people", json!({ "position": 2, "kind": { "type": "integer", "minimum": 1 } })).await;
    field(server, "size", json!({ "position": 3, "kind": { "type": "choice", "options": options } })).await;
    field(
        server,
        "tools",
        json!({ "position": 4, "required": false, "kind": { "type": "choices", "options": options } }),
    )
    .await;
    field(server, "news", json!({ "position": 5, "kind": { "type": "boolean" } })).await;
    field(server, "born", json!({ "position": 6, "required": false, "kind": { "type": "date" } })).await;
    let mut ada = known(server, ADA).await;
    server.root().put("/v1/settings/sign-in", json!({ "complete_profile": true })).await.expect(200);
    ada.open("/sign-in?return_to=%2Faccount%2Fsessions").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    ada.is_at("/sign-in/continue?return_to=%2Faccount%2Fsessions");
    ada
}

#[tokio::test]
async fn a_sign_in_goes_on_once_the_questions_are_answered() {
    let server = Server::start().await;
    let mut ada = waiting(&server).await;
    ada.shows("A few questions").shows("Where do you work?").shows("type=\"number\"").shows("type=\"date\"");
    ada.shows("<option value=\"s\">Small</option>").shows("&lt;b&gt;Large");
    assert!(ada.cookie("at").is_none());
    let answers = [
        ("answer.company", "Analytical Engines"),
        ("answer.people", "7"),
        ("answer.size", "l"),
        ("answer.tools.0", "yes"),
        ("answer.news", "no"),
        ("answer.born", ""),
    ];
    ada.submit("/sign-in/profile", &answers).await.is_at("/account/sessions");
    assert_eq!(events(&server, "profile.answered").await, 1);
    // Nobody is asked twice, whether they answered or declined.
    let mut again = Browser::new(&server);
    again.open("/sign-in").await;
    again
        .submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")])
        .await
        .is_at("/account");
}

#[tokio::test]
async fn what_does_not_fit_is_said_beside_its_question_and_what_was_typed_stays() {
    let server = Server::start().await;
    let mut ada = waiting(&server).await;
    let answers = [("answer.company", "Acme"), ("answer.people", "0"), ("answer.size", "s"), ("answer.tools.1", "yes")];
    ada.submit("/sign-in/profile", &answers)
        .await
        .shows("id=\"answer.people-error\"")
        .shows("id=\"answer.news-error\"");
    assert_eq!(ada.status, 422);
    ada.shows("value=\"Acme\"")
        .shows("<option value=\"s\" selected>")
        .shows("name=\"answer.tools.1\" value=\"yes\" checked");
    assert!(ada.cookie("at").is_none());
}

#[tokio::test]
async fn what_was_not_asked_can_not_be_answered() {
    let server = Server::start().await;
    let mut ada = waiting(&server).await;
    ada.submit("/sign-in/profile", &[("answer.is_admin", "yes")]).await;
    assert_eq!(ada.status, 400);
    ada.forget("fl");
    ada.open("/sign-in/continue").await.is_at("/sign-in");
}
