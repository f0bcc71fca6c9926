//! Links and codes of messages.

use super::{Browser, events, known};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";

async fn asked_for_link(server: &Server) -> Browser {
    let mut ada = known(server, ADA).await;
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("how", "link")]).await.shows("Look into your mail");
    ada
}

#[tokio::test]
async fn a_link_shows_a_page_and_the_button_signs_in_once() {
    let server = Server::start().await;
    let mut ada = asked_for_link(&server).await;
    let token = server.mailed_token(ADA).await;
    for _ in 0..3 {
        ada.open(&format!("/magic-link?token={token}")).await.shows("Ready to sign in");
    }
    assert_eq!(events(&server, "user.signed_in").await, 0);
    ada.submit("/magic-link", &[]).await.is_at("/account");
    let mut again = Browser::new(&server);
    again.open(&format!("/magic-link?token={token}")).await;
    again.submit("/magic-link", &[]).await.shows("This link does not work any more");
}

#[tokio::test]
async fn a_link_leads_where_the_person_was_going() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ada.open("/sign-in?return_to=%2Faccount%2Fsessions").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("how", "link")]).await;
    ada.open(&format!("/magic-link?token={}", server.mailed_token(ADA).await)).await;
    ada.submit("/magic-link", &[]).await.is_at("/account/sessions");
}

#[tokio::test]
async fn a_link_opened_in_another_browser_signs_nobody_in() {
    let server = Server::start().await;
    asked_for_link(&server).await;
    let token = server.mailed_token(ADA).await;
    let mut eve = Browser::new(&server);
    eve.open(&format!("/magic-link?token={token}")).await;
    eve.submit("/magic-link", &[]).await;
    assert_eq!(eve.status, 403);
    assert!(eve.cookie("at").is_none());
}

#[tokio::test]
async fn asking_for_a_link_answers_the_same_for_everybody() {
    let server = Server::start().await;
    known(&server, ADA).await;
    let mut pages = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        let mut browser = Browser::new(&server);
        browser.open("/sign-in").await;
        browser.submit("/sign-in", &[("identifier", email), ("how", "link")]).await;
        pages.push((browser.status, browser.page.replace(email, "")));
        assert_eq!(server.letters(email).await.len(), 1);
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn a_code_signs_in_and_a_wrong_one_says_so_beside_the_field() {
    let server = Server::start().await;
    let settings = serde_json::json!({ "identifiers": ["email"], "methods": ["password", "email_code"] });
    server.root().put("/v1/settings/sign-in", settings).await.expect(200);
    let mut ada = known(&server, ADA).await;
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("how", "code")]).await.shows("autocomplete=\"one-time-code\"");
    let code = server.mailed_code(ADA).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    ada.submit("/sign-in/code", &[("code", wrong)]).await.shows("id=\"code-error\"");
    assert_eq!(ada.status, 401);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    ada.submit("/sign-in/code", &[("code", &spaced)]).await.is_at("/account");
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_its_link() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ada.open("/recover").await;
    ada.submit("/recover", &[("identifier", ADA)]).await.shows("Look into your mail");
    let token = server.mailed_token(ADA).await;
    ada.open(&format!("/recover?token={token}")).await.shows("Choose a new password");
    ada.submit("/recover/reset", &[("password", "short")]).await.shows("id=\"password-error\"");
    ada.submit("/recover/reset", &[("password", "an entirely different phrase")]).await.is_at("/account");
    let mut old = Browser::new(&server);
    old.open("/sign-in").await;
    old.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    assert_eq!(old.status, 401);
}

#[tokio::test]
async fn recovery_answers_the_same_for_everybody() {
    let server = Server::start().await;
    known(&server, ADA).await;
    let mut pages = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        let mut browser = Browser::new(&server);
        browser.open("/recover").await;
        browser.submit("/recover", &[("identifier", email)]).await;
        pages.push((browser.status, browser.page.replace(email, "")));
        assert_eq!(server.letters(email).await.len(), 1);
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn an_address_is_proven_on_a_click_and_not_on_a_look() {
    let server = Server::start().await;
    let mut new = Browser::new(&server);
    new.open("/sign-up").await;
    let fields = [("identifier", "new@example.com"), ("password", "an entirely different phrase"), ("how", "password")];
    new.submit("/sign-up", &fields).await;
    let token = server.mailed_token("new@example.com").await;
    new.open(&format!("/verify?token={token}")).await.shows("Confirm your email address");
    assert_eq!(events(&server, "user.email_verified").await, 0);
    new.submit("/verify", &[]).await.shows("Your address is confirmed.");
    assert_eq!(events(&server, "user.email_verified").await, 1);
}
