//! Accounts, each from a network of its own: limits are for other tests.

use serde_json::{Value, json};

use crate::kit::{Client, PASSWORD, Person, Reply, Server};

pub(super) const MEMBERS: &str = "/v1/dashboard/members";
pub(super) const ACCOUNT: &str = "/v1/dashboard/account";

/// The network that the person with this address comes from.
pub(super) fn network(email: &str) -> String {
    let sum = email.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("198.19.{}.{}", sum / 250 % 250, sum % 250)
}

/// Nobody, from there.
pub(super) fn at(server: &Server, email: &str) -> Client {
    server.anonymous().from(&network(email))
}

pub(super) async fn sign_in(server: &Server, email: &str) -> Person {
    let client = at(server, email);
    let body = json!({ "email": email, "password": PASSWORD });
    let signed_in = client.post("/v1/dashboard/sign-in", body).await.expect(200);
    Person::of(client, email, &signed_in)
}

pub(super) async fn sign_up(server: &Server, email: &str, more: Value) -> Reply {
    let mut body = json!({ "email": email, "password": PASSWORD });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    at(server, email).post("/v1/dashboard/sign-up", body).await
}

/// An account with a team of its own.
pub(super) async fn account(server: &Server, email: &str) -> Person {
    sign_up(server, email, json!({})).await.expect(202);
    sign_in(server, email).await
}

/// The owner of the first team, who runs the first application.
pub(super) async fn owner(server: &Server) -> Person {
    sign_up(server, "owner@example.com", json!({ "claim_token": server.claim_token() })).await.expect(202);
    sign_in(server, "owner@example.com").await
}

pub(super) async fn invite(by: &Client, email: &str, role: &str) -> Reply {
    by.post(MEMBERS, json!({ "email": email, "role": role })).await
}

/// Somebody new whom a member asked in.
pub(super) async fn joined(by: &Client, email: &str, role: &str) -> Person {
    let server = &by.server;
    invite(by, email, role).await.expect(200);
    let token = server.mailed_token(email).await;
    sign_up(server, email, json!({ "invitation_token": token })).await.expect(202);
    sign_in(server, email).await
}

/// The roles in a team, by address.
pub(super) async fn roles(by: &Client) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let members = by.get(MEMBERS).await.expect(200);
    let mut roles: Vec<_> = members.items().iter().map(|it| (text(&it["email"]), text(&it["role"]))).collect();
    roles.sort();
    roles
}
