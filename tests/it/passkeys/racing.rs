//! Fifty at once with what was signed once: one is believed.

use serde_json::json;

use super::{AUTHENTICATION_VERIFY, REGISTRATION_VERIFY, assertion, new_credential, passkey, register};
use crate::{
    kit::{PASSWORD, Server},
    races::{Came, RACERS, one_wins, patient, rounds},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_challenge_that_was_signed_lets_one_of_fifty_in() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    // Without a counter, which would stop the others by itself.
    passkey.counts = false;
    register(&ada, &mut passkey).await.expect(201);
    for round in 0..rounds(3) {
        let body = json!({ "credential": assertion(&server.anonymous(), &mut passkey).await });
        let calls = (0..RACERS).map(|_| server.anonymous().post(AUTHENTICATION_VERIFY, body.clone()));
        let won = one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        assert_eq!(won.text("/user/id"), ada.id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_challenge_that_was_signed_registers_one_of_fifty() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let ada = somebody(&server, round).await;
        let body = json!({ "credential": new_credential(&ada, &mut passkey()).await });
        let calls = (0..RACERS).map(|_| ada.post(REGISTRATION_VERIFY, body.clone()));
        one_wins(&server, &format!("round {round}"), calls, Came { passkeys: 1, ..Came::NOTHING }).await;
    }
}

/// Each round has its own person, since nobody has more than some passkeys.
async fn somebody(server: &Server, round: usize) -> crate::kit::Person {
    let email = format!("ada.{round}@example.com");
    let body = json!({ "primary_email": email, "email_verified": true, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    server.sign_in_at(&server.anonymous(), &email).await
}
