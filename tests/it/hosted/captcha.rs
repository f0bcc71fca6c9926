//! The built-in captcha, as a browser with a script sends them and one without does not.

use serde_json::json;

use super::known;
use crate::{
    kit::{PASSWORD, Server},
    throttles::solved,
};

pub(super) const ADA: &str = "ada@example.com";

/// Where a form is sent, what is filled in, and what the page says that follows.
pub(super) type Form = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// Every form that leads in.
pub(super) const FORMS: [Form; 4] = [
    ("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")], "Your account"),
    ("/sign-in", &[("identifier", ADA), ("how", "link")], "Look into your mail"),
    (
        "/sign-up",
        &[("identifier", "bob@example.com"), ("password", PASSWORD), ("how", "password")],
        "Look into your mail",
    ),
    ("/recover", &[("identifier", ADA)], "Look into your mail"),
];

async fn ask(server: &Server, when: &str) {
    let captcha = json!({ "provider": "proof_of_work", "when": when, "difficulty_bits": 10 });
    let risk = json!({ "second_factor": 1, "captcha": 1, "refuse": 101 });
    let settings =
        if when == "always" { json!({ "captcha": captcha }) } else { json!({ "captcha": captcha, "risk": risk }) };
    server.root().put("/v1/settings/sign-in", settings).await.expect(200);
}

#[tokio::test]
async fn every_form_that_leads_in_asks_for_the_captcha_and_takes_a_solved_one() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ask(&server, "always").await;
    for (form, fields, expected) in FORMS {
        ada.forget("at");
        ada.forget("rt");
        ada.open(form).await.shows("data-captcha").shows("That needs JavaScript.");
        ada.submit(form, fields).await.shows("We could not make sure that you are a person.");
        assert_eq!(ada.status, 403, "{form}");
        let solution = solved(&server.anonymous()).await;
        let with: Vec<(&str, &str)> = fields.iter().copied().chain([("captcha", solution.as_str())]).collect();
        ada.submit(form, &with).await.shows(expected);
    }
}

#[tokio::test]
async fn a_risky_sign_in_waits_on_a_page_until_its_captcha_is_solved() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ask(&server, "risky").await;
    ada.open("/sign-in").await;
    assert!(!ada.page.contains("data-captcha"));
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    ada.is_at("/sign-in/continue").shows("Are you a person?").shows("data-captcha");
    ada.submit("/sign-in/captcha", &[]).await.shows("We could not make sure");
    ada.submit("/sign-in/captcha", &[("captcha", "nothing")]).await.shows("We could not make sure");
    assert!(ada.cookie("at").is_none());
    let solution = solved(&server.anonymous()).await;
    ada.submit("/sign-in/captcha", &[("captcha", &solution)]).await.is_at("/sign-in/continue");
    ada.shows("Confirm your address");
}
