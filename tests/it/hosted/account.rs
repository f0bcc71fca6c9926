use super::{Browser, known, signed_in};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn nobody_sees_an_account_without_a_session() {
    let server = Server::start().await;
    for page in ["/account", "/account/security", "/account/sessions"] {
        let mut browser = Browser::new(&server);
        browser.open(page).await.shows("name=\"password\"");
        assert!(browser.at.starts_with("/sign-in?return_to=%2Faccount"), "{}", browser.at);
    }
}

#[tokio::test]
async fn a_profile_is_saved_and_stays_text() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    ada.submit("/account/profile", &[("name", "\"><img src=x>"), ("given_name", "Ada")])
        .await
        .is_at("/account?done=saved");
    ada.shows("&quot;&gt;&lt;img src=x&gt;");
    assert!(!ada.page.contains("<img src=x>"));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open("/account/security").await;
    let wrong = [("current_password", "wrong wrong wrong"), ("new_password", "an entirely different phrase")];
    ada.submit("/account/password", &wrong).await.shows("<details class=\"more\" open>");
    assert!(ada.status >= 400);
    let right =
        [("current_password", PASSWORD), ("new_password", "an entirely different phrase"), ("end_others", "yes")];
    ada.submit("/account/password", &right).await.is_at("/account/security?done=saved");
}

#[tokio::test]
async fn other_devices_are_signed_out_one_by_one_and_all_at_once() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    let mut others = Vec::new();
    for _ in 0..2 {
        let mut other = Browser::new(&server);
        other.open("/sign-in").await;
        other.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
        others.push(other);
    }
    ada.open("/account/sessions").await.shows("This device");
    let action = ada
        .page
        .split("action=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|action| action.starts_with("/account/sessions/") && action.ends_with("/end"));
    let action = action.unwrap().to_owned();
    ada.submit(&action, &[]).await.is_at("/account/sessions?done=removed");
    ada.submit("/account/sessions/end-others", &[]).await.is_at("/account/sessions?done=removed");
    for other in &mut others {
        other.open("/account").await.is_at("/sign-in?return_to=%2Faccount");
    }
    ada.open("/account").await.is_at("/account");
}

#[tokio::test]
async fn somebody_elses_session_is_like_a_missing_one() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    let mut bob = signed_in(&server, "bob@example.com").await;
    let bobs = server.root().get("/v1/sessions").await.expect(200);
    let bobs: Vec<String> = bobs.items().iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect();
    ada.open("/account/sessions").await;
    let token = ada.token();
    for id in bobs.iter().chain([&"00000000-0000-7000-8000-000000000000".to_owned(), &"x".to_owned()]) {
        ada.post(&format!("/account/sessions/{id}/end"), &[("csrf".to_owned(), token.clone())]).await;
    }
    bob.open("/account").await.is_at("/account");
}

#[tokio::test]
async fn pages_speak_the_readers_language_and_keep_the_one_that_was_chosen() {
    let server = Server::start().await;
    known(&server, ADA).await;
    let mut anna = Browser::speaking(&server, "de-AT, en;q=0.5");
    anna.open("/sign-in").await.shows("lang=\"de\"").shows("Passwort vergessen?");
    anna.open("/language/fr?page=%2Fsign-in").await.is_at("/sign-in").shows("lang=\"fr\"");
    anna.open("/language/xx?page=%2Fsign-in").await;
    assert_eq!(anna.status, 404);
    for page in ["//evil.example", "https://evil.example", "/v1/users"] {
        anna.open(&format!("/language/de?page={page}")).await.is_at("/sign-in");
    }
}
