//! Plans `oidc-basic-op` and `oidc-config-op`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{ADA, Op, id_claims, metadata, publish, stays_here, text};
use crate::{
    hosted::encoded,
    kit::Server,
    oauth::{
        client::form,
        kit::{header_of, verified},
        stage::{App, BACK, ISSUER, VERIFIER, answer},
    },
};

/// A request object without a signature.
fn unsigned(claims: &Value) -> String {
    format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The usual flow: code, tokens, and claims about the same person.
#[tokio::test]
async fn oidcc_server() {
    let mut op = Op::with(json!({ "require_pkce": false })).await;
    let told = op.ask(&[("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("the-state", ISSUER));
    let fields = [("grant_type", "authorization_code"), ("code", told["code"].as_str()), ("redirect_uri", BACK)];
    let tokens = op.app.post("/oauth2/token", &fields).await.expect(200).json;
    let claims = verified(&op.server, &text(&tokens, "id_token"), "JWT").await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(op.app.id)));
    assert_eq!(claims["nonce"], "the-nonce");
    assert!(claims["exp"].as_i64() > claims["iat"].as_i64() && claims["sub"].is_string(), "{claims}");
    assert_eq!(op.userinfo(&tokens).await.expect(200).json["sub"], claims["sub"]);
}

/// Without `response_type` the client is told that something is missing.
#[tokio::test]
async fn oidcc_response_type_missing() {
    let told = Op::start().await.ask(&[("response_type", "")]).await;
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("invalid_request", "the-state"));
    assert!(!told.contains_key("code"));
}

/// An ID token is signed with a published key, which its header names.
#[tokio::test]
async fn oidcc_idtoken_signature() {
    let mut op = Op::start().await;
    let token = text(&op.tokens(&[]).await, "id_token");
    let header = header_of(&token);
    assert!(header["alg"] == "RS256" && header["kid"].is_string(), "{header}");
    verified(&op.server, &token, "JWT").await;
}

/// ID tokens without a signature are not to be had, nor named.
#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    let server = Server::start().await;
    let body =
        json!({ "type": "web", "name": "Bare", "redirect_uris": [BACK], "id_token_signed_response_alg": "none" });
    let refused = server.root().post("/api/v1/applications", body).await;
    assert_eq!(refused.status / 100, 4, "{refused}");
    let named = metadata(&server).await["id_token_signing_alg_values_supported"].clone();
    let named = named.as_array().unwrap();
    assert!(named.contains(&json!("RS256")) && !named.contains(&json!("none")), "{named:?}");
}

/// In the code flow a nonce is not needed, and none is made up.
#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    let mut op = Op::start().await;
    let claims = id_claims(&op.tokens(&[("nonce", "")]).await);
    assert!(claims["sub"].is_string() && claims.get("nonce").is_none(), "{claims}");
}

/// Neither the order of scopes nor that of parameters matters, and what scopes stand for is told at the userinfo endpoint alone.
#[tokio::test]
async fn oidcc_alternate_happy_flow() {
    let mut op = Op::start().await;
    let mut pairs = op.app.pairs(&[("scope", "email openid")]);
    pairs.reverse();
    op.ada.open(&format!("/oauth2/authorize?{}", encoded(&pairs))).await;
    let told = answer(&op.ada);
    assert_eq!(told["state"], "the-state");
    let tokens = op.redeem(&told).await;
    assert!(id_claims(&tokens).get("email").is_none(), "{tokens}");
    assert_eq!(op.userinfo(&tokens).await.expect(200).json["email"], ADA);
}

/// `display=page` is a page as ever.
#[tokio::test]
async fn oidcc_display_page() {
    let mut op = Op::at_the_door(json!({})).await;
    op.ada.open(&op.app.address(&[("display", "page")])).await;
    op.prove().await;
}

/// `display=popup` is no reason to refuse.
#[tokio::test]
async fn oidcc_display_popup() {
    let mut op = Op::at_the_door(json!({})).await;
    op.ada.open(&op.app.address(&[("display", "popup")])).await;
    op.prove().await;
}

/// `prompt=login` asks whoever is signed in, and the ID token tells of the later sign-in.
#[tokio::test]
async fn oidcc_prompt_login() {
    let mut op = Op::start().await;
    let first = id_claims(&op.tokens(&[("max_age", "1000")]).await);
    op.server.turn_clock(Duration::from_secs(5));
    op.ada.open(&op.app.address(&[("prompt", "login"), ("max_age", "1000")])).await;
    let second = id_claims(&op.prove().await);
    assert_eq!(first["sub"], second["sub"]);
    assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64(), "{first} {second}");
}

