//! The authorization endpoint, from a client's request to its answer.

use std::time::Duration;

use http::Method;
use serde_json::json;

use super::stage::{App, BACK, ISSUER, answer, onward, posted, prove};
use crate::{
    hosted::{Browser, encoded, events, known, signed_in},
    kit::{Server, claims_of},
};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn somebody_signed_in_brings_a_code_to_the_tenants_own_client_at_once() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    assert_eq!(ada.status, 303);
    let told = answer(&ada);
    assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("the-state", ISSUER));
    assert!(told["code"].starts_with("pc_ac_"), "{told:?}");
    assert!(told.keys().eq(["code", "iss", "session_state", "state"]), "{told:?}");
    assert_eq!(events(&server, "application.authorized").await, 0, "a code that nobody redeems is nothing");
    let tokens = app.redeem(&told["code"]).await.expect(200);
    assert_eq!(events(&server, "application.authorized").await, 1);
    let claims = claims_of(tokens.json["id_token"].as_str().unwrap());
    assert_eq!((&claims["nonce"], &claims["iss"]), (&json!("the-nonce"), &json!(ISSUER)));
    assert_eq!(app.redeem(&told["code"]).await.status, 400, "a code is taken once");
}

#[tokio::test]
async fn who_is_not_signed_in_does_so_first_and_comes_back_to_the_very_request() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[("login_hint", ADA)])).await;
    assert!(ada.at.starts_with("/sign-in?return_to=%2Foauth2%2Fcontinue%3Frequest%3Dpc_ar_"), "{}", ada.at);
    ada.shows("value=\"ada@example.com\"");
    prove(&mut ada, ADA).await;
    assert!(ada.at.starts_with("/oauth2/continue?request="), "{}", ada.at);
    let told = answer(&ada);
    assert_eq!(told["state"], "the-state");
    app.redeem(&told["code"]).await.expect(200);
}

#[tokio::test]
async fn a_request_has_one_answer() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    prove(&mut ada, ADA).await;
    answer(&ada);
    let again = ada.at.clone();
    ada.open(&again).await;
    assert_eq!(ada.status, 404, "{}", ada.page);
}

#[tokio::test]
async fn another_browsers_request_is_none() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let handle = ada.at.split("request%3D").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mut eve = signed_in(&server, "eve@example.com").await;
    for page in ["continue", "consent", "select-account"] {
        eve.open(&format!("/oauth2/{page}?request={handle}")).await;
        assert_eq!(eve.status, 404, "{page}: {}", eve.page);
    }
    eve.open("/oauth2/continue?request=pc_ar_0000").await;
    assert_eq!(eve.status, 404);
}

#[tokio::test]
async fn a_request_that_waited_for_too_long_is_over() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    server.turn_clock(Duration::from_mins(31));
    prove(&mut ada, ADA).await;
    assert!(ada.page.contains("expired"), "{}", ada.page);
}

#[tokio::test]
async fn with_prompt_none_nothing_is_asked() {
    let server = Server::start().await;
    let (own, foreign) = (App::own(&server).await, App::create(&server, json!({})).await);
    let mut nobody = Browser::new(&server);
    nobody.open(&own.address(&[("prompt", "none")])).await;
    assert_eq!(answer(&nobody)["error"], "login_required");
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&own.address(&[("prompt", "none")])).await;
    assert!(answer(&ada).contains_key("code"));
    ada.open(&foreign.address(&[("prompt", "none")])).await;
    let told = answer(&ada);
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("consent_required", "the-state"));
    assert_eq!(told["iss"], ISSUER);
}

#[tokio::test]
async fn prompt_login_asks_whoever_is_signed_in_and_is_satisfied_once() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    server.turn_clock(Duration::from_secs(5));
    ada.open(&app.address(&[("prompt", "login")])).await;
    assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
    // To go around the page is no proof.
    let handle = ada.at.split("request%3D").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let door = ada.at.clone();
    ada.open(&format!("/oauth2/continue?request={handle}")).await;
    assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
    ada.open(&door).await;
    let asked_at = server.now().as_seconds();
    prove(&mut ada, ADA).await;
    let tokens = app.redeem(&answer(&ada)["code"]).await.expect(200);
    let auth_time = claims_of(tokens.json["id_token"].as_str().unwrap())["auth_time"].as_i64();
    assert!(auth_time.is_none_or(|auth_time| auth_time >= asked_at));
}

