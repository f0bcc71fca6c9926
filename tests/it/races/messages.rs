//! What is sent to somebody, and redeemed once.

use serde_json::{Value, json};

use super::{Came, RACERS, cheap_passwords, one_wins, patient, rounds};
use crate::{
    kit::{Call, Client, Server},
    mfa::with_app,
    throttles::solved,
    waitlist::invitation,
};

const NEW: &str = "an entirely different phrase";

/// A person of this round, whose addresses are proven or not.
struct Somebody {
    id: String,
    email: String,
    phone: String,
}

impl Somebody {
    async fn of_round(server: &Server, round: usize, is_proven: bool) -> Self {
        let (email, phone) = (format!("ada.{round}@example.com"), format!("+49151{round:08}"));
        let body = json!({
            "primary_email": email, "email_verified": is_proven, "primary_phone": phone, "phone_verified": is_proven,
        });
        let id = server.root().post("/v1/users", body).await.expect(201).id();
        Self { id, email, phone }
    }
}

/// The same from everybody.
fn all(client: &Client, path: &str, body: &Value) -> Vec<Call> {
    (0..RACERS).map(|_| client.post(path, body.clone())).collect()
}

/// Have a link sent; what redeems it.
async fn link(server: &Server, path: &str, email: &str) -> Value {
    server.anonymous().post(path, json!({ "email": email })).await.expect(202);
    json!({ "token": server.mailed_token(email).await })
}

/// Have a code sent; what redeems it.
async fn code(server: &Server, path: &str, to: Value, address: &str) -> Value {
    let sent = server.anonymous().post(path, to).await.expect(202);
    json!({ "challenge_id": sent.text("/challenge_id"), "code": server.mailed_code(address).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_magic_link_lets_one_of_fifty_in() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let ada = Somebody::of_round(&server, round, true).await;
        let body = link(&server, "/v1/auth/magic-links", &ada.email).await;
        let calls = all(&server.anonymous(), "/v1/auth/magic-links/verify", &body);
        let won = one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        assert_eq!((won.text("/state"), won.text("/user/id")), ("complete".to_owned(), ada.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_magic_link_signs_one_of_fifty_up() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let body = link(&server, "/v1/auth/magic-links", &format!("new.{round}@example.com")).await;
        let calls = all(&server.anonymous(), "/v1/auth/magic-links/verify", &body);
        one_wins(&server, &format!("round {round}"), calls, Came { users: 1, ..Came::SESSION }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_one_time_code_lets_one_of_fifty_in() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let ada = Somebody::of_round(&server, round, true).await;
        let body = code(&server, "/v1/auth/otp", json!({ "email": ada.email }), &ada.email).await;
        let calls = all(&server.anonymous(), "/v1/auth/otp/verify", &body);
        let won = one_wins(&server, &format!("round {round}"), calls, Came::SESSION).await;
        assert_eq!(won.text("/user/id"), ada.id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_link_sets_one_password_of_fifty() {
    let server = patient().await;
    cheap_passwords(&server).await;
    for round in 0..rounds(2) {
        let ada = Somebody::of_round(&server, round, true).await;
        let body = link(&server, "/v1/auth/password/forgot", &ada.email).await;
        one_password_wins(&server, round, &ada, &body).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_code_sets_one_password_of_fifty() {
    let server = patient().await;
    cheap_passwords(&server).await;
    for round in 0..rounds(2) {
        let ada = Somebody::of_round(&server, round, true).await;
        let body = code(&server, "/v1/auth/password/forgot", json!({ "phone": ada.phone }), &ada.phone).await;
        one_password_wins(&server, round, &ada, &body).await;
    }
}

/// Each wants a password of their own: that of the winner counts, and so does nobody else's.
async fn one_password_wins(server: &Server, round: usize, ada: &Somebody, proof: &Value) {
    let calls = (0..RACERS).map(|number| {
        let mut body = proof.clone();
        body["new_password"] = format!("{NEW} {number}.").into();
        server.anonymous().post("/v1/auth/password/reset", body)
    });
    let won = one_wins(server, &format!("round {round}"), calls, Came::SESSION).await;
    assert_eq!(won.text("/user/id"), ada.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_verification_link_is_confirmed_by_one_of_fifty() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let ada = Somebody::of_round(&server, round, false).await;
        let body = link(&server, "/v1/auth/verifications", &ada.email).await;
        one_confirms(&server, round, &body).await;
        let user = server.root().get(format!("/v1/users/{}", ada.id)).await.expect(200);
        assert_eq!((&user.data()["email_verified"], &user.data()["phone_verified"]), (&json!(true), &json!(false)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_verification_code_is_confirmed_by_one_of_fifty() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let ada = Somebody::of_round(&server, round, false).await;
        let body = code(&server, "/v1/auth/verifications", json!({ "phone": ada.phone }), &ada.phone).await;
        one_confirms(&server, round, &body).await;
        let user = server.root().get(format!("/v1/users/{}", ada.id)).await.expect(200);
        assert_eq!((&user.data()["email_verified"], &user.data()["phone_verified"]), (&json!(false), &json!(true)));
    }
}

async fn one_confirms(server: &Server, round: usize, body: &Value) {
    let calls = all(&server.anonymous(), "/v1/auth/verifications/confirm", body);
    one_wins(server, &format!("round {round}"), calls, Came::NOTHING).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_email_address_is_changed_by_one_of_fifty() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    for round in 0..rounds(3) {
        let email = format!("ada.{round}@example.com");
        ada.post("/api/v1/me/email/change", json!({ "email": email })).await.expect(202);
        let body = json!({ "token": server.mailed_token(&email).await });
        let calls = all(&server.anonymous(), "/api/v1/me/email/confirm", &body);
        let won = one_wins(&server, &format!("round {round}"), calls, Came::NOTHING).await;
        assert_eq!(won.text("/email"), email);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invitation_makes_one_account_of_fifty() {
    let server = patient().await;
    for round in 0..rounds(3) {
        let body = json!({ "token": invitation(&server, &format!("ada.{round}@example.com")).await });
        let calls = all(&server.anonymous(), "/v1/invitations/accept", &body);
        one_wins(&server, &format!("round {round}"), calls, Came { users: 1, ..Came::SESSION }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_solved_captcha_is_good_for_one_of_fifty() {
    let server = patient().await;
    let captcha = json!({ "provider": "proof_of_work", "when": "always", "difficulty_bits": 10 });
    server.root().put("/v1/settings/sign-in", json!({ "captcha": captcha })).await.expect(200);
    for round in 0..rounds(3) {
        let token = solved(&server.anonymous()).await;
        let calls = (0..RACERS).map(|number| {
            let email = format!("ada.{round}.{number}@example.com");
            server.anonymous().post("/v1/auth/otp", json!({ "email": email, "captcha_token": token }))
        });
        one_wins(&server, &format!("round {round}"), calls, Came::NOTHING).await;
    }
}
