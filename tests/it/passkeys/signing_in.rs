use std::time::Duration;

use serde_json::{Value, json};
use webauthn::soft::Asked;

use super::{
    AUTHENTICATION, AUTHENTICATION_VERIFY, ORIGIN, RP_ID, assertion, challenge_of, decoded, newest, passkey, patient,
    register, sign_in,
};
use crate::kit::{Server, claims_of};

#[tokio::test]
async fn the_options_are_the_same_for_everyone() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    register(&ada, &mut passkey()).await.expect(201);
    let mut shapes = Vec::new();
    for client in [server.anonymous(), (*ada).clone(), server.anonymous().with("user-agent", "another/2.0")] {
        let begun = client.poke(AUTHENTICATION).await.expect(200);
        let mut options = begun.data()["options"].clone();
        let challenge = options["challenge"].take();
        assert_eq!(decoded(challenge.as_str().unwrap()).len(), challenge_of(&begun).len());
        shapes.push(options);
    }
    let expected = json!({
        "challenge": null, "timeout": 300_000, "rpId": RP_ID, "allowCredentials": [], "userVerification": "required",
    });
    assert_eq!(shapes, [expected.clone(), expected.clone(), expected]);
}

#[tokio::test]
async fn the_data_plane_signs_in_the_same_person() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let begun = server.anonymous().poke("/api/v1/auth/webauthn/begin").await.expect(200);
    let credential = passkey.get(&Asked::new(&challenge_of(&begun), ORIGIN, RP_ID)).to_json();
    let body = json!({ "credential": credential });
    let signed_in = server.anonymous().post("/api/v1/auth/webauthn/complete", body.clone()).await.expect(200);
    assert_eq!(signed_in.text("/state"), "success");
    assert_eq!(claims_of(&signed_in.text("/access_token"))["aal"], 2);
    server.anonymous().post("/api/v1/auth/webauthn/complete", body).await.refused(401, "webauthn_failed");
}

#[tokio::test]
async fn cookies_are_set_for_a_browser_that_wants_them() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let credential = assertion(&server.anonymous(), &mut passkey).await;
    let body = json!({ "credential": credential, "transport": "cookie" });
    let signed_in = server.anonymous().post(AUTHENTICATION_VERIFY, body).await.expect(200);
    assert!(signed_in.cookies().len() >= 2, "{signed_in}");
}

#[tokio::test]
async fn an_assertion_is_good_once_and_for_five_minutes() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let credential = assertion(&server.anonymous(), &mut passkey).await;
    let verify =
        |credential: &Value| server.anonymous().post(AUTHENTICATION_VERIFY, json!({ "credential": credential }));
    verify(&credential).await.expect(200);
    verify(&credential).await.refused(401, "webauthn_failed");
    let late = assertion(&server.anonymous(), &mut passkey).await;
    server.turn_clock(Duration::from_secs(301));
    verify(&late).await.refused(401, "webauthn_failed");
    let event = newest(&server, "passkey.authentication_failed").await;
    assert_eq!((&event["data"]["reason"], &event["data"]["user_id"]), (&json!("challenge"), &json!(ada.id)), "{event}");
}

#[tokio::test]
async fn a_passkey_that_nobody_has_is_named_so_that_the_browser_can_forget_it() {
    let server = Server::start().await;
    let mut unknown = passkey();
    unknown.user_handle = vec![7; 16];
    let refused = sign_in(&server.anonymous(), &mut unknown).await.refused(401, "unknown_credential");
    assert_eq!(refused.fields(), ["credential_id unknown"]);
    let named = refused.json["error"]["fields"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(decoded(&named), unknown.id);
    // The other application has its own.
    let ada = server.user("ada@example.com").await;
    let mut known = passkey();
    register(&ada, &mut known).await.expect(201);
    let other = server.other_tenant("Acme").await;
    let there = server.anonymous().at_application(&other.id);
    sign_in(&there, &mut known).await.refused(401, "unknown_credential");
}

#[tokio::test]
async fn a_disabled_person_is_not_let_in() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    server.root().poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
    sign_in(&server.anonymous(), &mut passkey).await.refused(403, "account_disabled");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_written_down() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    passkey.sign_count = 9;
    sign_in(&server.anonymous(), &mut passkey).await.expect(200);
    passkey.sign_count = 9;
    sign_in(&server.anonymous(), &mut passkey).await.refused(401, "webauthn_failed");
    let event = newest(&server, "passkey.authentication_failed").await;
    assert_eq!(event["data"]["reason"], "counter", "{event}");
    sign_in(&server.anonymous(), &mut passkey).await.expect(200);
}

#[tokio::test]
async fn what_the_authenticator_says_of_its_backup_is_kept() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    passkey.backup_eligible = true;
    let added = register(&ada, &mut passkey).await.expect(201);
    assert_eq!(added.data()["backed_up"], false);
    passkey.backed_up = true;
    sign_in(&server.anonymous(), &mut passkey).await.expect(200);
    let own = ada.get("/v1/auth/passkeys").await.expect(200);
    assert_eq!(own.data()["passkeys"][0]["backed_up"], true, "{own}");
    assert!(own.data()["passkeys"][0]["last_used_at"].is_string(), "{own}");
}

#[tokio::test]
async fn an_application_that_takes_no_passkeys_says_so() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.root().put("/v1/settings/sign-in", json!({ "methods": ["password"] })).await.expect(200);
    server.anonymous().poke(AUTHENTICATION).await.refused(403, "method_not_allowed");
    ada.poke(super::REGISTRATION).await.refused(403, "method_not_allowed");
}
