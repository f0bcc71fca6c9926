//! Plan `oidc-session-op`.

use serde_json::json;

use super::{Op, metadata, text};
use crate::{
    kit::Server,
    oauth::stage::{ISSUER, session_state},
};

/// Discovery names the frame, and it is there.
#[tokio::test]
async fn oidcc_session_management_discovery_endpoint_verification() {
    let server = Server::start().await;
    let document = metadata(&server).await;
    let frame = document["check_session_iframe"].as_str().unwrap();
    assert!(document["end_session_endpoint"].is_string());
    let page = server.anonymous().get(frame.strip_prefix(ISSUER).unwrap()).await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page}");
}

/// The state is that of the browser until the client signs the person out, and another one from then on.
#[tokio::test]
async fn oidcc_session_management_rp_initiated_logout() {
    const OUT: &str = "https://app.example.com/out";
    let mut op = Op::with(json!({ "post_logout_redirect_uris": [OUT] })).await;
    let told = op.ask(&[]).await;
    let (_, salt) = told["session_state"].split_once('.').unwrap();
    let now = |op: &Op| session_state(&op.app.id, &op.ada, salt);
    assert_eq!(now(&op), told["session_state"]);
    let hint = text(&op.redeem(&told).await, "id_token");
    op.ada.open(&format!("/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri={OUT}&state=s")).await;
    assert_eq!(op.ada.at, format!("{OUT}?state=s"));
    assert_ne!(now(&op), told["session_state"]);
}
