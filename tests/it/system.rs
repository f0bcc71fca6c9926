//! What stands beside the API: status, health, pages.

use crate::kit::Server;

#[tokio::test]
async fn the_status_says_version_time_and_store_and_no_host() {
    let server = Server::start().await;
    let status = server.anonymous().without("x-application-id").get("/v1/system").await.expect(200);
    assert_eq!(status.text("/version"), server::VERSION);
    assert_eq!(status.text("/api_version"), "v1");
    assert!(status.text("/server_time").starts_with("2026-01-15T09:30:00"));
    assert_eq!(status.data()["store"]["healthy"], true);
    let kind = if crate::kit::variable("TEST_STORE").is_some() { "postgres" } else { "sqlite" };
    assert_eq!(status.text("/store/kind"), kind);
    assert!(!String::from_utf8_lossy(&status.bytes).contains("localhost"));
}

#[tokio::test]
async fn orchestrators_are_told_that_it_lives_and_is_ready() {
    let server = Server::start().await;
    server.anonymous().get("/livez").await.expect(200);
    server.anonymous().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn pages_for_people_are_strict() {
    let server = Server::start().await;
    for path in ["/", "/setup", "/reference"] {
        let page = server.anonymous().get(path).await;
        assert!(page.header("content-type").starts_with("text/html"), "{path}: {page}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("script-src 'unsafe-inline'") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    }
    let setup = server.anonymous().get(format!("/setup?token={}", server.claim_token())).await.expect(200);
    assert!(!String::from_utf8_lossy(&setup.bytes).contains(server.claim_token()), "the token stays in the address");
    server.account().await;
}