/// With `prompt=none` nobody is asked to sign in.
#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    let told = Op::at_the_door(json!({})).await.ask(&[("prompt", "none")]).await;
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("login_required", "the-state"));
    assert!(!told.contains_key("code"));
}

/// With `prompt=none` whoever is signed in comes back at once, as the same person of the same sign-in.
#[tokio::test]
async fn oidcc_prompt_none_logged_in() {
    let mut op = Op::start().await;
    let first = id_claims(&op.tokens(&[("max_age", "1000")]).await);
    op.server.turn_clock(Duration::from_secs(5));
    let second = id_claims(&op.tokens(&[("prompt", "none"), ("max_age", "1000")]).await);
    assert!(first["auth_time"].is_i64(), "{first}");
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
}

/// A sign-in older than `max_age` is not enough.
#[tokio::test]
async fn oidcc_max_age_1() {
    let mut op = Op::start().await;
    let first = id_claims(&op.tokens(&[("max_age", "1000")]).await);
    op.server.turn_clock(Duration::from_secs(2));
    op.ada.open(&op.app.address(&[("max_age", "1")])).await;
    let second = id_claims(&op.prove().await);
    assert_eq!(first["sub"], second["sub"]);
    assert!(second["auth_time"].as_i64() >= first["auth_time"].as_i64().map(|time| time + 2), "{first} {second}");
}

/// A sign-in younger than `max_age` is, and the ID token says when it was.
#[tokio::test]
async fn oidcc_max_age_10000() {
    let mut op = Op::start().await;
    let first = id_claims(&op.tokens(&[("max_age", "10000")]).await);
    op.server.turn_clock(Duration::from_mins(1));
    let second = id_claims(&op.tokens(&[("max_age", "10000")]).await);
    assert!(first["auth_time"].is_i64(), "{first}");
    assert_eq!(first["auth_time"], second["auth_time"]);
}

/// A parameter that nobody knows does not matter.
#[tokio::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    let mut op = Op::start().await;
    let told = op.ask(&[("extra", "foobar")]).await;
    assert!(!told.contains_key("extra"), "{told:?}");
    op.redeem(&told).await;
}

/// An ID token of the person says who is meant.
#[tokio::test]
async fn oidcc_id_token_hint() {
    let mut op = Op::start().await;
    let first = op.tokens(&[]).await;
    let hint = text(&first, "id_token");
    let second = op.tokens(&[("prompt", "none"), ("id_token_hint", &hint)]).await;
    assert_eq!(id_claims(&first)["sub"], id_claims(&second)["sub"]);
}

/// `login_hint` is written into the form already.
#[tokio::test]
async fn oidcc_login_hint() {
    let mut op = Op::at_the_door(json!({})).await;
    op.ada.open(&op.app.address(&[("login_hint", ADA)])).await;
    op.ada.shows(&format!("value=\"{ADA}\""));
    op.prove().await;
}

/// The page is in the first language that is known here.
#[tokio::test]
async fn oidcc_ui_locales() {
    let mut op = Op::at_the_door(json!({})).await;
    op.ada.open(&op.app.address(&[("ui_locales", "tlh de")])).await;
    op.ada.shows("<html lang=\"de\"");
    op.prove().await;
}

/// A context class that is known is told in the ID token, and one that is not is no reason to refuse.
#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    let mut op = Op::start().await;
    let claims = id_claims(&op.tokens(&[("acr_values", "urn:portcullis:aal:1")]).await);
    assert_eq!(claims["acr"], "urn:portcullis:aal:1");
    op.tokens(&[("acr_values", "1 2")]).await;
}

/// A code is taken once.
#[tokio::test]
async fn oidcc_codereuse() {
    let mut op = Op::start().await;
    let told = op.ask(&[]).await;
    op.redeem(&told).await;
    op.app.redeem(&told["code"]).await.refused(400, "invalid_grant");
}

/// A code that comes again after half a minute is refused too, and takes along what it brought.
#[tokio::test]
async fn oidcc_codereuse_30seconds() {
    let mut op = Op::start().await;
    let told = op.ask(&[]).await;
    let tokens = op.redeem(&told).await;
    op.userinfo(&tokens).await.expect(200);
    op.server.turn_clock(Duration::from_secs(30));
    op.app.redeem(&told["code"]).await.refused(400, "invalid_grant");
    op.userinfo(&tokens).await.refused(401, "invalid_token");
}

/// Nobody is sent to an address that is not registered.
#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() {
    let op = Op::start().await;
    stays_here(&op.ada.look(&op.app.address(&[("redirect_uri", "https://app.example.com/callback/other")])).await);
}

