//! Guests who come back from a provider.

use serde_json::{Value, json};

use super::stage::{Stage, VERIFIER};
use crate::kit::{Client, Reply};

async fn open() -> Stage {
    let stage = Stage::open().await;
    let settings = json!({ "anonymous": true, "methods": ["password", "social"] });
    stage.server.root().put("/v1/settings/sign-in", settings).await.expect(200);
    stage
}

async fn guest(stage: &Stage) -> (Client, String) {
    let begun = stage.server.anonymous().poke("/v1/auth/anonymous").await.expect(200);
    (stage.server.anonymous().bearer(&begun.text("/access_token")), begun.text("/user/id"))
}

async fn exchange(client: &Client, stage: &Stage) -> Reply {
    let body = json!({ "code": stage.arrive().await["code"], "code_verifier": VERIFIER });
    client.post("/v1/auth/handoff", body).await
}

async fn is_anonymous(stage: &Stage, id: &str) -> Value {
    stage.server.root().get(format!("/v1/users/{id}")).await.expect(200).data()["is_anonymous"].clone()
}

#[tokio::test]
async fn a_guest_becomes_whom_the_provider_proves_and_keeps_their_id() {
    let stage = open().await;
    let (client, id) = guest(&stage).await;
    let signed_in = exchange(&client, &stage).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), id);
    assert_eq!(signed_in.text("/user/primary_email"), "ada@example.com");
    assert_eq!(signed_in.data()["user"]["email_verified"], true);
    assert_eq!(signed_in.text("/user/name"), "Ada Lovelace");
    assert_eq!(is_anonymous(&stage, &id).await, false);
    assert_eq!((stage.count_users().await, stage.identities(&id).await.len()), (1, 1));
    client.get("/v1/auth/me").await.refused(401, "session_revoked");
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), id, "the next time it is the same person");
}

#[tokio::test]
async fn a_guest_without_an_address_is_known_by_the_provider_alone() {
    let stage = open().await;
    stage.without_address("upstream-1", Value::Null);
    let (client, id) = guest(&stage).await;
    assert_eq!(exchange(&client, &stage).await.expect(200).text("/user/id"), id);
    assert_eq!(is_anonymous(&stage, &id).await, false);
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), id);
}

#[tokio::test]
async fn what_a_guest_has_said_of_themselves_stays() {
    let stage = open().await;
    let (client, id) = guest(&stage).await;
    let said = json!({ "name": "The Enchantress of Numbers" });
    stage.server.root().patch(format!("/v1/users/{id}"), said).await.expect(200);
    assert_eq!(exchange(&client, &stage).await.expect(200).text("/user/name"), "The Enchantress of Numbers");
}

#[tokio::test]
async fn an_account_that_is_somebodys_signs_in_as_that_one_and_leaves_the_guest() {
    let stage = open().await;
    let ada = stage.sign_in().await.expect(200).text("/user/id");
    let (client, id) = guest(&stage).await;
    assert_eq!(exchange(&client, &stage).await.expect(200).text("/user/id"), ada);
    assert_eq!(is_anonymous(&stage, &id).await, true);
    client.get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_proven_address_that_is_somebodys_does_so_too() {
    let stage = open().await;
    let ada = stage.server.user("ada@example.com").await;
    let (client, id) = guest(&stage).await;
    assert_eq!(exchange(&client, &stage).await.expect(200).text("/user/id"), ada.id);
    assert_eq!(is_anonymous(&stage, &id).await, true);
}

#[tokio::test]
async fn nobody_begins_before_the_exchange() {
    let stage = open().await;
    let (client, id) = guest(&stage).await;
    let back = stage.arrive().await;
    assert_eq!(stage.count_users().await, 1, "the guest");
    // Who has become known in between is that one, whatever the callback has found.
    let ada = stage.sign_in().await.expect(200).text("/user/id");
    let body = json!({ "code": back["code"], "code_verifier": VERIFIER });
    assert_eq!(client.post("/v1/auth/handoff", body).await.expect(200).text("/user/id"), ada);
    assert_eq!(is_anonymous(&stage, &id).await, true);
}

#[tokio::test]
async fn what_the_application_takes_nobody_by_is_asked_again_at_the_exchange() {
    let stage = open().await;
    let (client, id) = guest(&stage).await;
    let back = stage.arrive().await;
    stage.server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "invite_only" } })).await.expect(200);
    let body = json!({ "code": back["code"], "code_verifier": VERIFIER });
    client.post("/v1/auth/handoff", body.clone()).await.refused(403, "sign_up_closed");
    client.post("/v1/auth/handoff", body).await.refused(401, "invalid_grant");
    assert_eq!(is_anonymous(&stage, &id).await, true);
}
