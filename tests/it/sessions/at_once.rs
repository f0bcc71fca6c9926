use std::time::Duration;

use crate::kit::Server;

#[tokio::test]
async fn a_session_that_was_asked_for_a_moment_ago_is_dead_once_its_end_was_answered() {
    let server = Server::start().await;
    for round in 0..20 {
        let client = server.anonymous().from(&format!("198.18.{round}.1"));
        let ada = server.user_at(&client, &format!("ada.{round}@example.com")).await;
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let ada = ada.clone();
                #[expect(clippy::disallowed_methods, reason = "many at once are what is tested")]
                tokio::spawn(async move {
                    while ada.get("/v1/auth/me").await.status == 200 {
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(2)).await;
        ada.poke("/v1/auth/sign-out").await.expect(200);
        ada.get("/v1/auth/me").await.refused(401, "session_revoked");
        for reader in readers {
            reader.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_change_of_the_person_is_seen_by_the_next_request() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    for name in ["Ada", "Ada King", "Ada Lovelace"] {
        ada.get("/v1/auth/me").await.expect(200);
        server.root().patch(format!("/v1/users/{}", ada.id), serde_json::json!({ "name": name })).await.expect(200);
        assert_eq!(ada.get("/v1/auth/me").await.expect(200).text("/user/name"), name);
    }
    server.root().poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    assert_eq!(ada.get("/v1/auth/me").await.status, 401);
}