/// The request may come as a form.
#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    let mut op = Op::start().await;
    let call = op.server.anonymous().call(Method::POST, "/oauth2/authorize").header("sec-fetch-site", "cross-site");
    let call = call.header("content-type", "application/x-www-form-urlencoded").raw(encoded(&op.app.pairs(&[])));
    let reply = call.await.expect(303);
    op.ada.open(reply.header("location")).await;
    op.redeem(&answer(&op.ada)).await;
}

/// A secret in the body, by a client that is registered for that.
#[tokio::test]
async fn oidcc_server_client_secret_post() {
    let mut op = Op::with(json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
    let told = op.ask(&[]).await;
    let redemption = [
        ("grant_type", "authorization_code"),
        ("code", told["code"].as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("client_id", op.app.id.as_str()),
    ];
    let wrong = [&redemption[..], &[("client_secret", "wrong")]].concat();
    form(&op.server.anonymous(), "/oauth2/token", &wrong).await.refused(401, "invalid_client");
    let right = [&redemption[..], &[("client_secret", &op.app.secret)]].concat();
    let tokens = form(&op.server.anonymous(), "/oauth2/token", &right).await.expect(200).json;
    op.userinfo(&tokens).await.expect(200);
}

/// A request object at a registered address counts; an address that was not registered is not called.
#[tokio::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    let (uri, page) = publish(String::new()).await;
    let mut op = Op::with(json!({ "request_uris": [uri] })).await;
    *page.lock() = unsigned(&json!({ "client_id": op.app.id, "response_type": "code", "state": "inside" }));
    let told = op.ask(&[("request_uri", &uri)]).await;
    assert_eq!(told["state"], "inside");
    op.redeem(&told).await;
    let other = App::own(&op.server).await;
    op.ada.open(&other.address(&[("request_uri", &uri)])).await;
    assert_eq!(answer(&op.ada)["error"], "invalid_request_uri", "it is another client's");
}

/// What an unsigned request object says goes before what stands beside it.
#[tokio::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    let mut op = Op::start().await;
    let object = unsigned(&json!({ "client_id": op.app.id, "response_type": "code", "nonce": "inside" }));
    let tokens = op.tokens(&[("request", &object)]).await;
    assert_eq!(id_claims(&tokens)["nonce"], "inside");
    let named = metadata(&op.server).await["request_object_signing_alg_values_supported"].clone();
    assert!(named.as_array().unwrap().contains(&json!("none")), "{named}");
}

/// The address inside a request object counts, and is held to what is registered.
#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let mut op = Op::with(json!({ "jwks": { "keys": [key.public_jwk()] } })).await;
    let object = |uri: &str| {
        let claims = json!({ "iss": op.app.id, "aud": ISSUER, "client_id": op.app.id, "redirect_uri": uri });
        key.sign("oauth-authz-req+jwt", &claims).unwrap()
    };
    let (good, bad) = (object(BACK), object("https://evil.example/"));
    let told = op.ask(&[("request", &good), ("redirect_uri", "https://app.example.com/beside")]).await;
    op.redeem(&told).await;
    stays_here(&op.ada.look(&op.app.address(&[("request", &bad)])).await);
}

/// A refresh brings tokens for the same person and client, and for that client alone.
#[tokio::test]
async fn oidcc_refresh_token() {
    let mut op = Op::start().await;
    let first = op.tokens(&[("scope", "openid email offline_access")]).await;
    let refresh = text(&first, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    App::own(&op.server).await.post("/oauth2/token", &fields).await.refused(400, "invalid_grant");
    let second = op.app.post("/oauth2/token", &fields).await.expect(200).json;
    let (before, after) = (id_claims(&first), id_claims(&second));
    for name in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_ne!(first["access_token"], second["access_token"]);
    op.userinfo(&second).await.expect(200);
}

/// A code with a challenge is for whoever has the verifier.
#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    let mut op = Op::with(json!({ "require_pkce": false })).await;
    let told = op.ask(&[]).await;
    let bare = [("grant_type", "authorization_code"), ("code", told["code"].as_str()), ("redirect_uri", BACK)];
    op.app.post("/oauth2/token", &bare).await.refused(400, "invalid_grant");
    op.redeem(&told).await;
}

/// Discovery says what every client needs, for this issuer, and no way that is refused here.
#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let document = metadata(&Server::start().await).await;
    assert_eq!(document["issuer"], ISSUER);
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        assert!(text(&document, name).starts_with(ISSUER), "{name}");
    }
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["claims_parameter_supported"], true);
    for (name, value) in [
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("grant_types_supported", "authorization_code"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
    ] {
        assert!(document[name].as_array().unwrap().contains(&json!(value)), "{name}: {}", document[name]);
    }
}
