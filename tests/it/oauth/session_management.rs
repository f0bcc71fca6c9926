//! How a client's page sees that its person signed out, or is somebody else now (OpenID Connect Session Management 1.0).

use std::collections::HashSet;

use serde_json::json;

use super::stage::{Answer, App, answer, posted, prove, session_state};
use crate::{
    hosted::{Browser, events, signed_in},
    kit::{Options, PASSWORD, Server, claims_of},
};

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";
const FRAME: &str = "/oauth2/session";

/// What the frame's script would say: the same rule over the cookie that it reads.
fn frame(browser: &Browser, client_id: &str, told: &str) -> &'static str {
    let (_, salt) = told.split_once('.').expect("a digest and its salt");
    let now = session_state(client_id, browser, salt);
    if now == told { "unchanged" } else { "changed" }
}

async fn ask(browser: &mut Browser, app: &App, changes: &[(&str, &str)]) -> Answer {
    browser.open(&app.address(changes)).await;
    answer(browser)
}

async fn sign_out(browser: &mut Browser) {
    browser.open("/account").await;
    browser.submit("/sign-out", &[]).await;
    browser.is_at("/signed-out");
}

#[tokio::test]
async fn the_state_stays_while_the_session_lives_and_changes_when_it_ends() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let told = ask(&mut ada, &app, &[]).await["session_state"].clone();
    assert_eq!(frame(&ada, &app.id, &told), "unchanged");
    // The access token is too old by then, and is replaced on the way.
    server.turn_clock(std::time::Duration::from_mins(30));
    let later = ask(&mut ada, &app, &[("prompt", "none")]).await["session_state"].clone();
    assert_eq!([frame(&ada, &app.id, &told), frame(&ada, &app.id, &later)], ["unchanged"; 2]);
    sign_out(&mut ada).await;
    assert_eq!(ada.cookie("bs"), None);
    assert_eq!(frame(&ada, &app.id, &told), "changed");
}

#[tokio::test]
async fn another_sign_in_is_another_state() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut browser = signed_in(&server, ADA).await;
    signed_in(&server, EVE).await;
    let first = ask(&mut browser, &app, &[]).await["session_state"].clone();
    let mut told = vec![first];
    for person in [EVE, ADA] {
        sign_out(&mut browser).await;
        browser.open("/sign-in").await;
        prove(&mut browser, person).await;
        assert!(told.iter().all(|state| frame(&browser, &app.id, state) == "changed"), "{person}");
        told.push(ask(&mut browser, &app, &[]).await["session_state"].clone());
        assert_eq!(frame(&browser, &app.id, told.last().unwrap()), "unchanged", "{person}");
    }
}

/// One account straight after the other, without signing out in between.
#[tokio::test]
async fn somebody_else_in_the_same_browser_is_seen() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut browser = signed_in(&server, ADA).await;
    signed_in(&server, EVE).await;
    let told = ask(&mut browser, &app, &[]).await["session_state"].clone();
    browser.open(&app.address(&[("prompt", "login")])).await;
    prove(&mut browser, EVE).await;
    let now = answer(&browser)["session_state"].clone();
    assert_eq!((frame(&browser, &app.id, &told), frame(&browser, &app.id, &now)), ("changed", "unchanged"));
}

#[tokio::test]
async fn where_nobody_is_signed_in_a_page_sees_that_somebody_does() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    sign_out(&mut ada).await;
    let told = ask(&mut ada, &app, &[("prompt", "none")]).await;
    assert_eq!(told["error"], "login_required");
    assert_eq!(frame(&ada, &app.id, &told["session_state"]), "unchanged");
    ada.open("/sign-in").await;
    prove(&mut ada, ADA).await;
    assert_eq!(frame(&ada, &app.id, &told["session_state"]), "changed");
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_seen_at_the_next_answer() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let told = ask(&mut ada, &app, &[]).await["session_state"].clone();
    let users = server.root().get("/v1/users").await.expect(200);
    let user = users.items().iter().find(|user| user["primary_email"] == ADA).unwrap()["id"].as_str().unwrap();
    server.root().delete(format!("/v1/sessions?user_id={user}")).await.expect(200);
    assert_eq!(ask(&mut ada, &app, &[("prompt", "none")]).await["error"], "login_required");
    assert_eq!(ada.cookie("bs"), None);
    assert_eq!(frame(&ada, &app.id, &told), "changed");
}

#[tokio::test]
async fn a_browser_that_lost_the_cookie_has_it_again_with_the_answer() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let state = ada.cookie("bs").unwrap().to_owned();
    ada.forget("bs");
    let told = ask(&mut ada, &app, &[]).await["session_state"].clone();
    assert_eq!(ada.cookie("bs"), Some(state.as_str()));
    assert_eq!(frame(&ada, &app.id, &told), "unchanged");
    let again = ada.look(&app.address(&[])).await;
    assert!(again.cookies().is_empty(), "what is right is left: {:?}", again.cookies());
}

