//! A password that was forgotten, or must give way to another.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    kit::{PASSWORD, Server},
    mfa::with_app,
};

const NEW: &str = "an entirely different phrase";

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_all_sessions() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    let body = json!({ "token": token, "new_password": NEW });
    let reset = anyone.post("/v1/auth/password/reset", body.clone()).await.expect(200);
    assert_eq!(reset.data()["state"], "complete");
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    anyone.sign_in("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    anyone.sign_in("ada@example.com", NEW).await.expect(200);
    anyone.post("/v1/auth/password/reset", body).await.refused(401, "invalid_token");
    assert_eq!(server.letter("ada@example.com").await.template, "password_changed");
}

#[tokio::test]
async fn the_answer_and_the_number_of_messages_tell_nothing_about_accounts() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    server.run_jobs().await;
    server.mailbox().clear();
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let sent = server.anonymous().post("/v1/auth/password/forgot", json!({ "email": email })).await.expect(202);
        let (status, _, mut body) = sent.comparable();
        body["data"]["challenge_id"] = Value::Null;
        body["data"]["expires_at"] = Value::Null;
        answers.push((status, body));
        assert_eq!(server.letters(email).await.len(), 1, "{email}");
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(server.letter("nobody@example.com").await.template, "no_account");
}

#[tokio::test]
async fn a_bad_password_does_not_use_the_link_up() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    let weak = json!({ "token": token, "new_password": "short" });
    anyone.post("/v1/auth/password/reset", weak).await.refused(422, "password_refused");
    anyone.post("/v1/auth/password/reset", json!({ "token": token, "new_password": NEW })).await.expect(200);
}

#[tokio::test]
async fn a_link_dies_of_age_and_of_another_password() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let anyone = server.anonymous();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        anyone.post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
        tokens.push(server.mailed_token("ada@example.com").await);
    }
    anyone.post("/v1/auth/password/reset", json!({ "token": tokens[1], "new_password": NEW })).await.expect(200);
    let other = json!({ "token": tokens[0], "new_password": "yet another long phrase" });
    anyone.post("/v1/auth/password/reset", other).await.refused(401, "invalid_token");

    anyone.post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    server.turn_clock(Duration::from_hours(1));
    let late = json!({ "token": token, "new_password": NEW });
    anyone.post("/v1/auth/password/reset", late).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn tokens_of_other_kinds_reset_nothing() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let verification = server.mailed_token("ada@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/v1/auth/magic-links", json!({ "email": "ada@example.com" })).await.expect(202);
    let magic = server.mailed_token("ada@example.com").await;
    for token in [verification, magic] {
        let body = json!({ "token": token, "new_password": NEW });
        anyone.post("/v1/auth/password/reset", body).await.refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_password_that_must_give_way_is_replaced_within_the_sign_in() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let body = json!({ "must_change": true });
    server.root().post(format!("/v1/users/{}/password", ada.id), body).await.expect(200);
    let anyone = server.anonymous();
    let pending = anyone.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(pending.data()["state"], "password_reset_required");
    assert!(pending.data().get("access_token").is_none());
    let body = json!({ "flow_id": pending.text("/flow/id"), "new_password": NEW });
    let done = anyone.post("/v1/auth/password/reset", body.clone()).await.expect(200);
    assert_eq!(done.data()["state"], "complete");
    anyone.post("/v1/auth/password/reset", body).await.refused(404, "flow_not_found");
    anyone.sign_in("ada@example.com", NEW).await.expect(200);
}

#[tokio::test]
async fn the_data_plane_has_the_same_door() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/api/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    let body = json!({ "token": token, "new_password": NEW });
    assert_eq!(anyone.post("/api/v1/auth/password/reset", body).await.expect(200).data()["state"], "success");
}

#[tokio::test]
async fn a_reset_is_no_way_around_the_second_factor() {
    let server = Server::start().await;
    // The mailbox was never proven: neither then.
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let anyone = server.anonymous();
    anyone.post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    let reset =
        anyone.post("/v1/auth/password/reset", json!({ "token": token, "new_password": NEW })).await.expect(200);
    assert_eq!(reset.data()["state"], "mfa_required");
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    let begun = anyone.post("/v1/auth/otp", json!({ "email": "ada@example.com" })).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": code });
    let signed_in = anyone.post("/v1/auth/otp/verify", body).await.expect(200);
    assert_eq!(signed_in.data()["state"], "mfa_required");
}