#[tokio::test]
async fn max_age_asks_whom_it_has_passed() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    server.turn_clock(Duration::from_secs(30));
    ada.open(&app.address(&[("max_age", "60")])).await;
    assert!(answer(&ada).contains_key("code"));
    server.turn_clock(Duration::from_secs(31));
    ada.open(&app.address(&[("max_age", "60"), ("prompt", "none")])).await;
    assert_eq!(answer(&ada)["error"], "login_required");
    for max_age in ["60", "0"] {
        server.turn_clock(Duration::from_secs(61));
        ada.open(&app.address(&[("max_age", max_age)])).await;
        assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
        prove(&mut ada, ADA).await;
        let tokens = app.redeem(&answer(&ada)["code"]).await.expect(200);
        assert!(claims_of(tokens.json["id_token"].as_str().unwrap())["auth_time"].is_i64());
    }
}

#[tokio::test]
async fn select_account_shows_who_is_signed_in_and_lets_somebody_else_sign_in() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    known(&server, "eve@example.com").await;
    let mut ada = signed_in(&server, ADA).await;
    server.turn_clock(Duration::from_secs(1));
    ada.open(&app.address(&[("prompt", "select_account")])).await;
    assert!(ada.at.starts_with("/oauth2/select-account?"), "{}", ada.at);
    ada.shows(ADA).shows("Reports");
    ada.submit("/oauth2/select-account", &[("decision", "continue")]).await;
    assert!(answer(&ada).contains_key("code"));
    ada.open(&app.address(&[("prompt", "select_account")])).await;
    ada.submit("/oauth2/select-account", &[("decision", "other")]).await;
    assert!(ada.at.starts_with("/sign-in?"), "{}", ada.at);
    prove(&mut ada, "eve@example.com").await;
    assert!(answer(&ada).contains_key("code"));
}

#[tokio::test]
async fn prompt_create_leads_to_a_new_account() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    server.turn_clock(Duration::from_secs(1));
    ada.open(&app.address(&[("prompt", "create")])).await;
    assert!(ada.at.starts_with("/sign-up?return_to="), "{}", ada.at);
}

#[tokio::test]
async fn an_unknown_client_or_address_gets_a_page_and_never_a_redirect() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let other = App::create(&server, json!({ "redirect_uris": ["https://other.example/cb"] })).await;
    let ada = signed_in(&server, ADA).await;
    for changes in [
        &[("client_id", "")][..],
        &[("client_id", "app_unknown")],
        &[("client_id", "https://evil.example/client.json")],
        &[("redirect_uri", "")],
        &[("redirect_uri", "https://evil.example/")],
        &[("redirect_uri", "https://app.example.com/callback/")],
        &[("redirect_uri", "https://app.example.com/callback?x=1")],
        &[("redirect_uri", "https://app.example.com/callback#x")],
        &[("redirect_uri", "https://app.example.com/callback/..;/x")],
        &[("redirect_uri", "https://APP.example.com/callback")],
        &[("redirect_uri", "https://app.example.com:443/callback")],
        &[("redirect_uri", "https://user@app.example.com/callback")],
        &[("redirect_uri", "http://app.example.com/callback")],
        &[("redirect_uri", "javascript:alert(1)")],
        &[("redirect_uri", "https://other.example/cb")],
    ] {
        let reply = ada.look(&app.address(changes)).await;
        assert_eq!((reply.status / 100, reply.header("location")), (4, ""), "{changes:?}: {reply}");
        assert!(reply.header("content-type").starts_with("text/html"), "{reply}");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback", app.address(&[]));
    assert_eq!(ada.look(&twice).await.status, 400);
    app.change(json!({ "redirect_uris": ["https://app.example.com/other"] })).await;
    assert_eq!(ada.look(&app.address(&[])).await.status, 400);
    drop(other);
}

#[tokio::test]
async fn every_other_fault_goes_back_to_the_client_with_its_state() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    for (changes, error) in [
        (&[("response_type", "")][..], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("scope", "openid reports:read")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "whatever")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("resource", "https://api.example.com")], "invalid_target"),
        (&[("claims", "[]")], "invalid_request"),
        (&[("id_token_hint", "a.b.c")], "invalid_request"),
        (&[("registration", "{}")], "registration_not_supported"),
    ] {
        ada.open(&app.address(changes)).await;
        let told = answer(&ada);
        assert_eq!(told.get("error").map(String::as_str), Some(error), "{changes:?}: {told:?}");
        assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("the-state", ISSUER), "{changes:?}");
        assert!(!told.contains_key("code"));
    }
}

