//! The page to which the message of the waiting list leads.

use serde_json::json;

use super::{Browser, events, signed_in};
use crate::{
    kit::{PASSWORD, Server},
    waitlist::invitation,
};

const ADA: &str = "ada@example.com";

/// The page of somebody who waited, was approved and followed the link.
async fn invited(server: &Server) -> (Browser, String) {
    let page = format!("/sign-up?invitation_token={}", invitation(server, ADA).await);
    let mut ada = Browser::new(server);
    ada.open(&page).await;
    (ada, page)
}

#[tokio::test]
async fn whoever_was_let_in_signs_up_by_the_link_and_is_in() {
    let server = Server::start().await;
    let link = {
        invitation(&server, ADA).await;
        server.mailbox().to(ADA)[0].link.clone().unwrap()
    };
    let page = &link[link.find("/sign-up?").expect("the hosted page")..];
    let mut ada = Browser::new(&server);
    ada.open(page).await.shows("Create your account").shows(ADA);
    assert_eq!(ada.status, 200);
    let fields = [("name", "Ada Lovelace"), ("password", PASSWORD), ("how", "password")];
    ada.submit("/sign-up/invitation", &fields).await.is_at("/account").shows("Ada Lovelace").shows(ADA);
    let users = server.root().get("/v1/users").await.expect(200);
    assert_eq!(users.data()[0]["email_verified"], true, "the mailbox is proven by the link");
    assert_eq!(events(&server, "invitation.accepted").await, 1);
    let mut again = Browser::new(&server);
    again.open("/sign-in").await;
    again
        .submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")])
        .await
        .is_at("/account");
}

#[tokio::test]
async fn the_name_that_was_given_on_joining_is_there_already() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "waitlist" } })).await.expect(200);
    let joins = json!({ "email": ADA, "name": "Augusta Ada" });
    server.anonymous().post("/v1/waitlist", joins).await.expect(202);
    let (ada, _) = invited(&server).await;
    ada.shows("value=\"Augusta Ada\"");
}

#[tokio::test]
async fn looking_at_an_invitation_uses_nothing_up() {
    let server = Server::start().await;
    let (mut ada, page) = invited(&server).await;
    for _ in 0..3 {
        ada.open(&page).await.shows("action=\"/sign-up/invitation\"");
    }
    assert_eq!(server.root().get("/v1/users").await.expect(200).items().len(), 0);
    ada.submit("/sign-up/invitation", &[("how", "none")]).await.is_at("/account");
}

#[tokio::test]
async fn it_leads_where_the_person_was_going_and_asks_what_every_sign_in_asks() {
    let server = Server::start().await;
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
    let (mut ada, page) = invited(&server).await;
    ada.open(&format!("{page}&return_to=%2Faccount%2Fsessions")).await;
    ada.submit("/sign-up/invitation", &[("how", "none")]).await;
    ada.is_at("/sign-in/continue?return_to=%2Faccount%2Fsessions");
    assert!(ada.cookie("at").is_none());
}

#[tokio::test]
async fn a_password_that_does_not_do_is_said_beside_its_field_and_nothing_is_used_up() {
    let server = Server::start().await;
    let (mut ada, _) = invited(&server).await;
    for password in ["", "short"] {
        let fields = [("name", "Ada"), ("password", password), ("how", "password")];
        ada.submit("/sign-up/invitation", &fields).await.shows("id=\"password-error\"").shows("value=\"Ada\"");
        assert_eq!(ada.status, 422);
    }
    ada.submit("/sign-up/invitation", &[("password", PASSWORD), ("how", "password")]).await.is_at("/account");
}

#[tokio::test]
async fn an_invitation_that_was_used_says_so() {
    let server = Server::start().await;
    let (mut ada, page) = invited(&server).await;
    let mut late = Browser::new(&server);
    late.open(&page).await;
    ada.submit("/sign-up/invitation", &[("how", "none")]).await.is_at("/account");
    late.submit("/sign-up/invitation", &[("how", "none")]).await.shows("This invitation does not work any more");
    assert_eq!(late.status, 401);
    late.open(&page).await.shows("This invitation does not work any more").shows("href=\"/sign-in\"");
    assert_eq!(late.status, 401);
    assert!(late.cookie("at").is_none());
}

#[tokio::test]
async fn what_is_no_invitation_or_is_over_has_one_page_in_every_language() {
    let server = Server::start().await;
    let (_, old) = invited(&server).await;
    server.turn_clock(std::time::Duration::from_hours(14 * 24 + 1));
    let unknown = format!("/sign-up?invitation_token=pc_ch_{}", "A".repeat(64));
    for page in [old.as_str(), &unknown, "/sign-up?invitation_token=no", "/sign-up?invitation_token=%3Cscript%3E"] {
        let mut browser = Browser::new(&server);
        browser.open(page).await.shows("This invitation does not work any more");
        assert!(matches!(browser.status, 400 | 401), "{page}: {}", browser.status);
    }
    let mut ja = Browser::speaking(&server, "ja");
    ja.open(&old).await.shows("この招待はもう使えません");
}

#[tokio::test]
async fn an_invitation_to_somebody_who_has_an_account_leads_to_the_door() {
    let server = Server::start().await;
    let (_, page) = invited(&server).await;
    server.root().create_user(ADA).await;
    let mut ada = Browser::new(&server);
    ada.open(&page).await.shows("There is an account with this address already.").shows("href=\"/sign-in\"");
    assert_eq!(ada.status, 409);
}

#[tokio::test]
async fn who_is_signed_in_is_told_to_sign_out_first() {
    let server = Server::start().await;
    let mut grace = signed_in(&server, "grace@example.com").await;
    let (_, page) = invited(&server).await;
    grace.open(&page).await.shows("Sign out first").shows("href=\"/account\"");
    assert_eq!(grace.status, 409);
}
