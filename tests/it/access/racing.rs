//! Many at once: an organization keeps an owner, and bounds hold.

use futures_util::future::join_all;
use serde_json::json;

use super::{join, owned_by};
use crate::kit::Server;

#[tokio::test]
async fn of_owners_who_all_leave_at_once_one_stays() {
    let server = Server::start().await;
    let root = server.root();
    let mut owners = Vec::new();
    for number in 0..6 {
        owners.push(server.user(&format!("owner{number}@example.com")).await);
    }
    let acme = owned_by(&root, "Acme", &owners[0]).await;
    for owner in &owners[1..] {
        join(&root, &acme, owner, "owner").await;
    }
    let path = format!("/v1/organizations/{acme}/members");
    let leaving = owners.iter().map(|owner| owner.delete(format!("{path}/{}", owner.id)).into_future());
    let replies = join_all(leaving).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 5);
    assert_eq!(root.get(&path).await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn of_many_that_add_one_person_one_does() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    let acme = owned_by(&root, "Acme", &ada).await;
    let path = format!("/v1/organizations/{acme}/members");
    let adding = (0..10).map(|_| root.post(&path, json!({ "user_id": bob.id })).into_future());
    let replies = join_all(adding).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 201 || reply.reason() == "already_member"));
}

#[tokio::test]
async fn nobody_owns_more_than_they_may_however_fast_they_are() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let settings = json!({ "organizations": { "user_creation": true, "max_owned": 2 } });
    root.patch("/v1/settings", settings).await.expect(200);
    let creating = (0..10).map(|_| ada.post("/v1/organizations", json!({ "name": "Acme" })).into_future());
    let replies = join_all(creating).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 2);
    assert_eq!(ada.get("/v1/organizations").await.expect(200).items().len(), 2);
}
