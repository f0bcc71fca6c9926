//! The dashboard: claiming a fresh deployment, accounts, their teams and applications.

mod closing;
mod cookies;
mod deleting;
mod erasing;
mod factors;
mod invitations;
mod members;
mod people;
mod racing;
mod sampling;

pub(crate) use sampling::{has_sample, sample};

use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::{Options, PASSWORD, Server};

fn account(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

fn claim(server: &Server, email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "claim_token": server.claim_token() })
}

#[tokio::test]
async fn the_set_up_link_makes_an_owner_once() {
    let server = Server::start().await;
    server.anonymous().post("/v1/dashboard/sign-up", claim(&server, "owner@example.com")).await.expect(202);
    server
        .anonymous()
        .post("/v1/dashboard/sign-up", claim(&server, "eve@example.com"))
        .await
        .refused(403, "claim_refused");
    server
        .anonymous()
        .post("/v1/dashboard/sign-in", account("eve@example.com"))
        .await
        .refused(401, "invalid_credentials");
    let owner = server.account().await;
    let applications = owner.get("/v1/dashboard/applications").await.expect(200);
    assert_eq!(applications.items().len(), 1);
    assert_eq!(applications.items()[0]["id"], server.application_id());
    let team = owner.get("/v1/dashboard/account").await.expect(200).data()["teams"][0].clone();
    assert_eq!(team["role"], "owner");
}

#[tokio::test]
async fn a_taken_address_does_not_use_the_link_up() {
    let server = Server::start().await;
    server.anonymous().post("/v1/dashboard/sign-up", account("owner@example.com")).await.expect(202);
    server
        .anonymous()
        .post("/v1/dashboard/sign-up", claim(&server, "owner@example.com"))
        .await
        .refused(409, "email_taken");
    server.anonymous().post("/v1/dashboard/sign-up", claim(&server, "second@example.com")).await.expect(202);
}

