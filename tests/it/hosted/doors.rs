use super::{Browser, events, known, signed_in};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn who_knows_the_password_is_in_and_out_again() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    ada.shows("Ada Lovelace").shows(ADA);
    ada.submit("/sign-out", &[]).await.is_at("/signed-out").shows("You are signed out");
    assert!(ada.cookie("at").is_none() && ada.cookie("rt").is_none());
    ada.open("/account").await.is_at("/sign-in?return_to=%2Faccount");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_one_page() {
    let server = Server::start().await;
    let mut pages = Vec::new();
    for identifier in [ADA, "nobody@example.com"] {
        let mut browser = known(&server, &format!("x{identifier}")).await;
        if pages.is_empty() {
            known(&server, ADA).await;
        }
        browser.open("/sign-in").await;
        browser
            .submit("/sign-in", &[("identifier", identifier), ("password", "wrong wrong wrong"), ("how", "password")])
            .await;
        browser.shows("The email address or the password is not right.").shows("role=\"alert\"");
        assert_eq!(browser.status, 401);
        assert!(!browser.page.contains("wrong wrong"), "a password came back into a page");
        let (token, page) = (browser.token(), browser.page.clone());
        pages.push(page.replace(&token, "").replace(identifier, ""));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn a_refused_sign_in_leaves_its_trace() {
    let server = Server::start().await;
    let mut browser = known(&server, ADA).await;
    browser.open("/sign-in").await;
    browser.submit("/sign-in", &[("identifier", ADA), ("password", "wrong wrong wrong"), ("how", "password")]).await;
    assert_eq!(events(&server, "user.sign_in_failed").await, 1);
}

#[tokio::test]
async fn an_open_page_shows_no_door_to_who_is_signed_in() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open("/sign-in?return_to=%2Faccount%2Fsecurity").await.is_at("/account/security");
    ada.open("/sign-in?prompt=login").await.is_at("/sign-in?prompt=login").shows("name=\"password\"");
}

#[tokio::test]
async fn an_access_token_that_is_too_old_is_renewed_on_the_way_also_under_a_form() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    let before = ada.cookie("at").unwrap().to_owned();
    server.turn_clock(std::time::Duration::from_mins(10));
    ada.submit("/account/profile", &[("name", "Augusta Ada King")]).await.is_at("/account?done=saved");
    ada.shows("Augusta Ada King").shows("Saved.");
    assert_ne!(ada.cookie("at").unwrap(), before);
}

#[tokio::test]
async fn signing_up_answers_the_same_for_a_taken_and_a_free_address() {
    let server = Server::start().await;
    known(&server, ADA).await;
    let mut pages = Vec::new();
    for email in [ADA, "new@example.com"] {
        let mut browser = Browser::new(&server);
        browser.open("/sign-up").await.shows("autocomplete=\"new-password\"");
        let fields =
            [("name", "Ada"), ("identifier", email), ("password", "an entirely different phrase"), ("how", "password")];
        browser.submit("/sign-up", &fields).await;
        assert_eq!(browser.status, 200);
        pages.push(browser.page.replace(email, ""));
        assert_eq!(server.letters(email).await.len(), 1);
    }
    assert_eq!(pages[0], pages[1]);
    let mut new = Browser::new(&server);
    new.open("/sign-in").await;
    new.submit(
        "/sign-in",
        &[("identifier", "new@example.com"), ("password", "an entirely different phrase"), ("how", "password")],
    )
    .await
    .is_at("/account");
}

#[tokio::test]
async fn who_signs_up_without_a_mailbox_is_told_of_no_message() {
    let server = Server::start().await;
    for name in ["ada", "+4915123456789"] {
        let mut browser = Browser::new(&server);
        browser.open("/sign-up").await;
        let fields = [("identifier", name), ("password", "an entirely different phrase"), ("how", "password")];
        browser.submit("/sign-up", &fields).await.shows("You can sign in").shows(name);
        assert!(!browser.page.contains("spam folder"));
    }
    assert_eq!(server.letters("+4915123456789").await.len(), 0);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.open("/sign-up").await;
    browser
        .submit(
            "/sign-up",
            &[("identifier", "no address@"), ("password", "an entirely different phrase"), ("how", "password")],
        )
        .await;
    assert_eq!(browser.status, 422);
    browser.shows("aria-describedby=\"identifier-error\"").shows("id=\"identifier-error\"").shows("no address@");
    browser.submit("/sign-up", &[("identifier", "b@example.com"), ("password", "short"), ("how", "password")]).await;
    browser.shows("id=\"password-error\"").shows("aria-invalid=\"true\"");
}

#[tokio::test]
async fn passkeys_are_offered_to_autofill_only_where_they_are_on() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.open("/sign-in").await.shows("autocomplete=\"username webauthn\"").shows("action=\"/sign-in/passkey\"");
    let settings = serde_json::json!({ "identifiers": ["email"], "methods": ["password"] });
    server.root().put("/v1/settings/sign-in", settings).await.expect(200);
    browser.open("/sign-in").await.shows("autocomplete=\"username\"");
    assert!(!browser.page.contains("webauthn") && !browser.page.contains("value=\"link\""));
}

#[tokio::test]
async fn a_disabled_account_is_told_so_only_to_who_knows_the_password() {
    let server = Server::start().await;
    let mut browser = known(&server, ADA).await;
    let user = server.root().get("/v1/users").await.expect(200).text("/0/id");
    server.root().post(format!("/v1/users/{user}/disable"), serde_json::json!({})).await.expect(200);
    browser.open("/sign-in").await;
    browser.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    browser.shows("This account is disabled.");
}

#[tokio::test]
async fn a_guest_is_shown_the_door_and_becomes_somebody_by_a_link() {
    let server = Server::start().await;
    server.root().put("/v1/settings/sign-in", serde_json::json!({ "anonymous": true })).await.expect(200);
    let begun = server.anonymous().post("/v1/auth/anonymous", serde_json::json!({ "transport": "cookie" })).await;
    let mut guest = Browser::new(&server);
    guest.keep(&begun.expect(200));
    guest.open("/sign-in").await.is_at("/sign-in");
    guest.submit("/sign-in", &[("identifier", ADA), ("how", "link")]).await.shows("Look into your mail");
    guest.open(&format!("/magic-link?token={}", server.mailed_token(ADA).await)).await;
    guest.submit("/magic-link", &[]).await.is_at("/account").shows(ADA);
    let users = server.root().get("/v1/users").await.expect(200);
    assert_eq!((users.items().len(), &users.data()[0]["is_anonymous"]), (1, &serde_json::json!(false)));
}
