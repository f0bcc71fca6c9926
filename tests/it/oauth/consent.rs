//! The page that asks a person what an application may do.

use http::Method;
use serde_json::json;

use super::stage::{App, answer};
use crate::{
    hosted::{Browser, events, known, signed_in},
    kit::Server,
};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_person_is_asked_in_words_and_remembered() {
    let server = Server::start().await;
    let scopes = json!({ "scopes": [{ "name": "invoices:read", "description": "See your invoices" }] });
    server.root().put("/v1/settings/oauth", scopes).await.expect(200);
    let app = App::create(
        &server,
        json!({ "allowed_scopes": ["openid", "email", "invoices:read"], "policy_uri": "https://app.example.com/privacy", "description": "Monthly figures." }),
    )
    .await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("scope", "openid email")])).await;
    assert!(ada.at.starts_with("/oauth2/consent?request="), "{}", ada.at);
    ada.shows("Allow Reports?").shows("See your email address").shows(ADA).shows("app.example.com");
    ada.shows("https://app.example.com/privacy").shows("Monthly figures.");
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(answer(&ada).contains_key("code"), "by a redirect: the page knows where it leads");
    // Less and the same are remembered, more is asked for.
    for (scope, is_asked) in [("openid", false), ("openid email", false), ("openid invoices:read", true)] {
        ada.open(&app.address(&[("scope", scope)])).await;
        assert_eq!(ada.at.starts_with("/oauth2/consent"), is_asked, "{scope}: {}", ada.at);
    }
    ada.shows("See your invoices");
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    ada.open(&app.address(&[("scope", "openid email invoices:read")])).await;
    assert!(answer(&ada).contains_key("code"), "the first agreement still stands");
}

#[tokio::test]
async fn prompt_consent_asks_everybody_again() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("prompt", "consent")])).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "{}", ada.at);
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(answer(&ada).contains_key("code"));
    ada.open(&app.address(&[("prompt", "consent")])).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "{}", ada.at);
}

#[tokio::test]
async fn who_does_not_agree_goes_back_with_that() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let page = ada.at.clone();
    ada.submit("/oauth2/consent", &[("decision", "deny")]).await;
    let told = answer(&ada);
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("access_denied", "the-state"));
    assert_eq!(events(&server, "application.denied").await, 1);
    ada.open(&page).await;
    assert_eq!(ada.status, 404, "the request is over");
    ada.open(&app.address(&[])).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "a no is not remembered: {}", ada.at);
}

#[tokio::test]
async fn the_page_may_lead_to_the_client_and_be_framed_by_nobody() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let policy = ada.look(&ada.at.clone()).await;
    let policy = policy.header("content-security-policy");
    assert!(policy.ends_with("form-action 'self' https://app.example.com"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn without_the_pages_own_form_nothing_is_allowed() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let handle = ada.at.split("request=").nth(1).unwrap().to_owned();
    for body in [format!("request={handle}&decision=allow"), format!("csrf=forged&request={handle}&decision=allow")] {
        let reply = ada.form("/oauth2/consent", &body).await;
        assert_eq!(reply.status, 403, "{reply}");
    }
    let body = format!("csrf={}&request={handle}&decision=allow", ada.token());
    let call = ada.raw_form("/oauth2/consent", &body).header("sec-fetch-site", "cross-site");
    assert_eq!(call.await.status, 403);
    assert_eq!(ada.look(&format!("/oauth2/consent?request={handle}&decision=allow")).await.status, 400);
    assert_eq!(events(&server, "application.authorized").await, 0);
    let mut eve = signed_in(&server, "eve@example.com").await;
    eve.open("/account").await;
    let body = format!("csrf={}&request={handle}&decision=allow", eve.token());
    assert_eq!(eve.form("/oauth2/consent", &body).await.status, 404, "it is Ada's browser that was asked");
}

#[tokio::test]
async fn an_agreement_is_given_by_whoever_is_signed_in_then() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let (handle, token) = (ada.at.split("request=").nth(1).unwrap().to_owned(), ada.token());
    ada.forget("at");
    ada.forget("rt");
    let body = format!("csrf={token}&request={handle}&decision=allow");
    let reply = ada.form("/oauth2/consent", &body).await;
    assert_eq!(reply.status, 303, "{reply}");
    assert!(reply.header("location").starts_with("/oauth2/continue"), "{reply}");
    assert_eq!(events(&server, "application.authorized").await, 0);
}

#[tokio::test]
async fn what_a_client_calls_itself_stays_text() {
    let server = Server::start().await;
    let app = App::create(&server, json!({ "name": "<script>alert(1)</script>" })).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    assert!(!ada.page.contains("<script>alert") && ada.page.contains("&lt;script&gt;alert"), "{}", ada.page);
}

#[tokio::test]
async fn the_page_speaks_the_language_that_the_client_wished_for() {
    let server = Server::start().await;
    server.root().put("/v1/settings/branding", json!({ "locales": ["en", "de"] })).await.expect(200);
    let app = App::create(&server, json!({})).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("ui_locales", "xx de en")])).await;
    ada.shows("Reports erlauben?").shows("Deine E-Mail-Adresse sehen");
}

#[tokio::test]
async fn details_and_apis_are_shown_as_they_are() {
    let server = Server::start().await;
    let oauth = json!({ "resources": [{ "identifier": "https://api.example.com", "name": "Invoices API" }] });
    server.root().put("/v1/settings/oauth", oauth).await.expect(200);
    let app = App::create(
        &server,
        json!({ "authorization_details_types": ["payment"], "allowed_resources": ["https://api.example.com"] }),
    )
    .await;
    let mut ada = signed_in(&server, ADA).await;
    let details = r#"[{"type":"payment","amount":"12.00 EUR","actions":["pay","cancel"]}]"#;
    let request = app.address(&[("authorization_details", details), ("resource", "https://api.example.com")]);
    ada.open(&request).await;
    ada.shows("Invoices API").shows("amount: 12.00 EUR").shows("actions: pay, cancel");
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(answer(&ada).contains_key("code"));
    ada.open(&request).await;
    assert!(answer(&ada).contains_key("code"));
    let more = r#"[{"type":"payment","amount":"13.00 EUR"}]"#;
    ada.open(&app.address(&[("authorization_details", more)])).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "{}", ada.at);
}

#[tokio::test]
async fn nobody_agrees_by_looking() {
    let server = Server::start().await;
    let app = App::create(&server, json!({})).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    assert!(ada.at.starts_with("/sign-in"), "{}", ada.at);
    let reply = Browser::new(&server).raw_form("/oauth2/consent", "decision=allow").await;
    assert_eq!(reply.status, 403);
    let get = server.anonymous().call(Method::GET, "/oauth2/consent").await;
    assert_eq!(get.status, 404, "{get}");
}
