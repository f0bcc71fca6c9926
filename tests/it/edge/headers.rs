use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn every_reply_carries_its_id_and_is_never_cached_framed_or_sniffed() {
    let server = Server::start().await;
    for reply in [
        server.root().get("/v1/users").await.expect(200),
        server.anonymous().get("/v1/users").await.expect(401),
        server.anonymous().get("/v1/nothing").await.expect(404),
        server.root().get("/api/v1/users").await.expect(200),
        server.root().post("/v1/users", json!({ "username": "ada" })).await.expect(201),
    ] {
        assert!(reply.header("x-request-id").starts_with("req_"), "{reply}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(reply.header(name), value, "{reply}");
        }
        assert_eq!(reply.header("server"), "");
    }
}

#[tokio::test]
async fn the_envelope_names_the_request_and_its_time() {
    let server = Server::start().await;
    let reply = server.root().get("/v1/users").await.expect(200);
    assert_eq!(reply.meta("request_id"), reply.header("x-request-id"));
    assert!(reply.meta("timestamp").as_str().unwrap().ends_with('Z'));
    assert_eq!((&reply.json["success"], &reply.json["error"]), (&json!(true), &json!(null)));
    let refused = server.anonymous().get("/v1/users").await.expect(401);
    assert_eq!((&refused.json["success"], &refused.json["data"]), (&json!(false), &json!(null)));
    assert_eq!(refused.json["error"]["code"], "unauthorized");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn request_ids_are_ours_and_differ() {
    let server = Server::start().await;
    let one = server.anonymous().get("/v1/auth/config").header("x-request-id", "chosen").await.expect(200);
    let two = server.anonymous().get("/v1/auth/config").await.expect(200);
    assert_ne!(one.header("x-request-id"), "chosen");
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}