#[tokio::test]
async fn the_answer_travels_in_the_mode_that_was_asked_for() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("response_mode", "fragment")])).await;
    assert!(ada.at.starts_with(&format!("{BACK}#code=")), "{}", ada.at);
    let reply =
        ada.look(&app.address(&[("response_mode", "form_post"), ("state", "\"><script>alert(1)</script>")])).await;
    assert_eq!(reply.status, 200, "{reply}");
    let policy = reply.header("content-security-policy");
    assert!(policy.ends_with("form-action 'self' https://app.example.com"), "{policy}");
    ada.open(&app.address(&[("response_mode", "form_post"), ("state", "\"><script>alert(1)</script>")])).await;
    let told = posted(&ada);
    assert!(told["code"].starts_with("pc_ac_") && told["iss"] == ISSUER, "{told:?}");
    assert_eq!(told["state"], "\"><script>alert(1)</script>");
    assert!(!ada.page.contains("<script>alert"), "{}", ada.page);
    app.redeem(&told["code"]).await.expect(200);
}

#[tokio::test]
async fn an_answer_may_be_signed() {
    let server = Server::start().await;
    let app = App::create(&server, json!({ "skip_consent": true, "authorization_signed_response_alg": "ES256" })).await;
    let mut ada = signed_in(&server, ADA).await;
    for mode in ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"] {
        ada.open(&app.address(&[("response_mode", mode)])).await;
        let told = if mode == "form_post.jwt" { posted(&ada) } else { answer(&ada) };
        assert_eq!(told.keys().collect::<Vec<_>>(), ["response"], "{mode}");
        let claims = claims_of(&told["response"]);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(app.id)), "{mode}");
        assert_eq!(claims["state"], "the-state");
        app.redeem(claims["code"].as_str().unwrap()).await.expect(200);
    }
    ada.open(&app.address(&[("response_mode", "jwt"), ("scope", "nonsense")])).await;
    assert_eq!(claims_of(&answer(&ada)["response"])["error"], "invalid_scope");
}

#[tokio::test]
async fn what_comes_by_a_form_of_another_site_is_the_same_request() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let ada = signed_in(&server, ADA).await;
    let body = encoded(&app.pairs(&[]));
    // Browsers send no cookie with it, and say where it comes from.
    let call = server.anonymous().call(Method::POST, "/oauth2/authorize");
    let call = call.header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "cross-site");
    let reply = call.header("origin", "https://app.example.com").raw(body).await.expect(303);
    assert!(reply.cookies().is_empty(), "{reply}");
    let mut ada = ada;
    ada.open(reply.header("location")).await;
    assert!(answer(&ada).contains_key("code"));
    let unknown = server.anonymous().call(Method::POST, "/oauth2/authorize");
    let unknown = unknown.header("content-type", "application/x-www-form-urlencoded").raw("client_id=x&scope=y").await;
    assert_eq!(ada.look(unknown.expect(303).header("location")).await.status, 401);
}

#[tokio::test]
async fn the_hint_says_who_is_meant() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let tokens = app.redeem(&answer(&ada)["code"]).await.expect(200);
    let hint = tokens.json["id_token"].as_str().unwrap().to_owned();
    server.turn_clock(Duration::from_hours(3));
    let mut ada = Browser::new(&server);
    ada.open("/sign-in").await;
    prove(&mut ada, ADA).await;
    ada.open(&app.address(&[("prompt", "none"), ("id_token_hint", &hint)])).await;
    assert!(answer(&ada).contains_key("code"), "its time does not matter");
    let mut eve = signed_in(&server, "eve@example.com").await;
    eve.open(&app.address(&[("prompt", "none"), ("id_token_hint", &hint)])).await;
    assert_eq!(answer(&eve)["error"], "login_required");
    eve.open(&app.address(&[("id_token_hint", &hint)])).await;
    assert!(eve.at.starts_with("/sign-in?"), "{}", eve.at);
    prove(&mut eve, "eve@example.com").await;
    assert_eq!(answer(&eve)["error"], "login_required", "it is still not Ada");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_where_the_client_needs_it() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[("acr_values", "urn:portcullis:aal:1")])).await;
    assert!(answer(&ada).contains_key("code"));
    ada.open(&app.address(&[("acr_values", "urn:portcullis:aal:2")])).await;
    assert!(ada.at.starts_with("/sign-in/continue?return_to=%2Foauth2%2Fcontinue"), "{}", ada.at);
    let essential = r#"{"id_token":{"acr":{"essential":true,"value":"urn:nobody:knows"}}}"#;
    ada.open(&app.address(&[("claims", essential)])).await;
    assert_eq!(answer(&ada)["error"], "unmet_authentication_requirements");
    ada.open(&app.address(&[("acr_values", "urn:nobody:knows")])).await;
    assert!(answer(&ada).contains_key("code"), "a wish is not worth a refusal");
}

#[tokio::test]
async fn the_way_on_is_a_page_after_the_form_of_a_door() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    prove(&mut ada, ADA).await;
    // 200 and no redirect: browsers hold a form's redirects to the policy of its page.
    assert!(ada.at.starts_with("/oauth2/continue"), "{}", ada.at);
    assert!(onward(&ada).starts_with(BACK));
}