#[tokio::test]
async fn it_tells_a_client_nothing_but_that() {
    let server = Server::start().await;
    let (app, other) = (App::own(&server).await, App::own(&server).await);
    let mut ada = signed_in(&server, ADA).await;
    let mut told = HashSet::new();
    for _ in 0..3 {
        told.insert(ask(&mut ada, &app, &[]).await["session_state"].clone());
    }
    assert_eq!(told.len(), 3, "each has a salt of its own");
    let own = told.iter().next().unwrap();
    assert_eq!(frame(&ada, &other.id, own), "changed", "it is another client's");
    let tokens = app.redeem(&ask(&mut ada, &app, &[]).await["code"]).await.expect(200);
    let sid = claims_of(tokens.json["id_token"].as_str().unwrap())["sid"].clone();
    let state = ada.cookie("bs").unwrap();
    assert!(told.iter().all(|told| !told.contains(state)));
    assert!(state.len() >= 40 && sid != state && Some(state) != ada.cookie("csrf"), "{state}");
}

#[tokio::test]
async fn every_mode_of_the_answer_carries_it_and_plain_oauth_has_none() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("response_mode", "form_post")])).await;
    assert_eq!(frame(&ada, &app.id, &posted(&ada)["session_state"]), "unchanged");
    let told = ask(&mut ada, &app, &[("response_mode", "fragment")]).await;
    assert_eq!(frame(&ada, &app.id, &told["session_state"]), "unchanged");
    let told = ask(&mut ada, &app, &[("response_mode", "jwt")]).await;
    assert!(!told.contains_key("session_state"), "{told:?}");
    let inside = claims_of(&told["response"])["session_state"].as_str().unwrap().to_owned();
    assert_eq!(frame(&ada, &app.id, &inside), "unchanged");
    for told in [
        ask(&mut ada, &app, &[("scope", "email")]).await,
        ask(&mut ada, &app, &[("scope", "email"), ("prompt", "none")]).await,
        ask(&mut ada, &app, &[("response_type", "token")]).await,
    ] {
        assert!(!told.contains_key("session_state"), "{told:?}");
    }
}

#[tokio::test]
async fn an_app_without_an_origin_is_told_none() {
    let server = Server::start().await;
    let uri = "com.example.app:/back";
    let changes = json!({ "type": "native", "redirect_uris": [uri], "skip_consent": true });
    let app = App::create(&server, changes).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("redirect_uri", uri)])).await;
    assert!(ada.at.starts_with("com.example.app:/back?code=") && !ada.at.contains("session_state"), "{}", ada.at);
}

#[tokio::test]
async fn the_frame_may_be_anywhere_and_holds_nothing() {
    let server = Server::start().await;
    let ada = signed_in(&server, ADA).await;
    let reply = ada.look(FRAME).await.expect(200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let policy = reply.header("content-security-policy");
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors *", "form-action 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("connect-src"), "{policy}");
    assert_eq!(reply.header("x-frame-options"), "");
    assert!(reply.cookies().is_empty());
    let page = String::from_utf8_lossy(&reply.bytes).into_owned();
    for kind in ["at", "rt", "csrf", "bs"] {
        assert!(!page.contains(ada.cookie(kind).unwrap()), "{kind}: {page}");
    }
    let name = format!("data-cookie=\"pc_bs_{}\"", server.application_id().replace('-', ""));
    assert!(page.contains(&name), "{page}");
    let script = page.split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let script = server.anonymous().get(script).await.expect(200);
    assert!(script.header("content-type").starts_with("text/javascript"), "{script}");
    // Whoever looks sees the same.
    assert_eq!(server.anonymous().get(FRAME).await.expect(200).bytes, reply.bytes);
}

#[tokio::test]
async fn nothing_else_may_be_framed() {
    let server = Server::start().await;
    let ada = signed_in(&server, ADA).await;
    for path in
        ["/sign-in", "/account", "/oauth2/authorize", "/oauth2/consent", "/oauth2/logout", "/signed-out", "/v1/auth/me"]
    {
        let reply = ada.look(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test]
async fn under_https_the_cookie_is_sent_from_everywhere_and_read_by_scripts() {
    let options = Options { public_url: "https://auth.example.com", ..Options::default() };
    let server = Server::start_with(options).await;
    server.anonymous().sign_up(ADA).await.expect(202);
    let body = json!({ "email": ADA, "password": PASSWORD, "transport": "cookie" });
    let signed_in = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
    let (pair, attributes) =
        signed_in.cookies().into_iter().find(|(pair, _)| pair.starts_with("__Host-pc_bs_")).expect("the state");
    assert!(attributes.contains("SameSite=None") && attributes.contains("Secure"), "{attributes}");
    assert!(!attributes.contains("HttpOnly") && !attributes.contains("Domain"), "{attributes}");
    let page = server.anonymous().get(FRAME).await.expect(200);
    let name = format!("data-cookie=\"{}\"", pair.split('=').next().unwrap());
    assert!(String::from_utf8_lossy(&page.bytes).contains(&name), "{page}");
}

#[tokio::test]
async fn signing_out_at_a_clients_wish_changes_the_state_too() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    let told = ask(&mut ada, &app, &[]).await;
    let tokens = app.redeem(&told["code"]).await.expect(200);
    let hint = tokens.json["id_token"].as_str().unwrap();
    ada.open(&format!("/oauth2/logout?id_token_hint={hint}")).await.is_at("/signed-out");
    assert_eq!(events(&server, "session.revoked").await, 1);
    assert_eq!(frame(&ada, &app.id, &told["session_state"]), "changed");
}
