//! Plan `oidc-basic-op`: which claims are told, and where.

use serde_json::json;

use super::{ADA, Op, id_claims, metadata, text};
use crate::{kit::Server, oauth::client::form};

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

/// `profile` gives the claims of a profile.
#[tokio::test]
async fn oidcc_scope_profile() {
    assert_eq!(claims_for("openid profile").await, ["family_name", "given_name", "name", "updated_at"]);
}

/// `email` gives the address, and whether it was proven.
#[tokio::test]
async fn oidcc_scope_email() {
    assert_eq!(claims_for("openid email").await, ["email", "email_verified"]);
}

/// `address` may be asked for; there is no postal address to tell, and discovery does not promise one.
#[tokio::test]
async fn oidcc_scope_address() {
    assert!(claims_for("openid address").await.is_empty());
    let named = metadata(&Server::start().await).await["scopes_supported"].clone();
    assert!(!named.as_array().unwrap().contains(&json!("address")), "{named}");
}

/// `phone` gives the number, and whether it was proven.
#[tokio::test]
async fn oidcc_scope_phone() {
    assert_eq!(claims_for("openid phone").await, ["phone_number", "phone_number_verified"]);
}

/// All at once give all of it.
#[tokio::test]
async fn oidcc_scope_all() {
    let told = claims_for("openid profile email address phone").await;
    for name in ["name", "email", "email_verified", "phone_number", "phone_number_verified"] {
        assert!(told.contains(&name.to_owned()), "{name}: {told:?}");
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
