use serde_json::json;

use super::{RACERS, count, patient, race, rounds};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_to_one_version_one_is_made() {
    let server = patient().await;
    let root = server.root();
    let path = format!("/v1/users/{}", root.create_user("ada@example.com").await.id());
    for round in 1..=rounds(100) {
        let calls = (0..RACERS).map(|number| {
            root.patch(&path, json!({ "name": format!("{round}-{number}") })).if_match(&format!("\"{round}\""))
        });
        let replies = race(calls).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        assert_eq!(count(&replies, 412) + count(&replies, 409), RACERS - 1, "round {round}");
    }
    assert_eq!(root.get(&path).await.header("etag"), format!("\"{}\"", rounds(100) + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_api_key_that_many_rotate_has_one_new_secret() {
    let server = patient().await;
    let root = server.root();
    let key = root.post("/v1/api-keys", json!({ "name": "raced", "scopes": ["users:read"] })).await.expect(201);
    let path = format!("/v1/api-keys/{}/rotate", key.id());
    for round in 1..=rounds(100) {
        let replies = race((0..RACERS).map(|_| root.poke(&path).if_match(&format!("\"{round}\"")))).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
        server.anonymous().bearer(&winner.text("/secret")).get("/v1/users").await.expect(200);
    }
}
