//! Many at once where one may.

use serde_json::json;

use super::people::{MEMBERS, account, invite, joined, owner};
use crate::{kit::Server, races};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let server = Server::start().await;
    let first = owner(&server).await;
    let second = joined(&first, "second@example.com", "owner").await;
    let leave = |who: &crate::kit::Person| who.delete(format!("{MEMBERS}/{}", who.id));
    let replies = races::race([leave(&first), leave(&second)]).await;
    assert_eq!(races::count(&replies, 200), 1, "{} {}", replies[0], replies[1]);
    assert_eq!(races::count(&replies, 409), 1, "{} {}", replies[0], replies[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invitation_is_accepted_by_one_of_fifty() {
    let server = Server::start().await;
    let first = owner(&server).await;
    let ada = account(&server, "ada@example.com").await;
    invite(&first, "ada@example.com", "viewer").await.expect(200);
    let body = json!({ "token": server.mailed_token("ada@example.com").await });
    let replies = races::race((0..50).map(|_| ada.post(format!("{MEMBERS}/accept"), body.clone()))).await;
    assert_eq!(races::count(&replies, 200), 1);
    assert_eq!(races::count(&replies, 401), 49);
}
