//! Hundreds of addresses that are almost the registered one, at every door that takes an address: no door leads there.
//!
//! The pure rule has its own list, of other ones (`oauth/src/redirect/variants.rs`).

use std::collections::BTreeSet;

use http::Method;
use jose::{Algorithm, SigningKey};
use serde_json::json;

use super::stage::{App, BACK, CHALLENGE, ISSUER, VERIFIER, answer};
use crate::{
    hosted::{encoded, events, signed_in},
    kit::{Reply, Server},
    races::patient,
};

const ADA: &str = "ada@example.com";
/// Put between any two characters.
const ADDED: [&str; 14] =
    ["/", "\\", "@", ":", ".", ";", "?", "#", "%2f", "%2e%2e/", "\u{200b}", "\t", " ", "@evil.example/"];
const INSTEAD: [&str; 18] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "file:///etc/passwd",
    "//app.example.com/callback",
    "/callback",
    "callback",
    "https:app.example.com/callback",
    "https:\\\\app.example.com\\callback",
    "http://app.example.com/callback",
    "com.example.app:/callback",
    "https://app.example.com.evil.example/callback",
    "https://evil.example/callback",
    "https://evil.example#@app.example.com/callback",
    "https://@@@@evil.example/callback",
    "https://localhost/callback",
    "urn:ietf:wg:oauth:2.0:oob",
];

/// Each character left out, doubled, in the other case, percent-encoded, and followed by what misleads a parser.
fn variants() -> Vec<String> {
    let mut all: BTreeSet<String> = INSTEAD.map(str::to_owned).into();
    for (at, c) in BACK.char_indices() {
        let (head, tail) = (&BACK[..at], &BACK[at + 1..]);
        all.insert(format!("{head}{tail}"));
        all.insert(format!("{head}{c}{c}{tail}"));
        all.insert(format!("{head}{}{tail}", c.to_ascii_uppercase()));
        all.insert(format!("{head}%{:02X}{tail}", u32::from(c)));
        all.extend(ADDED.map(|added| format!("{head}{c}{added}{tail}")));
    }
    all.remove(BACK);
    assert!(all.len() >= 300, "{}", all.len());
    all.into_iter().collect()
}

/// A page of ours, which says what is wrong and leads nowhere.
#[track_caller]
fn is_a_page(variant: &str, reply: &Reply) {
    assert_eq!((reply.status / 100, reply.header("location")), (4, ""), "{variant:?}: {reply}");
    assert_eq!(reply.header("refresh"), "", "{variant:?}");
    assert!(reply.header("content-type").starts_with("text/html"), "{variant:?}: {reply}");
    let page = String::from_utf8_lossy(&reply.bytes);
    assert!(!page.contains("evil.example") && !page.contains("alert(1)"), "{variant:?}: {page}");
}

#[tokio::test]
async fn the_authorization_endpoint_answers_none_of_them_with_a_redirect() {
    let server = patient().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    for variant in variants() {
        let changes = [("redirect_uri", variant.as_str())];
        is_a_page(&variant, &ada.look(&app.address(&changes)).await);
        // Nor with an error that would go back to the client.
        is_a_page(&variant, &ada.look(&app.address(&[changes[0], ("response_type", "token")])).await);
        let form = server.anonymous().call(Method::POST, "/oauth2/authorize");
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        let sent_on = form.raw(encoded(&app.pairs(&changes))).await;
        let here = sent_on.header("location").to_owned();
        assert!(sent_on.status != 303 || here.starts_with("/oauth2/continue?request="), "{variant:?}: {sent_on}");
        if sent_on.status == 303 {
            is_a_page(&variant, &ada.look(&here).await);
        }
    }
    assert_eq!(events(&server, "application.authorized").await, 0);
    ada.open(&app.address(&[])).await;
    assert!(answer(&ada).contains_key("code"), "the registered one is good");
}

#[tokio::test]
async fn none_of_them_is_pushed_or_signed() {
    let server = patient().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let app = App::create(&server, json!({ "skip_consent": true, "jwks": { "keys": [key.public_jwk()] } })).await;
    let ada = signed_in(&server, ADA).await;
    for variant in variants() {
        let pairs = app.pairs(&[("redirect_uri", variant.as_str())]);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.post("/oauth2/par", &pairs).await.refused(400, "invalid_request");
        let claims = json!({
            "iss": app.id, "aud": ISSUER, "client_id": app.id, "response_type": "code", "redirect_uri": variant, "scope": "openid",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        });
        let request = key.sign("oauth-authz-req+jwt", &claims).unwrap();
        let pairs = [("client_id".to_owned(), app.id.clone()), ("request".to_owned(), request.clone())];
        is_a_page(&variant, &ada.look(&format!("/oauth2/authorize?{}", encoded(&pairs))).await);
        app.post("/oauth2/par", &[("request", &request)]).await.expect(400);
    }
}

#[tokio::test]
async fn a_code_is_redeemed_under_none_of_them() {
    let server = patient().await;
    let app = App::own(&server).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let code = answer(&ada)["code"].clone();
    for variant in variants() {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", variant.as_str()),
            ("code_verifier", VERIFIER),
        ];
        app.post("/oauth2/token", &pairs).await.refused(400, "invalid_grant");
    }
    app.redeem(&code).await.expect(200);
}

#[tokio::test]
async fn signing_out_leads_to_none_of_them() {
    let server = patient().await;
    let app = App::create(&server, json!({ "skip_consent": true, "post_logout_redirect_uris": [BACK] })).await;
    let mut ada = signed_in(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let tokens = app.redeem(&answer(&ada)["code"]).await.expect(200);
    let hint = tokens.json["id_token"].as_str().unwrap();
    let address = |uri: &str| {
        let pairs = [("id_token_hint", hint), ("post_logout_redirect_uri", uri), ("state", "s")];
        format!("/oauth2/logout?{}", encoded(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))))
    };
    for variant in variants() {
        is_a_page(&variant, &ada.look(&address(&variant)).await);
    }
    assert_eq!(events(&server, "session.revoked").await, 0, "nobody was signed out by it");
    ada.open(&address(BACK)).await.is_at(&format!("{BACK}?state=s"));
}

#[tokio::test]
async fn a_native_apps_port_is_all_that_may_differ() {
    let server = patient().await;
    let body = json!({ "type": "native", "redirect_uris": ["http://127.0.0.1/callback"], "skip_consent": true });
    let app = App::create(&server, body).await;
    let ada = signed_in(&server, ADA).await;
    let there = ada.look(&app.address(&[("redirect_uri", "http://127.0.0.1:51004/callback")])).await;
    assert!(there.header("location").starts_with("http://127.0.0.1:51004/callback?code="), "{there}");
    for variant in [
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:80@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.2/callback",
        "http://[::1]/callback",
        "http://localhost/callback",
        "https://127.0.0.1/callback",
        "http://127.0.0.1:51004/callback/",
        "http://127.0.0.1:51004/callback?x=1",
        "http://127.0.0.1:51004/callback#x",
        "http://127.0.0.1:51004/Callback",
        "http://0x7f.1:51004/callback",
        "http://2130706433:51004/callback",
    ] {
        is_a_page(variant, &ada.look(&app.address(&[("redirect_uri", variant)])).await);
    }
    drop::<Server>(server);
}
