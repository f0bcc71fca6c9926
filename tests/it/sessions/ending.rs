use crate::kit::Server;

#[tokio::test]
async fn a_session_ends_at_once_whoever_ends_it() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    for by_the_application in [true, false] {
        let elsewhere = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
        elsewhere.get("/v1/auth/me").await.expect(200);
        let path = format!("/v1/sessions/{}", elsewhere.session_id);
        if by_the_application { server.root().delete(&path).await } else { ada.delete(&path).await }.expect(200);
        elsewhere.get("/v1/auth/me").await.refused(401, "session_revoked");
    }
    ada.get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn all_sessions_end_or_all_but_the_one_that_asks() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let others = [
        server.sign_in_at(&server.anonymous(), "ada@example.com").await,
        server.sign_in_at(&server.anonymous(), "ada@example.com").await,
    ];
    let ended = ada.delete("/v1/sessions?except_current=true").await.expect(200);
    assert_eq!(ended.data()["ended"], 2);
    for other in others {
        other.get("/v1/auth/me").await.refused(401, "session_revoked");
    }
    ada.get("/v1/auth/me").await.expect(200);
    server.root().delete("/v1/sessions").await.refused(422, "user_required");
    server.root().delete(format!("/v1/sessions?user_id={}", ada.id)).await.expect(200);
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn on_the_data_plane_a_person_ends_one_or_all_others() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let (first, second) = (
        server.sign_in_at(&server.anonymous(), "ada@example.com").await,
        server.sign_in_at(&server.anonymous(), "ada@example.com").await,
    );
    ada.delete(format!("/api/v1/me/sessions/{}", first.session_id)).await.expect(204);
    first.get("/v1/auth/me").await.refused(401, "session_revoked");
    ada.poke("/api/v1/me/sessions/revoke-others").await.expect(204);
    second.get("/v1/auth/me").await.refused(401, "session_revoked");
    ada.get("/v1/auth/me").await.expect(200);
}
