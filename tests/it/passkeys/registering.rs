use std::time::Duration;

use serde_json::{Value, json};
use webauthn::{
    Algorithm,
    soft::{Asked, SoftPasskey, Vouching},
};

use super::{
    ORIGIN, REGISTRATION, REGISTRATION_VERIFY, RP_ID, assertion, challenge_of, decoded, new_credential, newest,
    passkey, patient, register, sign_in, strong,
};
use crate::kit::{PASSWORD, Server, claims_of};

#[tokio::test]
async fn a_person_adds_a_passkey_of_each_kind_of_key_and_signs_in_with_it() {
    let server = Server::start().await;
    for (name, algorithm) in ["ada", "grace", "alan"].into_iter().zip(Algorithm::ALL) {
        let person = server.user(&format!("{name}@example.com")).await;
        let mut passkey = SoftPasskey::new(algorithm);
        let added = register(&person, &mut passkey).await.expect(201);
        assert_eq!(decoded(&added.text("/credential_id")), passkey.id);
        assert_eq!((&added.data()["attested"], &added.data()["backed_up"]), (&json!(false), &json!(false)));
        assert_eq!(added.data()["transports"], json!(["hybrid", "internal"]));
        let signed_in = sign_in(&server.anonymous(), &mut passkey).await.expect(200);
        assert_eq!((signed_in.text("/state"), signed_in.text("/user/id")), ("complete".to_owned(), person.id.clone()));
        let claims = claims_of(&signed_in.text("/access_token"));
        assert_eq!((&claims["aal"], &claims["amr"]), (&json!(2), &json!(["swk", "mfa"])), "{algorithm:?}");
        let event = newest(&server, "user.signed_in").await;
        assert_eq!(event["data"]["user_id"], person.id, "{event}");
    }
    let event = newest(&server, "mfa.factor_enrolled").await;
    assert_eq!(event["data"]["factor"], "webauthn", "{event}");
}

#[tokio::test]
async fn the_options_ask_for_a_discoverable_credential_that_verifies_its_person() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let options = ada.poke(REGISTRATION).await.expect(200).data()["options"].clone();
    assert_eq!(options["rp"]["id"], RP_ID);
    assert_eq!(options["user"]["name"], "ada@example.com");
    assert_eq!(
        options["authenticatorSelection"],
        json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" })
    );
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"], json!([]));
    let algorithms: Vec<i64> =
        options["pubKeyCredParams"].as_array().unwrap().iter().filter_map(|kind| kind["alg"].as_i64()).collect();
    assert_eq!(algorithms, [-8, -7, -257]);
    assert_eq!(options["timeout"], 300_000);
    // 256 random bits and more, and nothing of the person in the handle but their id.
    assert!(decoded(options["challenge"].as_str().unwrap()).len() >= 32);
    assert_eq!(decoded(options["user"]["id"].as_str().unwrap()).len(), 16);
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let options = strong(&server, &mut passkey).await.poke(REGISTRATION).await.expect(200);
    assert_eq!(decoded(&options.text("/options/excludeCredentials/0/id")), passkey.id);
}

#[tokio::test]
async fn a_passkey_is_called_as_its_person_wants_or_as_its_authenticator_is() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut one = passkey();
    assert_eq!(register(&ada, &mut one).await.expect(201).text("/name"), "Passkey");
    let ada = strong(&server, &mut one).await;
    let mut keychain = passkey();
    keychain.aaguid = 0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd_u128.to_be_bytes();
    (keychain.backup_eligible, keychain.backed_up, keychain.counts) = (true, true, false);
    let added = register(&ada, &mut keychain).await.expect(201);
    assert_eq!(added.text("/name"), "Apple Passwords");
    assert_eq!(added.text("/aaguid"), "fbfc3007-154e-4ecc-8c0b-6e020557d7bd");
    assert_eq!((&added.data()["backup_eligible"], &added.data()["backed_up"]), (&json!(true), &json!(true)));
    let named = async |name: &str| {
        let credential = new_credential(&ada, &mut passkey()).await;
        ada.post(REGISTRATION_VERIFY, json!({ "credential": credential, "name": name })).await
    };
    assert_eq!(named("  on my phone ").await.expect(201).text("/name"), "on my phone");
    for flawed in ["", "a\nb", &"x".repeat(61)] {
        named(flawed).await.refused(422, "invalid_name");
    }
}

