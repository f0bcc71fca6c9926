//! Roles, groups, organizations and members: `/v1/roles`, `/api/v1/roles`, `/api/v1/groups`, `/v1/organizations`.

mod acting;
mod groups;
mod holding;
mod members;
mod organizations;
mod policy;
mod racing;
mod roles;
mod samples;

pub(crate) use samples::{has_sample, sample};

use serde_json::{Value, json};

use crate::kit::{Client, Person};

/// A role of the application with these permissions.
async fn role(root: &Client, name: &str, permissions: &[&str]) -> String {
    root.post("/v1/roles", json!({ "name": name, "permissions": permissions })).await.expect(201).id()
}

/// A role within organizations with these permissions.
async fn role_within(root: &Client, name: &str, permissions: &[&str]) -> String {
    let body = json!({ "name": name, "kind": "organization", "permissions": permissions });
    root.post("/v1/roles", body).await.expect(201).id()
}

/// The user holds exactly these roles in the application.
async fn hold(root: &Client, user: &str, roles: &[&str]) {
    root.put(format!("/v1/users/{user}/roles"), json!({ "roles": roles })).await.expect(200);
}

/// An organization that this person owns.
async fn owned_by(root: &Client, name: &str, owner: &Person) -> String {
    root.post("/v1/organizations", json!({ "name": name, "owner_id": owner.id })).await.expect(201).id()
}

/// The person is in the organization as this.
async fn join(root: &Client, organization: &str, person: &Person, rank: &str) {
    let body = json!({ "user_id": person.id, "rank": rank });
    root.post(format!("/v1/organizations/{organization}/members"), body).await.expect(201);
}

/// The person's tokens after a refresh: what the access token claims now.
async fn refreshed(person: &Person) -> (Client, Value) {
    let body = json!({ "refresh_token": person.refresh_token });
    let reply = person.server.anonymous().post("/v1/sessions/tokens", body).await.expect(200);
    let token = reply.text("/access_token");
    (person.server.anonymous().bearer(&token), crate::kit::claims_of(&token))
}
