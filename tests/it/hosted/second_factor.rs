//! Two steps on pages.

use serde_json::json;

use super::{Browser, known, signed_in};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";

/// A code by mail as a second factor, enrolled on the account's page.
async fn with_mail_factor(server: &Server) -> Vec<String> {
    let mut ada = signed_in(server, ADA).await;
    ada.open("/account/security").await;
    let token = ada.token();
    ada.post("/account/factors", &[("csrf".to_owned(), token), ("kind".to_owned(), "email".to_owned())]).await;
    let code = server.mailed_code(ADA).await;
    ada.submit("/account/factors/finish", &[("code", &code)]).await.shows("Save your recovery codes");
    // The notice goes out first, so that the next message is the next code.
    server.run_jobs().await;
    let codes = ada.page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    codes.collect()
}

async fn at_the_second_step(server: &Server) -> Browser {
    let mut ada = Browser::new(server);
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    ada.is_at("/sign-in/continue");
    ada
}

#[tokio::test]
async fn a_second_factor_is_enrolled_asked_for_and_proven() {
    let server = Server::start().await;
    let codes = with_mail_factor(&server).await;
    assert_eq!(codes.len(), 10);
    let mut ada = at_the_second_step(&server).await;
    assert!(ada.cookie("at").is_none(), "there is no session before the second step");
    ada.submit("/sign-in/factor/choose", &[]).await.shows("Enter the code that we have sent to");
    let code = server.mailed_code(ADA).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    ada.submit("/sign-in/factor", &[("code", wrong)]).await.shows("id=\"code-error\"");
    ada.submit("/sign-in/factor", &[("code", &code)]).await.is_at("/account");
}

#[tokio::test]
async fn a_recovery_code_opens_the_door_once() {
    let server = Server::start().await;
    let codes = with_mail_factor(&server).await;
    for expected in ["/account", "/sign-in/factor"] {
        let mut ada = at_the_second_step(&server).await;
        let factor = ada.page.split("name=\"factor\" value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
        let token = ada.token();
        ada.post("/sign-in/factor/choose", &[("csrf".to_owned(), token), ("factor".to_owned(), factor)]).await;
        ada.shows("Each works once.");
        ada.submit("/sign-in/factor", &[("code", &codes[0])]).await.is_at(expected);
    }
}

#[tokio::test]
async fn a_trusted_device_is_not_asked_again() {
    let server = Server::start().await;
    with_mail_factor(&server).await;
    let mut ada = at_the_second_step(&server).await;
    ada.submit("/sign-in/factor/choose", &[]).await.shows("name=\"trust\"");
    let code = server.mailed_code(ADA).await;
    ada.submit("/sign-in/factor", &[("code", &code), ("trust", "yes")]).await.is_at("/account");
    ada.submit("/sign-out", &[]).await;
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await.is_at("/account");
}

#[tokio::test]
async fn where_two_factors_are_required_the_first_sign_in_enrols_one() {
    let server = Server::start().await;
    known(&server, ADA).await;
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
    let mut ada = at_the_second_step(&server).await;
    ada.shows("Protect your account").shows("Authenticator app");
    let token = ada.token();
    ada.post("/sign-in/enrol", &[("csrf".to_owned(), token), ("kind".to_owned(), "totp".to_owned())]).await;
    ada.shows("data:image/").shows("Set up your authenticator app");
    assert!(ada.cookie("at").is_none());
    ada.submit("/sign-in/enrol/finish", &[("code", "000000")]).await.shows("data:image/").shows("id=\"code-error\"");
}

#[tokio::test]
async fn without_the_flows_cookie_the_second_step_begins_at_the_door() {
    let server = Server::start().await;
    with_mail_factor(&server).await;
    let mut ada = at_the_second_step(&server).await;
    ada.forget("fl");
    ada.open("/sign-in/continue").await.is_at("/sign-in");
}

#[tokio::test]
async fn a_dear_change_asks_for_the_second_factor_again_and_comes_back() {
    let server = Server::start().await;
    with_mail_factor(&server).await;
    let mut ada = at_the_second_step(&server).await;
    ada.submit("/sign-in/factor/choose", &[]).await;
    let code = server.mailed_code(ADA).await;
    ada.submit("/sign-in/factor", &[("code", &code)]).await.is_at("/account");
    server.turn_clock(std::time::Duration::from_hours(1));
    ada.open("/account/security").await;
    ada.submit("/account/recovery-codes", &[]).await.is_at("/sign-in/continue?return_to=%2Faccount%2Fsecurity");
    ada.submit("/sign-in/factor/choose", &[]).await;
    let code = server.mailed_code(ADA).await;
    ada.submit("/sign-in/factor", &[("code", &code)]).await.is_at("/account/security");
    ada.submit("/account/recovery-codes", &[]).await.shows("Save your recovery codes");
}
