use http::Method;
use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn what_is_not_there_is_a_404_in_its_surfaces_words() {
    let server = Server::start().await;
    let root = server.root();
    for path in ["/v1/nothing", "/v1", "/v1/users/018f3c4a-7b2e-7c1d-8000-000000000000/nothing", "/v1/webhooks"] {
        let reply = root.get(path).await.refused(404, "not_found");
        assert_eq!(reply.json["success"], json!(false), "{reply}");
    }
    let reply = root.get("/api/v1/nothing").await.refused(404, "not_found");
    assert_eq!(reply.json["request_id"], reply.header("x-request-id"));
    root.get("/oauth2/nothing").await.refused(404, "not_found");
}

#[tokio::test]
async fn a_method_that_is_not_served_is_a_405_that_says_which_are() {
    let server = Server::start().await;
    let reply = server.root().call(Method::PUT, "/v1/users").await.refused(405, "method_not_allowed");
    assert!(
        reply.header("allow").contains("GET") && reply.header("allow").contains("POST"),
        "{}",
        reply.header("allow")
    );
    assert_eq!(reply.json["success"], json!(false));
    server.root().call(Method::DELETE, "/api/v1/users").await.refused(405, "method_not_allowed");
    server.root().call(Method::OPTIONS, "/v1/users").await.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let server = Server::start().await;
    let reply = server.root().call(Method::HEAD, "/v1/users").await.expect(200);
    assert!(reply.bytes.is_empty());
    assert_eq!(reply.header("content-type"), "application/json");
    server.anonymous().call(Method::HEAD, "/v1/users").await.expect(401);
}

#[tokio::test]
async fn tricks_with_paths_lead_nowhere() {
    let server = Server::start().await;
    for path in [
        "/v1//users",
        "//v1/users",
        "/v1/users/",
        "/V1/users",
        "/v1/users;x",
        "/v1/%75sers/",
        "/v1/../v1/users",
        "/v1/users%2f",
        "/v1/users/%2e%2e/users",
        "/v1/./users",
        "/v1/auth/config/../../users",
    ] {
        let reply = server.anonymous().get(path).await;
        assert!(matches!(reply.status, 400 | 401 | 404), "{reply}");
        let reply = server.root().get(path).await;
        assert!(matches!(reply.status, 400 | 404), "{reply}");
    }
}
