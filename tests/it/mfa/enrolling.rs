use std::time::Duration;

use serde_json::json;

use super::factor::{App, code_to, enrol_app, mail_to, patient, set_mfa, texts, verified, with_app};
use crate::kit::claims_of;

#[tokio::test]
async fn an_app_gets_its_key_as_text_uri_and_picture_and_is_active_after_its_first_code() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let begun = ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp", "name": "my phone" })).await.expect(201);
    let secret = begun.text("/set_up/secret");
    let uri = begun.text("/set_up/otpauth_uri");
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(&format!("secret={secret}")), "{uri}");
    assert!(uri.contains(":ada%40example.com?") && uri.ends_with("&algorithm=SHA1&digits=6&period=30"), "{uri}");
    assert!(begun.text("/set_up/qr_code").starts_with("data:image/svg+xml;base64,"));
    assert_eq!(ada.get("/v1/auth/mfa/factors").await.expect(200).items().len(), 0, "it counts for nothing yet");

    let app = App::of(&server, &secret);
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    ada.post(&path, json!({ "code": app.wrong_code() })).await.refused(401, "totp_invalid");
    let activated = ada.post(&path, json!({ "code": app.code() })).await.expect(200);
    assert_eq!(activated.text("/factor/label"), "my phone");
    let codes = texts(&activated.data()["recovery_codes"]);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'), "{codes:?}");
    assert!(activated.data()["sign_in"].is_null());

    let factors = ada.get("/v1/auth/mfa/factors").await.expect(200);
    let kinds: Vec<_> = factors.items().iter().map(|factor| factor["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["totp", "recovery_code"]);
    assert_eq!(factors.items()[1]["remaining"], 10);
    ada.post(&path, json!({ "code": app.next() })).await.refused(403, "step_up_required");
}

#[tokio::test]
async fn neither_the_key_nor_a_recovery_code_lies_readable_in_the_store() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let begun = ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let secret = begun.text("/set_up/secret");
    let app = App::of(&server, &secret);
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    let activated = ada.post(path, json!({ "code": app.code() })).await.expect(200);
    let Some(bytes) = server.stored_bytes() else { return };
    let mut needles = texts(&activated.data()["recovery_codes"]);
    needles.extend(needles.clone().iter().map(|code| code.replace('-', "")));
    needles.push(secret);
    for needle in needles {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
    }
}

#[tokio::test]
async fn an_enrolment_that_is_not_finished_within_half_an_hour_is_over() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let begun = ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let app = App::of(&server, &begun.text("/set_up/secret"));
    server.turn_clock(Duration::from_mins(31));
    let ada = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    ada.post(path, json!({ "code": app.code() })).await.refused(409, "enrolment_expired");
}

#[tokio::test]
async fn beginning_again_gives_up_what_was_begun_before() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let first = ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let app = App::of(&server, &first.text("/set_up/secret"));
    ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let path = format!("/v1/auth/mfa/factors/{}/activate", first.id());
    ada.post(path, json!({ "code": app.code() })).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_stolen_session_of_one_factor_can_not_add_the_thiefs_own() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    assert_eq!(claims_of(&ada.access_token)["aal"], 2);
    // A session of before, with one factor; an enrolment that was begun in it before there was any factor.
    let eve = server.user("eve@example.com").await;
    let begun = eve.post("/v1/auth/mfa/factors", json!({ "kind": "email" })).await.expect(201);
    let code = code_to(&server, "eve@example.com").await;
    let other = server.sign_in_at(&server.anonymous(), "eve@example.com").await;
    enrol_app(&server, &other).await;
    for kind in ["totp", "email", "sms"] {
        let body = json!({ "kind": kind, "address": "+4915112345678" });
        eve.post("/v1/auth/mfa/factors", body.clone()).await.refused(403, "step_up_required");
        eve.post("/api/v1/me/factors", body.clone()).await.refused(403, "step_up_required");
        eve.post("/api/v1/auth/mfa/enrolments", body).await.refused(403, "step_up_required");
    }
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    eve.post(path, json!({ "code": code })).await.refused(403, "step_up_required");
    eve.poke("/v1/auth/mfa/recovery-codes").await.refused(403, "step_up_required");
    eve.poke("/api/v1/me/recovery-codes").await.refused(403, "step_up_required");

    // Two factors lately: yes. Two factors long ago: no.
    ada.post("/v1/auth/mfa/factors", json!({ "kind": "email" })).await.expect(201);
    server.turn_clock(Duration::from_secs(601));
    let refreshed = ada.post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token })).await.expect(200);
    let ada = server.anonymous().bearer(&refreshed.text("/access_token"));
    ada.post("/v1/auth/mfa/factors", json!({ "kind": "email" })).await.refused(403, "step_up_required");
}

