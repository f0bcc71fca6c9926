use http::Method;
use serde_json::json;

use crate::kit::{Call, Client, Server};

const OURS: &str = "https://app.example.com";

fn preflight(client: &Client, origin: &str) -> Call {
    let call = client.call(Method::OPTIONS, "/v1/users").without("x-application-id");
    call.header("origin", origin).header("access-control-request-method", "POST")
}

async fn registered() -> Server {
    let server = Server::start().await;
    server.root().patch("/v1/settings", json!({ "allowed_origins": [OURS] })).await.expect(200);
    server
}

#[tokio::test]
async fn a_registered_origin_may_ask_and_read() {
    let server = registered().await;
    let allowed = preflight(&server.anonymous(), OURS).await.expect(204);
    assert_eq!(allowed.header("access-control-allow-origin"), OURS);
    assert!(allowed.header("access-control-allow-methods").contains("POST"));
    for header in ["authorization", "content-type", "idempotency-key", "if-match", "x-application-id", "x-csrf-token"] {
        assert!(allowed.header("access-control-allow-headers").contains(header), "{header}");
    }
    let read = server.root().get("/v1/users").header("origin", OURS).await.expect(200);
    assert_eq!(read.header("access-control-allow-origin"), OURS);
    assert!(read.header("vary").contains("origin"));
    assert!(read.header("access-control-expose-headers").contains("x-request-id"));
    let refused = server.anonymous().get("/v1/users").header("origin", OURS).await.expect(401);
    assert_eq!(refused.header("access-control-allow-origin"), OURS, "a page may read why it was refused");
}

#[tokio::test]
async fn no_other_origin_is_echoed() {
    let server = registered().await;
    for origin in [
        "https://app.example.com.evil.example",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://APP.example.com",
        "null",
        "https://sub.app.example.com",
        "",
    ] {
        let refused = preflight(&server.anonymous(), origin).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
        let read = server.root().get("/v1/users").header("origin", origin).await.expect(200);
        assert_eq!(read.header("access-control-allow-origin"), "", "{origin}");
        assert!(read.header("vary").contains("origin"));
    }
}

#[tokio::test]
async fn an_origin_of_one_application_reads_no_other() {
    let server = registered().await;
    let other = server.other_tenant("Acme").await;
    let read = other.api_key.get("/v1/users").header("origin", OURS).await.expect(200);
    assert_eq!(read.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn an_origin_that_was_struck_off_is_forgotten_at_once() {
    let server = registered().await;
    server.root().patch("/v1/settings", json!({ "allowed_origins": [] })).await.expect(200);
    assert_eq!(preflight(&server.anonymous(), OURS).await.header("access-control-allow-origin"), "");
}
