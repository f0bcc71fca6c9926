//! Where it is told that a request object does not hold (RFC 9101, section 7): at the client's address, where that is beyond doubt.

use jose::{Algorithm, SigningKey};
use serde_json::json;

use super::stage::{App, BACK, ISSUER, answer};
use crate::{
    hosted::{Browser, encoded, signed_in},
    kit::Server,
};

const ADA: &str = "ada@example.com";

/// A client with a key, Ada, who is signed in, and an object that somebody else signed.
async fn stage(changes: serde_json::Value) -> (Server, App, Browser, String) {
    let server = Server::start().await;
    let own = SigningKey::generate(Algorithm::Es256).unwrap();
    let mut members = json!({ "skip_consent": true, "jwks": { "keys": [own.public_jwk()] } });
    members.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let app = App::create(&server, members).await;
    let ada = signed_in(&server, ADA).await;
    let claims = json!({ "iss": app.id, "aud": ISSUER, "client_id": app.id, "redirect_uri": BACK, "state": "inside" });
    let foreign = SigningKey::generate(Algorithm::Es256).unwrap().sign("oauth-authz-req+jwt", &claims).unwrap();
    (server, app, ada, foreign)
}

#[tokio::test]
async fn the_client_hears_of_it_with_the_state_that_stands_beside_it() {
    for changes in [json!({}), json!({ "require_signed_request_object": true })] {
        let (_server, app, mut ada, foreign) = stage(changes).await;
        for object in [foreign.as_str(), "x", "x.y.z"] {
            ada.open(&app.address(&[("request", object)])).await;
            let told = answer(&ada);
            assert_eq!(
                (told["error"].as_str(), told["state"].as_str()),
                ("invalid_request_object", "the-state"),
                "{object}"
            );
            assert!(told["iss"] == ISSUER && !told.contains_key("code"), "{told:?}");
        }
        ada.open(&app.address(&[("request", &foreign), ("response_mode", "fragment")])).await;
        assert!(ada.at.starts_with(&format!("{BACK}#error=invalid_request_object")), "{}", ada.at);
        ada.open(&app.address(&[("request", &foreign), ("response_mode", "jwt")])).await;
        assert!(answer(&ada).contains_key("response"), "signed, as it was asked for");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered_or_not_named() {
    let (_server, app, mut ada, foreign) = stage(json!({})).await;
    let evil = "https://evil.example/callback";
    for uri in [evil, "https://app.example.com/callback/", "https://app.example.com/callback?x=1", ""] {
        ada.open(&app.address(&[("request", &foreign), ("redirect_uri", uri)])).await;
        assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{uri}: {}", ada.at);
    }
    // Nor where two are named, nor for a client that nobody knows.
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", app.address(&[("request", &foreign)]));
    let unknown = app.address(&[("request", &foreign), ("client_id", "app_unknown")]);
    let without = [("request".to_owned(), foreign), ("redirect_uri".to_owned(), BACK.to_owned())];
    for address in [twice, unknown, format!("/oauth2/authorize?{}", encoded(&without))] {
        ada.open(&address).await;
        assert!(matches!(ada.status, 400 | 401) && ada.at.starts_with('/'), "{address}: {} {}", ada.status, ada.at);
    }
}

/// What a good object says is wrong for its own reasons, and its own address counts.
#[tokio::test]
async fn an_object_that_holds_is_answered_as_it_says() {
    let server = Server::start().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let other = "https://app.example.com/other";
    let members =
        json!({ "skip_consent": true, "redirect_uris": [BACK, other], "jwks": { "keys": [key.public_jwk()] } });
    let app = App::create(&server, members).await;
    let mut ada = signed_in(&server, ADA).await;
    let object = |uri: &str| {
        let claims =
            json!({ "iss": app.id, "aud": ISSUER, "client_id": app.id, "redirect_uri": uri, "prompt": "magic" });
        key.sign("oauth-authz-req+jwt", &claims).unwrap()
    };
    ada.open(&app.address(&[("request", &object(other))])).await;
    assert!(ada.at.starts_with(&format!("{other}?error=invalid_request")), "{}", ada.at);
    ada.open(&app.address(&[("request", &object("https://evil.example/"))])).await;
    assert_eq!((ada.status, ada.at.starts_with('/')), (400, true), "{}", ada.at);
}
