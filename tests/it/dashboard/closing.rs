use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::people::{ACCOUNT, MEMBERS, account, invite, joined, owner, roles, sign_in, sign_up};
use crate::kit::{Call, Client, PASSWORD, Server};

fn close(client: &Client, body: Value) -> Call {
    Call { body: Some(body), ..client.call(Method::DELETE, ACCOUNT) }
}

#[tokio::test]
async fn an_account_goes_with_its_sessions_and_its_empty_team() {
    let server = Server::start().await;
    let (ada, again) = (account(&server, "ada@example.com").await, sign_in(&server, "ada@example.com").await);
    let closed = close(&ada, json!({ "password": PASSWORD })).await.expect(200);
    assert!(closed.cookies().iter().all(|(_, attributes)| attributes.contains("Max-Age=0")));
    for session in [&ada, &again] {
        session.get(ACCOUNT).await.expect(401);
    }
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    server.anonymous().post("/v1/dashboard/sign-in", body).await.refused(401, "invalid_credentials");
    // The address is free again, and comes to a team of its own.
    assert_eq!(account(&server, "ada@example.com").await.get(MEMBERS).await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn the_last_owner_of_a_team_with_applications_stays() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    close(&owner, json!({ "password": PASSWORD })).await.refused(409, "last_owner");
    joined(&owner, "second@example.com", "admin").await;
    close(&owner, json!({ "password": PASSWORD })).await.refused(409, "last_owner");
    invite(&owner, "second@example.com", "owner").await.expect(200);
    close(&owner, json!({ "password": PASSWORD })).await.expect(200);
    let second = sign_in(&server, "second@example.com").await;
    assert_eq!(roles(&second).await, [("second@example.com".to_owned(), "owner".to_owned())]);
    second.get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn who_is_no_owner_closes_their_account_and_leaves() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let viewer = joined(&owner, "viewer@example.com", "viewer").await;
    close(&viewer, json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!(roles(&owner).await.len(), 1);
}

#[tokio::test]
async fn a_session_alone_closes_nothing_after_a_while() {
    let server = Server::start().await;
    let ada = account(&server, "ada@example.com").await;
    server.turn_clock(Duration::from_secs(280));
    let refreshed = json!({ "refresh_token": ada.refresh_token });
    let refreshed = server.anonymous().post("/v1/dashboard/refresh", refreshed).await.expect(200);
    let mut token = refreshed.text("/access_token");
    let mut refresh = refreshed.text("/refresh_token");
    for _ in 0..4 {
        server.turn_clock(Duration::from_secs(280));
        let next = json!({ "refresh_token": refresh });
        let next = server.anonymous().post("/v1/dashboard/refresh", next).await.expect(200);
        (token, refresh) = (next.text("/access_token"), next.text("/refresh_token"));
    }
    let old = server.anonymous().bearer(&token);
    old.delete(ACCOUNT).await.refused(403, "step_up_required");
    close(&old, json!({ "password": "a wrong guess at it" })).await.refused(403, "invalid_credentials");
    sign_in(&server, "ada@example.com").await.delete(ACCOUNT).await.expect(200);
    sign_up(&server, "ada@example.com", json!({})).await.expect(202);
}
