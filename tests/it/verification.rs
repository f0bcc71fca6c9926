//! That an address is the person's own, and guests who become somebody.

use serde_json::{Value, json};

use crate::{
    kit::{PASSWORD, Server},
    mfa::with_app,
};

#[tokio::test]
async fn signing_up_sends_a_link_that_proves_the_mailbox() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    assert_eq!(ada.get("/v1/auth/me").await.data()["user"]["email_verified"], false);
    let token = server.mailed_token("ada@example.com").await;
    let anyone = server.anonymous();
    let body = json!({ "token": token });
    let confirmed = anyone.post("/v1/auth/verifications/confirm", body.clone()).await.expect(200);
    assert_eq!(confirmed.data()["state"], "verified");
    assert_eq!(ada.get("/v1/auth/me").await.data()["user"]["email_verified"], true);
    anyone.post("/v1/auth/verifications/confirm", body).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_second_sign_up_with_the_address_sends_one_message_too() {
    let server = Server::start().await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    assert_eq!(server.letter("ada@example.com").await.template, "verify_email");
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    let letters = server.letters("ada@example.com").await;
    assert_eq!((letters.len(), letters[1].template), (2, "account_exists"));
}

#[tokio::test]
async fn a_code_proves_a_phone() {
    let server = Server::start().await;
    let body = json!({ "phone": "+4915123456789", "password": PASSWORD });
    server.anonymous().post("/v1/auth/sign-up", body.clone()).await.expect(202);
    let token = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200).text("/access_token");
    let ada = server.anonymous().bearer(&token);
    let sent = ada.post("/v1/auth/verifications", json!({ "phone": "+4915123456789" })).await.expect(202);
    let code = server.mailed_code("+4915123456789").await;
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code });
    server.anonymous().post("/v1/auth/verifications/confirm", proof).await.expect(200);
    assert_eq!(ada.get("/v1/auth/me").await.data()["user"]["phone_verified"], true);
}

#[tokio::test]
async fn where_it_is_required_signing_in_waits_for_it() {
    let server = Server::start().await;
    server.root().put("/v1/settings/sign-in", json!({ "email_verification": "required" })).await.expect(200);
    let anyone = server.anonymous();
    anyone.sign_up("ada@example.com").await.expect(202);
    let pending = anyone.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(pending.data()["state"], "verification_required");
    let flow = pending.text("/flow/id");
    let sent = anyone.post("/v1/auth/verifications", json!({ "flow_id": flow })).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code, "flow_id": flow });
    let done = anyone.post("/v1/auth/verifications/confirm", proof).await.expect(200);
    assert_eq!(done.data()["sign_in"]["state"], "complete");
    anyone.sign_in("ada@example.com", PASSWORD).await.expect(200).text("/access_token");
}

#[tokio::test]
async fn where_phones_are_required_too_signing_in_waits_for_each() {
    let server = Server::start().await;
    let root = server.root();
    let required = json!({ "email_verification": "required", "phone_verification": "required" });
    root.put("/v1/settings/sign-in", required).await.expect(200);
    let person = json!({ "primary_email": "ada@example.com", "primary_phone": "+4915123456789", "password": PASSWORD });
    root.post("/v1/users", person).await.expect(201);
    let anyone = server.anonymous();
    let flow = anyone.sign_in("ada@example.com", PASSWORD).await.expect(200).text("/flow/id");
    for (address, then) in [("ada@example.com", "verification_required"), ("+4915123456789", "complete")] {
        let on_data_plane = json!({ "email": "ada@example.com", "password": PASSWORD });
        let reason = if address.contains('@') { "email_unverified" } else { "phone_unverified" };
        let refused = anyone.post("/api/v1/auth/login", on_data_plane).await.refused(403, reason);
        let on_data_plane = refused.json["details"]["flow_id"].clone();

        let sent = anyone.post("/v1/auth/verifications", json!({ "flow_id": flow })).await.expect(202);
        let code = server.mailed_code(address).await;
        let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code, "flow_id": flow });
        let done = anyone.post("/v1/auth/verifications/confirm", proof).await.expect(200);
        assert_eq!(done.data()["sign_in"]["state"], then, "{address}");
        if then == "complete" {
            // What was proven meanwhile is not asked for again.
            let begin = json!({ "flow_id": on_data_plane });
            anyone.post("/api/v1/auth/verification/begin", begin).await.refused(409, "step_not_open");
        }
    }
    anyone.sign_in("ada@example.com", PASSWORD).await.expect(200).text("/access_token");
}

#[tokio::test]
async fn a_phone_that_is_proven_by_signing_in_does_not_prove_the_mailbox() {
    let server = Server::start().await;
    let root = server.root();
    let settings = json!({ "email_verification": "required", "methods": ["password", "sms_code"] });
    root.put("/v1/settings/sign-in", settings).await.expect(200);
    let person = json!({ "primary_email": "ada@example.com", "primary_phone": "+4915123456789" });
    root.post("/v1/users", person).await.expect(201);
    let anyone = server.anonymous();
    let sent = anyone.post("/v1/auth/otp", json!({ "phone": "+4915123456789" })).await.expect(202);
    let code = server.mailed_code("+4915123456789").await;
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code });
    let pending = anyone.post("/v1/auth/otp/verify", proof).await.expect(200);
    assert_eq!(pending.data()["state"], "verification_required");
}

