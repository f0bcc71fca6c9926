use edge::Method;

use super::name;
use crate::{
    kit::{count_events, endpoints},
    samples::World,
};

/// Whoever signed out has no credential left to ask again with.
const ENDS_ITS_OWN_CREDENTIAL: [&str; 3] =
    ["POST /api/v1/auth/logout", "POST /v1/auth/sign-out", "POST /v1/dashboard/sign-out"];

#[tokio::test]
async fn every_post_replays_under_its_idempotency_key() {
    let world = World::open().await;
    for endpoint in endpoints() {
        let name = name(&endpoint);
        // A stream has no end that could be kept; an import finds its rows again by itself.
        let is_kept = endpoint.is_kept();
        if endpoint.facts.method != Method::POST || !is_kept || ENDS_ITS_OWN_CREDENTIAL.contains(&name.as_str()) {
            continue;
        }
        let call = world.sample(&endpoint).await.idempotent(&name.replace(' ', "-"));
        let first = call.clone().await;
        assert!(first.status < 300 && first.header("idempotent-replayed").is_empty(), "{first}");
        let events = count_events(world.server.db()).await;
        let second = call.clone().await;
        assert_eq!(second.header("idempotent-replayed"), "true", "{name}: {second}");
        assert_eq!((second.status, &second.bytes), (first.status, &first.bytes), "{name}");
        assert_eq!(count_events(world.server.db()).await, events, "{name}");
        let mut other = call;
        other.path.push_str("?another");
        other.await.refused(422, "idempotency_key_reused");
    }
}

#[tokio::test]
async fn patches_and_deletes_replay_too() {
    let world = World::open().await;
    for endpoint in endpoints() {
        let is_replayed =
            endpoint.is_kept() && matches!(endpoint.facts.method, Method::PATCH | Method::DELETE | Method::PUT);
        if !is_replayed {
            continue;
        }
        let name = name(&endpoint);
        // Ending one's own session ends the credential.
        if matches!(name.as_str(), "DELETE /api/v1/me/sessions/{session_id}" | "DELETE /v1/dashboard/account") {
            continue;
        }
        let call = world.sample(&endpoint).await.idempotent(&name.replace(' ', "-"));
        let first = call.clone().await;
        assert!(first.status < 300, "{first}");
        let second = call.await;
        assert_eq!(second.header("idempotent-replayed"), "true", "{name}: {second}");
        assert_eq!((second.status, &second.bytes), (first.status, &first.bytes), "{name}");
    }
}
