use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let server = Server::start().await;
    let root = server.root();
    let create = || root.post("/v1/users", json!({ "username": "ada" }));
    create().header("content-type", "application/x-www-form-urlencoded").await.refused(415, "unsupported_media_type");
    create().header("content-type", "text/plain").await.refused(415, "unsupported_media_type");
    create().header("content-encoding", "gzip").await.refused(415, "unsupported_media_type");
    create().header("content-type", "Application/JSON; charset=utf-8").await.expect(201);
}

#[tokio::test]
async fn a_body_has_one_meaning() {
    let server = Server::start().await;
    let root = server.root();
    for body in [
        r#"{"username":"ada","username":"eve"}"#,
        r#"{"username":"ada","user\u006eame":"eve"}"#,
        r#"{"username":"ada"} trailing"#,
        r#"{"username":"ada",}"#,
        r"{'username':'ada'}",
        "{\"username\":\"\\ud800\"}",
        "",
        "null\0",
    ] {
        root.poke("/v1/users").raw(body).await.refused(400, "invalid_json");
    }
    root.poke("/v1/users").raw(b"{\"username\":\"\xff\xfe\"}".to_vec()).await.refused(400, "invalid_json");
    for body in ["[]", "\"ada\"", "7", "null"] {
        let reply = root.poke("/v1/users").raw(body).await;
        assert!(matches!(reply.status, 400 | 422), "{reply}");
    }
    let duplicated_inside = r#"{"username":"ada","public_metadata":{"a":1,"a":2}}"#;
    root.poke("/v1/users").raw(duplicated_inside).await.refused(400, "invalid_json");
}

#[tokio::test]
async fn a_body_is_at_most_a_mebibyte_and_nests_64_deep() {
    let server = Server::start().await;
    let root = server.root();
    let padded = |bytes: usize| format!("{}{}", r#"{"username":"ada"}"#, " ".repeat(bytes - 18));
    root.poke("/v1/users").raw(padded(1_048_577)).await.refused(413, "body_too_large");
    root.poke("/v1/users").raw(padded(1_048_576)).await.expect(201);
    let nested = |depth: usize| {
        format!(r#"{{"username":"eve","public_metadata":{{"a":{}1{}}}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    root.poke("/v1/users").raw(nested(63)).await.refused(400, "invalid_json");
    root.poke("/v1/users").raw(nested(100_000)).await.refused(400, "invalid_json");
    root.poke("/v1/users").raw(nested(62)).await.expect(201);
}

#[tokio::test]
async fn a_field_that_is_not_known_is_named() {
    let server = Server::start().await;
    let reply = server
        .root()
        .post("/v1/users", json!({ "username": "ada", "role": "admin" }))
        .await
        .refused(400, "unknown_field");
    assert_eq!(reply.fields(), ["role unknown"]);
    let nested = json!({ "sessions": { "idle": 1 } });
    let reply = server.root().patch("/v1/settings", nested).await.refused(400, "unknown_field");
    assert_eq!(reply.fields(), ["sessions.idle unknown"]);
}
