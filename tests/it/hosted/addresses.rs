//! One's own addresses: proving them, and where codes go.

use serde_json::json;

use super::{Browser, events, signed_in};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";
const PHONE: &str = "+447700900123";

/// Somebody with an address and a number, neither of them proven.
async fn unproven(server: &Server) -> Browser {
    let body = json!({ "primary_email": ADA, "primary_phone": PHONE, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    let mut ada = Browser::new(server);
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await.is_at("/account");
    ada
}

#[tokio::test]
async fn an_address_is_proven_by_a_link_that_can_be_sent_again() {
    let server = Server::start().await;
    let mut ada = unproven(&server).await;
    ada.submit("/account/email/verify", &[]).await.shows("Look into your mail").shows(ADA);
    let first = server.mailed_token(ADA).await;
    ada.submit("/account/email/verify", &[]).await.shows("Look into your mail");
    let second = server.mailed_token(ADA).await;
    assert_ne!(first, second);
    ada.open(&format!("/verify?token={second}")).await;
    ada.submit("/verify", &[]).await.shows("Your address is confirmed.");
    ada.open("/account").await;
    assert!(!ada.page.contains("/account/email/verify"));
}

#[tokio::test]
async fn a_number_is_proven_by_a_code() {
    let server = Server::start().await;
    let mut ada = unproven(&server).await;
    ada.submit("/account/phone/verify", &[]).await.shows("Confirm your address").shows(PHONE);
    let code = server.mailed_code(PHONE).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    ada.submit("/account/phone", &[("code", wrong)]).await.shows("id=\"code-error\"");
    ada.submit("/account/phone", &[("code", &code)]).await.is_at("/account?done=saved");
    assert!(!ada.page.contains("/account/phone/verify"));
}

#[tokio::test]
async fn a_number_that_a_sign_in_waits_for_gets_a_text_message_and_the_page_says_so() {
    let server = Server::start().await;
    server.root().put("/v1/settings/sign-in", json!({ "phone_verification": "required" })).await.expect(200);
    let body = json!({ "primary_email": ADA, "email_verified": true, "primary_phone": PHONE, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    let mut ada = Browser::new(&server);
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    ada.is_at("/sign-in/continue").shows("•••• 23");
    ada.submit("/sign-in/verification/send", &[]).await.shows("we have sent to •••• 23");
    let code = server.mailed_code(PHONE).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(!ada.page.contains("spam folder"));
    ada.submit("/sign-in/verification", &[("code", wrong)]).await.shows("id=\"code-error\"").shows("•••• 23");
    assert!(!ada.page.contains("spam folder"));
    ada.submit("/sign-in/verification", &[("code", &code)]).await.is_at("/account");
}

#[tokio::test]
async fn codes_by_text_message_go_to_a_number_that_is_asked_for() {
    let server = Server::start().await;
    server.root().put("/v1/settings/mfa", json!({ "factors": ["totp", "sms", "recovery_code"] })).await.expect(200);
    let mut ada = signed_in(&server, ADA).await;
    ada.open("/account/security").await.shows("Add text messages");
    let token = ada.token();
    ada.post("/account/factors", &[("csrf".to_owned(), token), ("kind".to_owned(), "sms".to_owned())]).await;
    ada.shows("Which number do the codes go to?");
    ada.submit("/account/factors", &[("address", "12")]).await.shows("id=\"address-error\"").shows("value=\"12\"");
    ada.submit("/account/factors", &[("address", PHONE)]).await.shows("name=\"code\"");
    let code = server.mailed_code(PHONE).await;
    ada.submit("/account/factors/finish", &[("code", &code)]).await.shows("Save your recovery codes");
}

#[tokio::test]
async fn who_has_one_factor_adds_another_before_the_address_changes() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    ada.submit("/account/email", &[("new_email", "not an address")]).await.shows("id=\"new_email-error\"");
    ada.submit("/account/email", &[("new_email", "ada@new.example.com")]).await.shows("Protect your account");
    ada.is_at("/sign-in/continue?return_to=%2Faccount");
    assert_eq!(events(&server, "user.email_change_requested").await, 0);
}
