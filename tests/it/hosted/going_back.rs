//! Where a sign-in leads.

use serde_json::json;

use super::{browser::encoded, known};
use crate::kit::{PASSWORD, Server};

const ADA: &str = "ada@example.com";
const APP: &str = "https://app.example.com/back";

#[tokio::test]
async fn a_person_comes_back_to_a_registered_address_byte_for_byte() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "redirect_uris": [APP] })).await.expect(200);
    let mut ada = known(&server, ADA).await;
    let query = encoded(&[("return_to".to_owned(), APP.to_owned())]);
    ada.open(&format!("/sign-in?{query}")).await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await.is_at(APP);
}

#[tokio::test]
async fn the_policy_lets_the_form_lead_there_and_nowhere_else() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "redirect_uris": [APP] })).await.expect(200);
    let query = encoded(&[("return_to".to_owned(), APP.to_owned())]);
    let policy = |reply: crate::kit::Reply| reply.header("content-security-policy").to_owned();
    let there = policy(server.anonymous().get(format!("/sign-in?{query}")).await);
    assert!(there.ends_with("form-action 'self' https://app.example.com"), "{there}");
    let here = policy(server.anonymous().get("/sign-in").await);
    assert!(here.ends_with("form-action 'self'"), "{here}");
}

#[tokio::test]
async fn any_other_address_gets_an_error_page_and_no_redirect() {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "redirect_uris": [APP] })).await.expect(200);
    for wrong in [
        "https://app.example.com/back/",
        "https://app.example.com/back?x=1",
        "https://app.example.com/back/..;/x",
        "https://APP.example.com/back",
        "https://app.example.com:443/back",
        "https://app.example.com@evil.example/back",
        "https://app.example.com.evil.example/back",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "evil",
        "https:evil.example",
    ] {
        let query = encoded(&[("return_to".to_owned(), wrong.to_owned())]);
        for page in ["/sign-in", "/sign-up", "/sign-in/continue", "/sign-in/social/google"] {
            let reply = server.anonymous().get(format!("{page}?{query}")).await;
            assert_eq!((reply.status, reply.header("location")), (400, ""), "{page} to {wrong}: {reply}");
        }
        let mut ada = super::Browser::new(&server);
        ada.open("/sign-in").await;
        let token = ada.token();
        let body = encoded(&[
            ("csrf".to_owned(), token),
            ("identifier".to_owned(), ADA.to_owned()),
            ("password".to_owned(), PASSWORD.to_owned()),
            ("return_to".to_owned(), wrong.to_owned()),
        ]);
        assert_eq!(ada.form("/sign-in", &body).await.status, 400, "{wrong}");
    }
}
