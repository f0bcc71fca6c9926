//! Requests that no page of ours sent.

use std::time::Duration;

use super::{Browser, browser::encoded, known, signed_in};
use crate::kit::{PASSWORD, Server, count_events, pages};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn without_the_pages_token_no_form_does_anything() {
    let server = Server::start().await;
    for endpoint in pages().iter().filter(|page| page.facts.method.is_mutation()) {
        let path = endpoint.facts.path.replace("{passkey}", "x").replace("{factor}", "x").replace("{session}", "x");
        // Each has its network's share of a minute to itself.
        server.turn_clock(Duration::from_mins(1));
        let mut browser = Browser::new(&server);
        browser.open("/sign-in").await;
        for body in ["", "csrf=", "csrf=forged"] {
            let reply = browser.form(&path, body).await;
            assert_eq!(reply.status, 403, "{path} with {body:?}: {reply}");
            assert!(reply.header("content-type").starts_with("text/html"), "{path}");
            assert!(reply.cookies().iter().all(|(pair, _)| !pair.contains("pc_at_")), "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_is_good_in_its_own_browser_and_application_alone() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ada.open("/sign-in").await;
    let mut eve = Browser::new(&server);
    eve.open("/sign-in").await;
    let pairs = |token: String| {
        vec![
            ("csrf".to_owned(), token),
            ("identifier".to_owned(), ADA.to_owned()),
            ("password".to_owned(), PASSWORD.to_owned()),
            ("how".to_owned(), "password".to_owned()),
        ]
    };
    let (own, others) = (encoded(&pairs(ada.token())), encoded(&pairs(eve.token())));
    assert_eq!(ada.form("/sign-in", &others).await.status, 403);
    let mut bare = Browser::new(&server);
    assert_eq!(bare.form("/sign-in", &own).await.status, 403);
    assert_eq!(ada.form("/sign-in", &own).await.status, 303);
}

#[tokio::test]
async fn the_browser_says_where_a_request_comes_from_and_is_believed() {
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ada.open("/sign-in").await;
    let body = format!("csrf={}&identifier=ada%40example.com&password=x&how=password", ada.token());
    for (headers, expected) in [
        (&[("sec-fetch-site", "cross-site"), ("origin", "null")][..], 403),
        (&[("sec-fetch-site", "same-site"), ("origin", "http://evil.localhost:8080")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "http://localhost:8080")], 401),
        (&[("sec-fetch-site", "same-origin"), ("origin", "null")], 401),
    ] {
        let call = headers.iter().fold(ada.raw_form("/sign-in", &body), |call, (name, value)| call.header(name, value));
        assert_eq!(call.await.status, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn forms_hold_their_own_fields_once() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.open("/sign-in").await;
    let token = browser.token();
    for body in
        ["identifier=a&identifier=b", "is_admin=true", "tenant_id=x", "identifier=%00", "return_to=a&return_to=b"]
    {
        let reply = browser.form("/sign-in", &format!("csrf={token}&{body}")).await;
        assert_eq!(reply.status, 400, "{body}: {reply}");
    }
    let json = browser.raw_form("/sign-in", "{}").header("content-type", "application/json").await;
    assert_eq!(json.status, 403, "{json}");
}

#[tokio::test]
async fn looking_changes_nothing() {
    let server = Server::start().await;
    let mut ada = signed_in(&server, ADA).await;
    let before = count_events(server.db()).await;
    for page in pages().iter().filter(|page| !page.facts.method.is_mutation()) {
        if !page.facts.path.contains('{') && page.facts.path != "/sign-in/social" {
            ada.open(&format!("{}?", page.facts.path)).await;
        }
    }
    assert_eq!(count_events(server.db()).await, before);
}
