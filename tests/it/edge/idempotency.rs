use std::{future::IntoFuture, time::Duration};

use serde_json::json;

use crate::kit::{Server, count_events};

#[tokio::test]
async fn the_same_request_is_carried_out_once_and_answered_twice() {
    let server = Server::start().await;
    let create = || server.root().post("/v1/users", json!({ "primary_email": "ada@example.com" })).idempotent("k-1");
    let first = create().await.expect(201);
    let before = count_events(server.db()).await;
    let second = create().await.expect(201);
    assert_eq!(first.bytes, second.bytes, "the stored reply, byte for byte");
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
    assert_eq!((second.header("etag"), second.header("location")), (first.header("etag"), first.header("location")));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert_eq!(count_events(server.db()).await, before);
    assert_eq!(server.root().get("/v1/users").await.items().len(), 1);
}

#[tokio::test]
async fn a_key_is_bound_to_its_body_and_path() {
    let server = Server::start().await;
    let root = server.root();
    root.post("/v1/users", json!({ "username": "ada" })).idempotent("k-1").await.expect(201);
    root.post("/v1/users", json!({ "username": "eve" })).idempotent("k-1").await.refused(422, "idempotency_key_reused");
    root.post("/api/v1/users", json!({ "username": "ada" })).idempotent("k-1").await.expect(422);
    let (one, two) = (root.create_user("a@example.com").await.id(), root.create_user("b@example.com").await.id());
    root.poke(format!("/v1/users/{one}/disable")).idempotent("k-2").await.expect(200);
    root.poke(format!("/v1/users/{two}/disable")).idempotent("k-2").await.refused(422, "idempotency_key_reused");
}

#[tokio::test]
async fn keys_of_different_callers_and_applications_are_apart() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let second = server.api_key(&["users:write"]).await;
    for (number, client) in [server.root(), second, other.api_key].into_iter().enumerate() {
        let body = json!({ "external_id": number.to_string() });
        let reply = client.post("/v1/users", body).idempotent("k-1").await.expect(201);
        assert_eq!(reply.header("idempotent-replayed"), "");
    }
}

#[tokio::test]
async fn secrets_shown_once_are_shown_again_to_who_lost_the_answer() {
    let server = Server::start().await;
    let create =
        || server.root().post("/v1/api-keys", json!({ "name": "k", "scopes": ["users:read"] })).idempotent("k-1");
    let (first, second) = (create().await.expect(201), create().await.expect(201));
    assert_eq!(first.text("/secret"), second.text("/secret"));
    assert_eq!(server.root().get("/v1/api-keys").await.items().len(), 2, "the first key and this one");
}

#[tokio::test]
async fn a_refused_request_frees_its_key() {
    let server = Server::start().await;
    let root = server.root();
    root.post("/v1/users", json!({ "primary_email": "nobody" })).idempotent("k-1").await.expect(422);
    root.post("/v1/users", json!({ "primary_email": "ada@example.com" })).idempotent("k-1").await.expect(201);
}

#[tokio::test]
async fn keys_are_kept_for_a_day() {
    let server = Server::start().await;
    let create = |name: &str| server.root().post("/v1/users", json!({ "username": name })).idempotent("k-1");
    create("ada").await.expect(201);
    server.turn_clock(Duration::from_secs(86_300));
    server.run_jobs().await;
    create("ada").await.expect(201);
    server.turn_clock(Duration::from_secs(200));
    server.run_jobs().await;
    create("eve").await.expect(201);
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let server = Server::start().await;
    for key in ["", &"k".repeat(256)] {
        server
            .root()
            .post("/v1/users", json!({ "username": "ada" }))
            .idempotent(key)
            .await
            .refused(400, "invalid_idempotency_key");
    }
}

#[tokio::test]
async fn a_twin_of_a_request_that_still_runs_is_told_to_wait() {
    // Hashing the password keeps the first one busy for a third of a second or more while the others come in; who is
    // first is for the store to say.
    let server = Server::start().await;
    let costly = json!({ "passwords": { "memory_kib": 32_768, "iterations": 16 } });
    server.root().patch("/v1/settings", costly).await.expect(200);
    let body = json!({ "primary_email": "ada@example.com", "password": "correct horse battery staple" });
    let create = || server.root().post("/v1/users", body.clone()).idempotent("k-1");
    let replies = futures_util::future::join_all((0..12).map(|_| create().into_future())).await;
    let (done, told): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!(
        done.iter().filter(|reply| reply.headers.get("idempotent-replayed").is_none()).count(),
        1,
        "one was carried out"
    );
    assert!(!told.is_empty(), "nobody came in time to be told");
    for reply in told {
        let reply = reply.refused(409, "idempotency_in_progress");
        assert!(reply.header("retry-after").parse::<u64>().is_ok(), "{reply}");
    }
    assert_eq!(create().await.expect(201).header("idempotent-replayed"), "true");
}