#[tokio::test]
async fn where_sign_up_is_closed_only_the_link_opens_it() {
    let server = Server::start_with(Options { is_sign_up_open: false, ..Options::default() }).await;
    server.anonymous().post("/v1/dashboard/sign-up", account("eve@example.com")).await.refused(403, "sign_up_closed");
    let mut guessed = claim(&server, "eve@example.com");
    guessed["claim_token"] = json!("guessed");
    server.anonymous().post("/v1/dashboard/sign-up", guessed).await.refused(403, "claim_refused");
    server.anonymous().post("/v1/dashboard/sign-up", claim(&server, "owner@example.com")).await.expect(202);
    server.anonymous().post("/v1/dashboard/sign-up", account("eve@example.com")).await.refused(403, "sign_up_closed");
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_as_a_free_one() {
    let server = Server::start().await;
    let free = server.anonymous().post("/v1/dashboard/sign-up", account("ada@example.com")).await.expect(202);
    let taken = server.anonymous().post("/v1/dashboard/sign-up", account("ada@example.com")).await;
    assert_eq!(free.comparable(), taken.comparable());
}

#[tokio::test]
async fn an_account_administers_its_own_teams_applications_alone() {
    let server = Server::start().await;
    let (owner, stranger) = (server.account().await, server.other_account("eve@example.com").await);
    owner.get("/v1/users").await.expect(200);
    owner.create_user("ada@example.com").await;
    let foreign = stranger.get("/v1/users").await.refused(404, "tenant_not_found");
    let missing = stranger.clone().at_application("018f3c4a-7b2e-7c1d-8000-000000000000").get("/v1/users").await;
    assert_eq!(foreign.comparable(), missing.comparable());
    assert_eq!(stranger.get("/v1/dashboard/applications").await.items().len(), 0);
    let rename = |id: &str| stranger.patch(format!("/v1/dashboard/applications/{id}"), json!({ "name": "Mine" }));
    let foreign = rename(server.application_id()).await.refused(404, "not_found");
    let missing = rename("018f3c4a-7b2e-7c1d-8000-000000000000").await;
    assert_eq!(foreign.comparable(), missing.comparable());
}

#[tokio::test]
async fn what_an_account_does_in_an_application_is_told_there() {
    let server = Server::start().await;
    let owner = server.account().await;
    let id = owner.create_user("ada@example.com").await.id();
    let event = server.root().get(format!("/v1/audit/events?target_id={id}")).await.expect(200).items()[0].clone();
    assert_eq!(event["actor"], json!({ "kind": "account", "id": owner.id }));
}

#[tokio::test]
async fn key_figures_tell_what_happened_lately() {
    let server = Server::start().await;
    server.root().create_user("grace@example.com").await;
    server.user("ada@example.com").await;
    for (later, expected) in [(0, [2, 2, 1]), (25, [2, 2, 0]), (30 * 24, [2, 0, 0])] {
        server.turn_clock(Duration::from_hours(later));
        let listed = server.account().await.get("/v1/dashboard/applications").await.expect(200);
        let found = ["users", "new_users", "sign_ins"].map(|field| listed.items()[0][field].clone());
        assert_eq!(found, expected.map(Value::from), "after {later} hours");
    }
}

#[tokio::test]
async fn a_new_application_serves_at_once_with_its_own_key() {
    let server = Server::start().await;
    let owner = server.account().await;
    let created = owner
        .post("/v1/dashboard/applications", json!({ "name": "Acme Shop", "environment": "production" }))
        .await
        .expect(201);
    assert_eq!(created.text("/slug"), "acme-shop");
    let key = server.anonymous().at_application(&created.id()).bearer(&created.text("/api_key"));
    key.create_user("ada@example.com").await;
    let listed = owner.get("/v1/dashboard/applications").await.expect(200);
    assert!(!String::from_utf8_lossy(&listed.bytes).contains(&created.text("/api_key")));
    let of_listed = |field: &str| listed.items()[0][field].clone();
    assert_eq!(["users", "new_users", "sign_ins"].map(of_listed), [1, 1, 0].map(Value::from));
    let again = owner.post("/v1/dashboard/applications", json!({ "name": "Acme Shop", "slug": "acme-shop" })).await;
    again.refused(409, "slug_taken");
    for slug in ["Acme", "-a", "console", "www", "a.b", ""] {
        owner
            .post("/v1/dashboard/applications", json!({ "name": "x", "slug": slug }))
            .await
            .refused(422, "invalid_slug");
    }
    owner
        .post("/v1/dashboard/applications", json!({ "name": "x", "is_primary": true }))
        .await
        .refused(400, "unknown_field");
}

#[tokio::test]
async fn an_application_is_renamed_by_who_saw_its_last_version() {
    let server = Server::start().await;
    let owner = server.account().await;
    let path = format!("/v1/dashboard/applications/{}", server.application_id());
    let renamed = owner.patch(&path, json!({ "name": "Acme" })).await.expect(200);
    owner.patch(&path, json!({ "name": "Other" })).if_match("\"1\"").await.refused(412, "version_mismatch");
    owner.patch(&path, json!({ "name": "Other" })).if_match(renamed.header("etag")).await.expect(200);
    owner.patch(&path, json!({ "name": "" })).await.expect(422);
    assert_eq!(server.anonymous().get("/v1/auth/config").await.text("/name"), "Other");
}

#[tokio::test]
async fn an_account_reads_and_changes_itself() {
    let server = Server::start().await;
    let owner = server.account().await;
    let patched =
        owner.patch("/v1/dashboard/account", json!({ "name": "Olga Owner", "locale": "de" })).await.expect(200);
    assert_eq!(owner.get("/v1/dashboard/account").await.expect(200).data(), patched.data());
    owner.patch("/v1/dashboard/account", json!({ "email": "x@example.com" })).await.refused(400, "unknown_field");
    owner.patch("/v1/dashboard/account", json!({ "teams": [] })).await.refused(400, "unknown_field");
}

#[tokio::test]
async fn an_end_user_is_no_account_and_an_account_no_end_user() {
    let server = Server::start().await;
    let (ada, owner) = (server.user("ada@example.com").await, server.account().await);
    ada.get("/v1/dashboard/account").await.refused(401, "invalid_token");
    ada.get("/v1/users").await.refused(403, "insufficient_scope");
    owner.get("/v1/auth/me").await.refused(401, "invalid_token");
    server.root().get("/v1/dashboard/account").await.refused(403, "user_required");
    server.anonymous().sign_in("owner@example.com", PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn an_accounts_session_is_refreshed_and_ended() {
    let server = Server::start().await;
    let owner = server.account().await;
    server.turn_clock(Duration::from_secs(400));
    owner.get("/v1/dashboard/account").await.refused(401, "token_expired");
    let body = json!({ "refresh_token": owner.refresh_token });
    let refreshed = server.anonymous().post("/v1/dashboard/refresh", body.clone()).await.expect(200);
    // The console's tokens are nothing at an application.
    server.anonymous().post("/v1/sessions/tokens", body).await.refused(401, "invalid_grant");
    let owner = server.anonymous().bearer(&refreshed.text("/access_token"));
    owner.poke("/v1/dashboard/sign-out").await.expect(200);
    owner.get("/v1/dashboard/account").await.refused(401, "session_revoked");
}