#[tokio::test]
async fn a_challenge_is_good_once_in_its_session_and_for_its_purpose() {
    let server = patient().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let body = |credential: Value| json!({ "credential": credential });

    let mut first = passkey();
    let credential = new_credential(&ada, &mut first).await;
    ada.post(REGISTRATION_VERIFY, body(credential.clone())).await.expect(201);
    ada.post(REGISTRATION_VERIFY, body(credential)).await.refused(400, "webauthn_failed");
    let ada = strong(&server, &mut first).await;

    let credential = new_credential(&ada, &mut passkey()).await;
    eve.post(REGISTRATION_VERIFY, body(credential.clone())).await.refused(400, "webauthn_failed");
    ada.post(REGISTRATION_VERIFY, body(credential)).await.refused(400, "webauthn_failed");

    let credential = new_credential(&ada, &mut passkey()).await;
    let elsewhere = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    elsewhere.post(REGISTRATION_VERIFY, body(credential)).await.refused(400, "webauthn_failed");

    // The challenge of a sign-in makes no passkey, whatever the client data says it is.
    let begun = server.anonymous().poke(super::AUTHENTICATION).await.expect(200);
    let challenge = challenge_of(&begun);
    let credential = passkey().create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None).to_json();
    ada.post(REGISTRATION_VERIFY, body(credential)).await.refused(400, "webauthn_failed");

    let credential = new_credential(&ada, &mut passkey()).await;
    server.turn_clock(Duration::from_secs(301));
    ada.post(REGISTRATION_VERIFY, body(credential)).await.refused(400, "webauthn_failed");
    let ada = strong(&server, &mut first).await;
    let credential = new_credential(&ada, &mut passkey()).await;
    server.turn_clock(Duration::from_secs(299));
    ada.post(REGISTRATION_VERIFY, body(credential)).await.expect(201);
    let event = newest(&server, "passkey.registration_failed").await;
    assert_eq!(event["data"]["reason"], "challenge", "{event}");
}

#[tokio::test]
async fn a_session_of_long_ago_or_of_one_factor_adds_nothing_to_an_account_that_has_two() {
    let server = Server::start().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    server.turn_clock(Duration::from_secs(599));
    let refreshed = |token: &str| server.anonymous().post("/v1/sessions/tokens", json!({ "refresh_token": token }));
    let fresh = refreshed(&ada.refresh_token).await.expect(200);
    let fresh = server.anonymous().bearer(&fresh.text("/access_token"));
    let mut first = passkey();
    register(&fresh, &mut first).await.expect(201);
    server.turn_clock(Duration::from_secs(2));
    let stale = refreshed(&eve.refresh_token).await.expect(200);
    server.anonymous().bearer(&stale.text("/access_token")).poke(REGISTRATION).await.refused(403, "step_up_required");

    // There is a passkey now: the password alone makes no second one, the passkey does.
    let by_password = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    by_password.poke(REGISTRATION).await.refused(403, "step_up_required");
    register(&strong(&server, &mut first).await, &mut passkey()).await.expect(201);
}

#[tokio::test]
async fn a_credential_is_one_persons_and_a_person_has_at_most_twenty() {
    let server = patient().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let mut first = passkey();
    register(&ada, &mut first).await.expect(201);
    let id = first.id.clone();
    let ada = strong(&server, &mut first).await;
    let mut twin = passkey();
    twin.id = id;
    register(&eve, &mut twin).await.refused(409, "passkey_exists");
    register(&ada, &mut twin).await.refused(409, "passkey_exists");
    for _ in 1..20 {
        register(&ada, &mut passkey()).await.expect(201);
    }
    ada.poke(REGISTRATION).await.refused(409, "too_many_passkeys");
    assert_eq!(
        sign_in(&server.anonymous(), &mut first).await.expect(200).text("/user/primary_email"),
        "ada@example.com"
    );
}

#[tokio::test]
async fn the_person_is_told_by_mail() {
    let server = Server::start().await;
    let body = json!({ "primary_email": "ada@example.com", "email_verified": true, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    let ada = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    register(&ada, &mut passkey()).await.expect(201);
    server.run_jobs().await;
    assert_eq!(server.mailbox().to("ada@example.com").len(), 1);
}

#[tokio::test]
async fn erasing_a_person_erases_their_passkeys() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let signed = assertion(&server.anonymous(), &mut passkey).await;
    server.root().delete(format!("/v1/users/{}", ada.id)).await.expect(200);
    let body = json!({ "credential": signed });
    server.anonymous().post(super::AUTHENTICATION_VERIFY, body).await.refused(401, "unknown_credential");
}
