use serde_json::json;

use super::{RACERS, count, patient, race, rounds};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_many_times_at_once_is_carried_out_once() {
    let server = patient().await;
    let root = server.root();
    for round in 0..rounds(100) {
        let call = root.post("/v1/users", json!({ "name": "twin", "external_id": format!("round {round}") }));
        let replies = race((0..RACERS).map(|_| call.clone().idempotent(&format!("round-{round}")))).await;
        let made = replies
            .iter()
            .filter(|reply| reply.status == 201 && reply.header("idempotent-replayed").is_empty())
            .count();
        assert_eq!(made, 1, "round {round}");
        for reply in &replies {
            let is_told_to_wait = reply.status == 409
                && reply.reason() == "idempotency_in_progress"
                && !reply.header("retry-after").is_empty();
            assert!(reply.status == 201 || is_told_to_wait, "{reply}");
        }
        let mut ids: Vec<String> =
            replies.iter().filter(|reply| reply.status == 201).map(crate::kit::Reply::id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "round {round}");
    }
    assert_eq!(root.walk("/v1/users", 200).await.len(), rounds(100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_raced_with_many_bodies_has_one_winner() {
    let server = patient().await;
    let root = server.root();
    for round in 0..rounds(25) {
        let calls = (0..RACERS).map(|number| {
            let body = json!({ "external_id": format!("{round}-{number}") });
            root.post("/v1/users", body).idempotent(&format!("round-{round}"))
        });
        let replies = race(calls).await;
        assert_eq!(count(&replies, 201), 1, "round {round}");
        assert_eq!(count(&replies, 422), RACERS - 1, "round {round}");
    }
}