#[tokio::test]
async fn asking_for_an_address_that_nobody_has_tells_nothing() {
    let server = Server::start().await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    server.run_jobs().await;
    server.mailbox().clear();
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let sent = server.anonymous().post("/v1/auth/verifications", json!({ "email": email })).await.expect(202);
        let (status, _, mut body) = sent.comparable();
        body["data"]["challenge_id"] = Value::Null;
        body["data"]["expires_at"] = Value::Null;
        answers.push((status, body));
        assert_eq!(server.letters(email).await.len(), 1, "{email}");
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn nobody_marks_their_own_address_proven() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    for body in [json!({ "email_verified": true }), json!({ "email": "other@example.com" })] {
        let refused = ada.patch("/api/v1/me/profile", body).await;
        assert_eq!(refused.status, 400, "{refused}");
    }
}

#[tokio::test]
async fn a_changed_email_address_counts_once_its_mailbox_is_proven() {
    let server = Server::start().await;
    let weak = server.user("weak@example.com").await;
    let body = json!({ "email": "countess@example.com" });
    weak.post("/api/v1/me/email/change", body.clone()).await.refused(403, "step_up_required");

    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let pending = ada.post("/api/v1/me/email/change", body).await.expect(202);
    assert!(pending.text("/pending_change_id").starts_with("pec_"));
    assert_eq!(ada.get("/v1/auth/me").await.data()["user"]["primary_email"], "ada@example.com");
    let token = server.mailed_token("countess@example.com").await;
    assert_eq!(server.letter("ada@example.com").await.template, "email_change_notice");
    let proof = json!({ "token": token });
    let changed = server.anonymous().post("/api/v1/me/email/confirm", proof.clone()).await.expect(200);
    assert_eq!(
        (changed.text("/email").as_str(), &changed.data()["email_verified"]),
        ("countess@example.com", &json!(true))
    );
    server.anonymous().post("/api/v1/me/email/confirm", proof).await.refused(401, "invalid_token");
    server.anonymous().sign_in("countess@example.com", PASSWORD).await.expect(200);
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_change_of_address_ends_with_the_session_that_asked_when_somebody_else_ends_it() {
    let server = Server::start().await;
    let root = server.root();
    for (ended_by, counts) in [
        ("sign-out", true),
        ("revocation", false),
        ("a state", false),
        ("a new password", false),
        ("a reset of factors", false),
        ("whoever has the mailbox", false),
    ] {
        let name = ended_by.replace(' ', "-");
        let (old, new) = (format!("{name}@example.com"), format!("{name}@example.net"));
        let person = with_app(&server, &server.anonymous(), &old).await;
        person.post("/api/v1/me/email/change", json!({ "email": new })).await.expect(202);
        let proof = json!({ "token": server.mailed_token(&new).await });
        let user = format!("/v1/users/{}", person.id);
        match ended_by {
            "sign-out" => person.post("/v1/auth/sign-out", json!({})).await.expect(200),
            "revocation" => root.delete(format!("/v1/sessions/{}", person.session_id)).await.expect(200),
            "a state" => {
                root.post(format!("{user}/disable"), json!({})).await.expect(200);
                root.post(format!("{user}/enable"), json!({})).await.expect(200)
            }
            "a new password" => {
                let body = json!({ "password": "an entirely different phrase", "end_sessions": true });
                root.post(format!("{user}/password"), body).await.expect(200)
            }
            "a reset of factors" => {
                root.post(format!("/api/v1/users/{}/reset-mfa", person.id), json!({})).await.expect(204)
            }
            _ => {
                let anyone = server.anonymous();
                anyone.post("/v1/auth/password/forgot", json!({ "email": old })).await.expect(202);
                let token = server.mailed_token(&old).await;
                let body = json!({ "token": token, "new_password": "an entirely different phrase" });
                anyone.post("/v1/auth/password/reset", body).await.expect(200)
            }
        };
        let confirmed = server.anonymous().post("/api/v1/me/email/confirm", proof).await;
        if counts {
            confirmed.expect(200);
        } else {
            confirmed.refused(401, "invalid_token");
            assert_eq!(root.get(&user).await.expect(200).text("/primary_email"), old, "{ended_by}");
        }
    }
}

#[tokio::test]
async fn somebody_else_s_address_is_refused_to_who_proves_the_mailbox_and_told_to_nobody_else() {
    let server = Server::start().await;
    server.user("taken@example.com").await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    ada.post("/api/v1/me/email/change", json!({ "email": "taken@example.com" })).await.expect(202);
    let proof = json!({ "token": server.mailed_token("taken@example.com").await });
    server.anonymous().post("/api/v1/me/email/confirm", proof).await.refused(409, "email_taken");
}
