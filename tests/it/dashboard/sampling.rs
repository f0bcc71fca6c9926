//! For every operation on accounts, teams and deletion a request that succeeds, for the sweeps and the reference.

use http::Method;
use serde_json::json;

use super::{
    factors::{enrol_app, pending},
    people::{MEMBERS, account, at, invite, joined, network},
};
use crate::{
    kit::{Call, Client, PASSWORD, Person, Server},
    mfa::App,
};

/// Is the operation one of those that need more than a signed-in account?
pub(crate) fn has_sample(method: &str, template: &str) -> bool {
    let is_mine = template.starts_with("/v1/dashboard/members")
        || template.starts_with("/v1/dashboard/account/")
        || template == "/v1/dashboard/sign-in/challenge";
    let is_end = matches!(template, "/v1/dashboard/account" | "/v1/dashboard/applications/{application_id}");
    is_mine || (is_end && method == "DELETE")
}

/// A request that is carried out; of a mutation, one that changes something. `email` is nobody's yet.
pub(crate) async fn sample(server: &Server, email: &str, method: &str, template: &str) -> Call {
    match (method, template) {
        ("DELETE", "/v1/dashboard/account") => {
            let body = json!({ "password": PASSWORD });
            Call { body: Some(body), ..account(server, email).await.delete(template) }
        }
        ("DELETE", "/v1/dashboard/applications/{application_id}") => {
            let other = server.other_tenant("Shop").await;
            let path = template.replace("{application_id}", &other.id);
            let body = json!({ "confirmation": other.slug });
            Call { body: Some(body), ..server.account().await.call(Method::DELETE, path) }
        }
        ("GET", MEMBERS) => server.account().await.get(template),
        ("POST", MEMBERS) => {
            let body = json!({ "email": email, "role": "developer" });
            from(&*server.account().await, email).post(template, body)
        }
        ("POST", "/v1/dashboard/members/accept") => {
            let person = account(server, email).await;
            invite(&from(&*server.account().await, email), email, "viewer").await.expect(200);
            person.post(template, json!({ "token": server.mailed_token(email).await }))
        }
        ("DELETE", "/v1/dashboard/members/{member_id}") => {
            let owner = server.account().await;
            let member = joined(&from(&owner, email), email, "viewer").await;
            owner.delete(template.replace("{member_id}", &member.id))
        }
        ("POST", "/v1/dashboard/sign-in/challenge") => {
            let person = account(server, email).await;
            let begun = person.post("/v1/dashboard/account/factors", json!({ "kind": "email" })).await.expect(201);
            let path = format!("/v1/dashboard/account/factors/{}/activate", begun.id());
            let code = server.mailed_code(email).await;
            let factor_id = person.post(path, json!({ "code": code })).await.expect(200).text("/factor/id");
            let flow_id = pending(server, email).await;
            at(server, email).post(template, json!({ "flow_id": flow_id, "factor_id": factor_id }))
        }
        ("POST", "/v1/dashboard/account/factors") => {
            account(server, email).await.post(template, json!({ "kind": "totp", "name": "Ada's phone" }))
        }
        ("POST", "/v1/dashboard/account/factors/{factor_id}/activate") => {
            let person = account(server, email).await;
            let begun = person.post("/v1/dashboard/account/factors", json!({ "kind": "totp" })).await.expect(201);
            let app = App::of(server, &begun.text("/set_up/secret"));
            person.post(template.replace("{factor_id}", &begun.id()), json!({ "code": app.code() }))
        }
        ("POST", "/v1/dashboard/account/step-up") => {
            let person = account(server, email).await;
            let (_, factor_id, _) = enrol_app(&person).await;
            person.post(template, json!({ "factor_id": factor_id }))
        }
        ("POST", "/v1/dashboard/account/recovery-codes") => strong(server, email).await.0.poke(template),
        ("DELETE", "/v1/dashboard/account/factors/{factor_id}") => {
            let (person, factor) = strong(server, email).await;
            person.delete(template.replace("{factor_id}", &factor))
        }
        _ => panic!("{method} {template}: say here what to send"),
    }
}

/// The same caller from the network of the one that is written to.
fn from(caller: &Client, email: &str) -> Client {
    caller.clone().from(&network(email))
}

/// An account in a session of two factors, and the id of its app.
async fn strong(server: &Server, email: &str) -> (Client, String) {
    let (app, factor, _) = enrol_app(&*account(server, email).await).await;
    let flow_id = pending(server, email).await;
    let body = json!({ "flow_id": flow_id, "factor_id": factor, "code": app.next() });
    let signed_in = at(server, email).post("/v1/dashboard/sign-in", body).await.expect(200);
    (Client::clone(&*Person::of(at(server, email), email, &signed_in)), factor)
}