#[tokio::test]
async fn a_mailbox_or_phone_is_proven_by_the_code_that_went_to_it() {
    let server = patient().await;
    for (kind, address, label) in
        [("email", "ada.second@example.com", "a•••@example.com"), ("sms", "+4915112345678", "•••• 78")]
    {
        let email = format!("{kind}@example.com");
        let ada = server.user(&email).await;
        let body = json!({ "kind": kind, "address": address });
        let begun = ada.post("/v1/auth/mfa/factors", body).await.expect(201);
        assert_eq!(begun.text("/label"), label);
        let code = code_to(&server, address).await;
        let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
        let wrong = if code == "000000" { "000001" } else { "000000" };
        ada.post(&path, json!({ "code": wrong })).await.refused(401, "invalid_code");
        let activated = ada.post(&path, json!({ "code": code })).await.expect(200);
        assert_eq!(activated.text("/factor/kind"), kind);
        ada.post(&path, json!({ "code": code })).await.refused(403, "step_up_required");
    }
}

#[tokio::test]
async fn five_wrong_codes_void_the_one_that_was_sent() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let begun = ada.post("/v1/auth/mfa/factors", json!({ "kind": "email" })).await.expect(201);
    let code = code_to(&server, "ada@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    for _ in 0..5 {
        ada.post(&path, json!({ "code": wrong })).await.refused(401, "invalid_code");
    }
    ada.post(&path, json!({ "code": code })).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn who_adds_a_factor_is_told_at_the_address_that_they_proved() {
    let server = patient().await;
    let ada = verified(&server, "ada@example.com").await;
    enrol_app(&server, &ada).await;
    assert_eq!(mail_to(&server, "ada@example.com").await, ["factor_added"]);
    // An address that nobody proved may be anybody's.
    let eve = server.user("eve@example.com").await;
    server.run_jobs().await;
    server.mailbox().clear();
    enrol_app(&server, &eve).await;
    assert_eq!(mail_to(&server, "eve@example.com").await, [""; 0]);
}

#[tokio::test]
async fn what_can_not_be_enrolled_is_refused() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    for (body, status, reason) in [
        (json!({ "kind": "recovery_code" }), 422, "factor_not_allowed"),
        (json!({ "kind": "sms" }), 422, "invalid_fields"),
        (json!({ "kind": "sms", "address": "0151 123" }), 422, "invalid_fields"),
        (json!({ "kind": "email", "address": "ada@example.com\r\nbcc: eve@example.com" }), 422, "invalid_fields"),
        (json!({ "kind": "email", "address": "ada@example.com,eve@example.com" }), 422, "invalid_fields"),
        (json!({ "kind": "totp", "name": "x".repeat(61) }), 422, "invalid_name"),
        (json!({ "kind": "totp", "name": "a\nb" }), 422, "invalid_name"),
        (json!({ "kind": "totp", "user_id": ada.id }), 400, "unknown_field"),
    ] {
        ada.post("/v1/auth/mfa/factors", body).await.refused(status, reason);
    }
    assert_eq!(ada.post("/v1/auth/mfa/factors", json!({ "kind": "carrier pigeon" })).await.status, 422);
    let nobody = server.anonymous();
    nobody.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.refused(401, "flow_required");
    nobody.get("/v1/auth/mfa/factors").await.refused(401, "flow_required");
    set_mfa(&server, json!({ "factors": ["email"] })).await;
    ada.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.refused(422, "factor_not_allowed");
}

#[tokio::test]
async fn a_person_has_at_most_ten_factors_and_each_address_once() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    for number in 1..10 {
        let address = format!("ada.{number}@example.com");
        let body = json!({ "kind": "email", "address": address });
        let begun = ada.post("/v1/auth/mfa/factors", body).await.expect(201);
        let code = code_to(&server, &address).await;
        let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
        ada.post(path, json!({ "code": code })).await.expect(200);
        if number == 1 {
            let again = json!({ "kind": "email", "address": "ada.1@example.com" });
            ada.post("/v1/auth/mfa/factors", again).await.refused(409, "factor_exists");
        }
    }
    let one_more = json!({ "kind": "email", "address": "ada.10@example.com" });
    ada.post("/v1/auth/mfa/factors", one_more).await.refused(409, "too_many_factors");
}

#[tokio::test]
async fn a_message_is_promised_only_where_one_can_be_sent() {
    let server =
        crate::kit::Server::start_with(crate::kit::Options { has_mailbox: false, ..crate::kit::Options::default() })
            .await;
    let ada = server.user("ada@example.com").await;
    for body in [json!({ "kind": "email" }), json!({ "kind": "sms", "address": "+4915112345678" })] {
        ada.post("/v1/auth/mfa/factors", body).await.refused(503, "sender_missing");
    }
    // Where nobody can be told, an app still works.
    enrol_app(&server, &ada).await;
}
