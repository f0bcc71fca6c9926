use std::time::Duration;

use serde_json::{Value, json};

use super::{RP_ID, decoded, newest, passkey, register, sign_in};
use crate::kit::{Client, PASSWORD, Server};

#[tokio::test]
async fn a_person_sees_their_own_and_what_a_browser_needs_to_forget_the_others() {
    let server = Server::start().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let (mut one, mut two) = (passkey(), passkey());
    register(&ada, &mut one).await.expect(201);
    register(&eve, &mut two).await.expect(201);
    let own = ada.get("/v1/auth/passkeys").await.expect(200);
    assert_eq!(own.data()["passkeys"].as_array().unwrap().len(), 1, "{own}");
    let signal = &own.data()["signal"];
    assert_eq!(signal["rpId"], RP_ID);
    assert_eq!(decoded(signal["userId"].as_str().unwrap()), one.user_handle);
    assert_eq!(signal["allAcceptedCredentialIds"], json!([own.data()["passkeys"][0]["credential_id"]]));
    assert_eq!(decoded(&own.text("/passkeys/0/credential_id")), one.id);
}

#[tokio::test]
async fn a_person_renames_and_removes_their_own_and_no_others() {
    let server = Server::start().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let mut passkey = passkey();
    let id = register(&ada, &mut passkey).await.expect(201).id();
    let path = format!("/v1/auth/passkeys/{id}");
    let renamed = ada.patch(&path, json!({ "name": " my phone " })).await.expect(200);
    assert_eq!(renamed.text("/name"), "my phone");
    assert_eq!(newest(&server, "passkey.renamed").await["data"]["passkey_id"], id);
    for flawed in ["", "a\nb"] {
        ada.patch(&path, json!({ "name": flawed })).await.refused(422, "invalid_name");
    }
    eve.patch(&path, json!({ "name": "mine" })).await.refused(404, "not_found");
    eve.delete(&path).await.refused(404, "not_found");
    ada.delete(&path).await.expect(200);
    assert_eq!(newest(&server, "mfa.factor_removed").await["data"]["factor"], "webauthn");
    ada.delete(&path).await.refused(404, "not_found");
    sign_in(&server.anonymous(), &mut passkey).await.refused(401, "unknown_credential");
}

#[tokio::test]
async fn removing_needs_a_fresh_sign_in() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let id = register(&ada, &mut passkey()).await.expect(201).id();
    server.turn_clock(Duration::from_secs(601));
    let body = json!({ "refresh_token": ada.refresh_token });
    let refreshed = server.anonymous().post("/v1/sessions/tokens", body).await.expect(200);
    let stale = server.anonymous().bearer(&refreshed.text("/access_token"));
    let path = format!("/v1/auth/passkeys/{id}");
    stale.delete(&path).await.refused(403, "step_up_required");
    // A lost passkey is not needed to remove it.
    let fresh = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    fresh.delete(&path).await.expect(200);
}

/// Somebody without a password, who came in by this passkey.
async fn passwordless(server: &Server, fields: Value) -> (Client, String) {
    let mut body = json!({ "primary_email": "ada@example.com", "password": PASSWORD });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    server.root().post("/v1/users", body).await.expect(201);
    let ada = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    let mut passkey = passkey();
    let id = register(&ada, &mut passkey).await.expect(201).id();
    // The application takes passwords no more.
    let methods = json!({ "methods": ["passkey", "magic_link"] });
    server.root().put("/v1/settings/sign-in", methods).await.expect(200);
    (super::strong(server, &mut passkey).await, id)
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let server = Server::start().await;
    let (ada, id) = passwordless(&server, json!({ "email_verified": false })).await;
    let path = format!("/v1/auth/passkeys/{id}");
    ada.delete(&path).await.refused(409, "last_sign_in_method");
    let other = register(&ada, &mut passkey()).await.expect(201).id();
    ada.delete(&path).await.expect(200);
    ada.delete(format!("/v1/auth/passkeys/{other}")).await.refused(409, "last_sign_in_method");
}

#[tokio::test]
async fn a_proven_mailbox_is_another_way_in_where_the_application_sends_links() {
    let server = Server::start().await;
    let (ada, id) = passwordless(&server, json!({ "email_verified": true })).await;
    server.root().put("/v1/settings/sign-in", json!({ "methods": ["passkey"] })).await.expect(200);
    let path = format!("/v1/auth/passkeys/{id}");
    ada.delete(&path).await.refused(409, "last_sign_in_method");
    server.root().put("/v1/settings/sign-in", json!({ "methods": ["passkey", "magic_link"] })).await.expect(200);
    ada.delete(&path).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_are_removed_at_once_leave_one() {
    let server = super::patient().await;
    for round in 0..20 {
        let email = format!("ada{round}@example.com");
        let body = json!({ "primary_email": email, "password": PASSWORD });
        server.root().post("/v1/users", body).await.expect(201);
        server.root().put("/v1/settings/sign-in", json!({})).await.expect(200);
        let ada = server.sign_in_at(&server.anonymous(), &email).await;
        let mut first = passkey();
        let one = register(&ada, &mut first).await.expect(201).id();
        let ada = super::strong(&server, &mut first).await;
        let two = register(&ada, &mut passkey()).await.expect(201).id();
        server.root().put("/v1/settings/sign-in", json!({ "methods": ["passkey"] })).await.expect(200);
        let remove = |id: String| {
            let call = ada.delete(format!("/v1/auth/passkeys/{id}"));
            #[expect(clippy::disallowed_methods, reason = "many at once are what is tested")]
            tokio::task::spawn(async move { call.await.status })
        };
        let (one, two) = (remove(one), remove(two));
        let mut statuses = [one.await.unwrap(), two.await.unwrap()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
    }
}
