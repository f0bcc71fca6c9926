//! What a sign-in screen is told.

use serde_json::{Value, json};

use crate::{
    kit::{Options, Server},
    messaging::sample_senders,
    profile_fields::field,
};

const PATH: &str = "/v1/auth/config";

async fn told(server: &Server) -> Value {
    server.anonymous().get(PATH).await.expect(200).data().clone()
}

async fn switch_on(server: &Server, methods: &[&str]) {
    server.root().put("/v1/settings/sign-in", json!({ "methods": methods })).await.expect(200);
}

/// Messages need a sender, as in production.
async fn production() -> Server {
    Server::start_with(Options { has_mailbox: false, ..Options::default() }).await
}

#[tokio::test]
async fn the_configuration_tells_a_sign_in_screen_what_it_needs() {
    let server = Server::start().await;
    let config = told(&server).await;
    assert_eq!(config["application_id"], server.application_id());
    assert_eq!(config["sign_up"], "open");
    assert_eq!(config["methods"], json!(["password", "passkey", "magic_link", "email_code"]));
    assert_eq!(config["identifiers"], json!(["email", "phone", "username"]));
    assert_eq!(config["mfa"]["policy"], "optional");
    assert!(config["password"]["min_length"].as_u64().unwrap() >= 8);
    assert_eq!(config["profile_fields"], json!([]));
}

#[tokio::test]
async fn what_needs_a_sender_is_offered_once_there_is_one() {
    let server = production().await;
    switch_on(&server, &["sms_code", "magic_link", "passkey", "email_code", "password"]).await;
    assert_eq!(told(&server).await["methods"], json!(["passkey", "password"]));
    let mut senders = sample_senders();
    let sms = senders.as_object_mut().unwrap().remove("sms").unwrap();
    server.root().put("/v1/settings/messaging", senders).await.expect(200);
    assert_eq!(told(&server).await["methods"], json!(["magic_link", "passkey", "email_code", "password"]));
    server.root().put("/v1/settings/messaging", json!({ "sms": sms })).await.expect(200);
    assert_eq!(told(&server).await["methods"], json!(["sms_code", "passkey", "password"]));
}

#[tokio::test]
async fn in_development_the_mailbox_is_sender_enough() {
    let server = Server::start().await;
    let all = ["sms_code", "magic_link", "email_code", "password"];
    switch_on(&server, &all).await;
    assert_eq!(told(&server).await["methods"], json!(all));
}

#[tokio::test]
async fn providers_are_offered_once_one_is_set_up_and_while_they_are_switched_on() {
    let server = Server::start().await;
    switch_on(&server, &["social", "password"]).await;
    let config = told(&server).await;
    assert_eq!((&config["methods"], &config["providers"]), (&json!(["password"]), &json!([])));
    let github = json!({ "client_id": "c", "client_secret": "s" });
    server.root().put("/v1/settings/providers/github", github).await.expect(200);
    let config = told(&server).await;
    assert_eq!(config["methods"], json!(["social", "password"]));
    assert_eq!(config["providers"], json!([{ "provider": "github", "name": "GitHub" }]));
    switch_on(&server, &["password"]).await;
    let config = told(&server).await;
    assert_eq!((&config["methods"], &config["providers"]), (&json!(["password"]), &json!([])));
}

#[tokio::test]
async fn a_screen_learns_the_profile_fields_of_a_sign_up_in_their_order_and_no_others() {
    let server = Server::start().await;
    let options = json!([{ "value": "s", "label": "Small" }, { "value": "l", "label": "Large" }]);
    let size = json!({
        "label": "Size", "help": "People, not desks", "position": 2, "required": false,
        "kind": { "type": "choice", "options": options },
    });
    field(&server, "size", size).await;
    field(&server, "company", json!({ "label": "Company", "position": 1 })).await;
    field(&server, "later", json!({ "ask": { "when": "sign_in", "number": 2 } })).await;
    field(&server, "shoe", json!({ "ask": { "when": "on_demand" } })).await;
    let gone = field(&server, "gone", json!({})).await;
    server.root().delete(format!("/v1/profile-fields/{gone}")).await.expect(200);
    // All that is told of a field: neither its id, nor when it was made, nor by which rule it is asked.
    let told_of = json!([
        {
            "name": "company", "label": "Company", "help": null, "required": true,
            "kind": { "type": "text", "min_length": 1, "max_length": 200, "format": "any" },
        },
        {
            "name": "size", "label": "Size", "help": "People, not desks", "required": false,
            "kind": { "type": "choice", "options": options },
        },
    ]);
    assert_eq!(told(&server).await["profile_fields"], told_of);
    let ada = server.user("ada@example.com").await;
    let asked = ada.post("/v1/profile/progress", json!({})).await.expect(200);
    let asked: Vec<&Value> = asked.data()["next"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(asked, ["company", "size"], "and that is what somebody new is asked");
}

#[tokio::test]
async fn profile_fields_are_the_applications_own_and_twenty_at_most() {
    let server = Server::start().await;
    for number in 0..21 {
        field(&server, &format!("field_{number}"), json!({ "position": number })).await;
    }
    let fields = told(&server).await["profile_fields"].clone();
    assert_eq!((fields.as_array().unwrap().len(), &fields[19]["name"]), (20, &json!("field_19")));
    let other = server.other_tenant("Acme").await;
    let config = server.anonymous().at_application(&other.id).get(PATH).await.expect(200);
    assert_eq!(config.data()["profile_fields"], json!([]));
}
