use serde_json::{Value, json};

use super::sample_senders;
use crate::kit::Server;

#[tokio::test]
async fn secrets_go_in_and_never_come_out() {
    let server = Server::start().await;
    let none = server.root().get("/v1/settings/messaging").await.expect(200);
    assert_eq!(none.data(), &json!({ "email": null, "sms": null }));
    let set = server.root().put("/v1/settings/messaging", sample_senders()).await.expect(200);
    let got = server.root().get("/v1/settings/messaging").await.expect(200);
    assert_eq!(set.data(), got.data());
    assert_eq!(
        (got.data()["email"]["has_password"].clone(), got.data()["sms"]["has_auth_token"].clone()),
        (json!(true), json!(true))
    );
    server.run_jobs().await;
    let events = server.root().get("/v1/audit/events").await.expect(200);
    for text in [set.to_string(), got.to_string(), events.to_string()] {
        assert!(!text.contains("hunter2-sample") && !text.contains("token-sample"), "{text}");
    }
    if let Some(bytes) = server.stored_bytes() {
        for secret in ["hunter2-sample", "token-sample"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} lies open");
        }
    }
}

#[tokio::test]
async fn a_secret_that_is_left_out_stays_with_its_server_and_account_only() {
    let server = Server::start().await;
    server.root().put("/v1/settings/messaging", sample_senders()).await.expect(200);
    let without = |change: &dyn Fn(&mut Value)| {
        let mut senders = sample_senders();
        senders["email"].as_object_mut().unwrap().remove("password");
        senders["sms"].as_object_mut().unwrap().remove("auth_token");
        change(&mut senders);
        senders
    };
    let renamed = without(&|senders| senders["email"]["from_name"] = json!("Acme Shop"));
    let reply = server.root().put("/v1/settings/messaging", renamed).await.expect(200);
    assert_eq!(reply.data()["email"]["has_password"], true);
    for (pointer, value, field) in [
        ("/email/host", json!("smtp.evil.example"), "email.password required"),
        ("/email/port", json!(2_525), "email.password required"),
        ("/email/security", json!("none"), "email.password required"),
        ("/email/username", json!("other"), "email.password required"),
        ("/sms/account_sid", json!("AC999"), "sms.auth_token required"),
        ("/sms/base_url", json!("https://evil.example"), "sms.auth_token required"),
    ] {
        let moved = without(&|senders| {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            senders.pointer_mut(parent).unwrap()[name] = value.clone();
        });
        let reply = server.root().put("/v1/settings/messaging", moved).await.refused(422, "invalid_fields");
        assert_eq!(reply.fields(), [field], "{pointer}");
    }
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_and_changes_nothing() {
    let server = Server::start().await;
    server.root().put("/v1/settings/messaging", sample_senders()).await.expect(200);
    let got = server.root().get("/v1/settings/messaging").await.expect(200);
    let again = server.root().put("/v1/settings/messaging", got.data().clone()).await.expect(200);
    assert_eq!((again.data(), again.header("etag")), (got.data(), got.header("etag")));
    let removed = server.root().put("/v1/settings/messaging", json!({})).await.expect(200);
    assert_eq!(removed.data(), &json!({ "email": null, "sms": null }));
    server
        .root()
        .put("/v1/settings/messaging", sample_senders())
        .if_match(got.header("etag"))
        .await
        .refused(412, "version_mismatch");
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let server = Server::start().await;
    for (senders, fields) in [
        (
            json!({ "email": { "provider": "smtp", "from_address": "a@b.example\r\nBcc: c@d.example", "from_name": "A\nB" } }),
            vec!["email.from_address invalid", "email.from_name invalid", "email.host invalid"],
        ),
        (
            json!({ "email": { "provider": "smtp", "from_address": "a@b.example", "host": "user@host", "username": "u" } }),
            vec!["email.host invalid", "email.password required"],
        ),
        (
            json!({ "email": { "provider": "resend", "from_address": "Acme <a@b.example>", "host": "x", "api_key": "" } }),
            vec!["email.from_address invalid", "email.host superfluous", "email.api_key invalid"],
        ),
        (
            json!({ "email": { "provider": "sendgrid", "from_address": "a@b.example", "api_key": "k", "endpoint": "https://10.0.0.1/" } }),
            vec!["email.endpoint invalid"],
        ),
        (
            json!({ "sms": { "provider": "twilio", "account_sid": "../x", "auth_token": "t", "from": "<b>", "base_url": "ftp://a.example" } }),
            vec!["sms.account_sid invalid", "sms.from invalid", "sms.base_url invalid"],
        ),
    ] {
        let reply = server.root().put("/v1/settings/messaging", senders).await.refused(422, "invalid_fields");
        assert_eq!(reply.fields(), fields, "{reply}");
    }
    server.root().put("/v1/settings/messaging", json!({ "emial": null })).await.expect(400);
}

#[tokio::test]
async fn a_test_message_has_one_recipient() {
    let server = Server::start().await;
    for (channel, to) in [
        ("email", "ada"),
        ("email", "a@b.example, c@d.example"),
        ("email", "Ada <a@b.example>"),
        ("sms", "0151"),
        ("sms", "+49 151"),
    ] {
        let body = json!({ "channel": channel, "to": to });
        let reply = server.root().post("/v1/settings/messaging/test", body).await.refused(422, "invalid_fields");
        assert_eq!(reply.fields(), ["to invalid"]);
    }
    let body = json!({ "channel": "email", "to": "ada@example.com", "locale": "de" });
    server.root().post("/v1/settings/messaging/test", body).await.expect(200);
    let letters = server.mailbox().to("ada@example.com");
    assert!(letters[0].subject.as_deref().unwrap().starts_with("Testnachricht"), "{letters:?}");
}
