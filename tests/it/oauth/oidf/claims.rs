//! Plan `oidc-basic-op`: which claims are told, and where.

use serde_json::json;

use super::{ADA, Op, id_claims, metadata, text};
use crate::{kit::Server, oauth::client::form};

/// OpenID Connect Core 1.0, section 5.4.
const PROFILE: [&str; 14] = [
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The claims that the userinfo endpoint tells for this scope, besides `sub`.
async fn claims_for(scope: &str) -> Vec<String> {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[("scope", scope)]).await;
    assert_eq!(tokens["scope"], scope);
    let told = op.userinfo(&tokens).await.expect(200);
    assert_eq!(told.json["sub"], id_claims(&tokens)["sub"]);
    let mut names: Vec<String> = told.json.as_object().unwrap().keys().filter(|name| *name != "sub").cloned().collect();
    names.sort();
    names
}

/// The token in the header of a GET.
#[tokio::test]
async fn oidcc_userinfo_get() {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[]).await;
    let told = op.userinfo(&tokens).await.expect(200);
    assert!(told.header("content-type").starts_with("application/json"), "{told}");
    assert_eq!((&told.json["sub"], &told.json["email"]), (&id_claims(&tokens)["sub"], &json!(ADA)));
}

/// The token in the header of a POST.
#[tokio::test]
async fn oidcc_userinfo_post_header() {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[]).await;
    let caller = op.server.anonymous().bearer(&text(&tokens, "access_token"));
    assert_eq!(caller.poke("/oauth2/userinfo").await.expect(200).json["sub"], id_claims(&tokens)["sub"]);
}

/// The token in the body of a POST.
#[tokio::test]
async fn oidcc_userinfo_post_body() {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[]).await;
    let token = text(&tokens, "access_token");
    let told = form(&op.server.anonymous(), "/oauth2/userinfo", &[("access_token", &token)]).await.expect(200);
    assert_eq!(told.json["sub"], id_claims(&tokens)["sub"]);
}

/// `profile` gives the claims of a profile, all fourteen.
#[tokio::test]
async fn oidcc_scope_profile() {
    assert_eq!(claims_for("openid profile").await, PROFILE);
}

/// `email` gives the address, and whether it was proven.
#[tokio::test]
async fn oidcc_scope_email() {
    assert_eq!(claims_for("openid email").await, ["email", "email_verified"]);
}

/// `address` gives the postal address, as an object.
#[tokio::test]
async fn oidcc_scope_address() {
    assert_eq!(claims_for("openid address").await, ["address"]);
    let named = metadata(&Server::start().await).await["scopes_supported"].clone();
    assert!(named.as_array().unwrap().contains(&json!("address")), "{named}");
}

/// `phone` gives the number, and whether it was proven.
#[tokio::test]
async fn oidcc_scope_phone() {
    assert_eq!(claims_for("openid phone").await, ["phone_number", "phone_number_verified"]);
}

/// All at once give all of it, and discovery names each.
#[tokio::test]
async fn oidcc_scope_all() {
    let told = claims_for("openid profile email address phone").await;
    let others = ["address", "email", "email_verified", "phone_number", "phone_number_verified"];
    let mut expected: Vec<&str> = PROFILE.into_iter().chain(others).collect();
    expected.sort_unstable();
    assert_eq!(told, expected);
    let named = metadata(&Server::start().await).await["claims_supported"].clone();
    for name in told {
        assert!(named.as_array().unwrap().contains(&json!(name)), "{name}");
    }
}

/// Each standard claim that is asked for by itself is told, in the place where it was asked for.
#[tokio::test]
async fn oidcc_claims_each_by_itself() {
    let mut op = Op::start().await;
    let single: serde_json::Map<_, _> = PROFILE.into_iter().map(|name| (name.to_owned(), json!(null))).collect();
    let claims = json!({ "userinfo": single, "id_token": single }).to_string();
    let tokens = op.tokens(&[("scope", "openid"), ("claims", &claims)]).await;
    let (told, id) = (op.userinfo(&tokens).await.expect(200).json, id_claims(&tokens));
    for name in PROFILE {
        assert!(!told[name].is_null() && id[name] == told[name], "{name}: {told} {id}");
    }
}

/// Languages of claims are a wish that nobody has to fulfil.
#[tokio::test]
async fn oidcc_claims_locales() {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[("claims_locales", "se"), ("scope", "openid profile")]).await;
    assert_eq!(op.userinfo(&tokens).await.expect(200).json["name"], "Ada Lovelace");
}

/// A single claim that is asked for as essential is told without its scope.
#[tokio::test]
async fn oidcc_claims_essential() {
    let mut op = Op::start().await;
    let tokens = op.tokens(&[("scope", "openid"), ("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)]).await;
    let told = op.userinfo(&tokens).await.expect(200).json;
    assert_eq!(told["name"], "Ada Lovelace");
    assert!(told.get("email").is_none(), "{told}");
}
