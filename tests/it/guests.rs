//! Guests, and how they become somebody: by whichever door, their id stays.

use futures_util::future::join;
use serde_json::json;

use crate::{
    kit::{Client, PASSWORD, Reply, Server},
    waitlist::invitation,
};

const ADA: &str = "ada@example.com";

/// A guest, and the id that they are to keep.
struct Guest {
    client: Client,
    id: String,
}

async fn open() -> Server {
    let server = Server::start().await;
    let methods = ["password", "magic_link", "email_code", "sms_code", "social"];
    server.root().put("/v1/settings/sign-in", json!({ "anonymous": true, "methods": methods })).await.expect(200);
    server
}

async fn guest(server: &Server) -> Guest {
    let begun = server.anonymous().poke("/v1/auth/anonymous").await.expect(200);
    assert_eq!(begun.data()["user"]["is_anonymous"], true);
    Guest { client: server.anonymous().bearer(&begun.text("/access_token")), id: begun.text("/user/id") }
}

impl Guest {
    async fn is_guest_still(&self) -> bool {
        let me = self.client.get("/v1/auth/me").await;
        me.status == 200 && me.data()["user"]["is_anonymous"] == true && me.text("/user/id") == self.id
    }
}

/// A code for this address, not redeemed yet.
async fn code(server: &Server, email: &str) -> serde_json::Value {
    let sent = server.anonymous().post("/v1/auth/otp", json!({ "email": email })).await.expect(202);
    json!({ "challenge_id": sent.text("/challenge_id"), "code": server.mailed_code(email).await })
}

async fn redeem(client: &Client, server: &Server, email: &str) -> Reply {
    client.post("/v1/auth/otp/verify", code(server, email).await).await
}

#[tokio::test]
async fn a_guest_signs_up_with_a_password_and_keeps_their_id() {
    let server = Server::start().await;
    server.anonymous().poke("/v1/auth/anonymous").await.refused(403, "method_not_allowed");
    let server = open().await;
    let Guest { client, id } = guest(&server).await;
    client.sign_up(ADA).await.expect(202);
    let me = client.get("/v1/auth/me").await.expect(200);
    assert_eq!((me.text("/user/id"), me.data()["user"]["is_anonymous"].clone()), (id.clone(), json!(false)));
    let signed_in = server.anonymous().sign_in(ADA, PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), id);
    client.sign_up("other@example.com").await.refused(409, "signed_in_already");
}

#[tokio::test]
async fn a_guest_does_not_get_somebody_else_s_account() {
    let server = open().await;
    let ada = server.user(ADA).await;
    let guest = guest(&server).await;
    let body = json!({ "email": ADA, "password": "an attacker's long phrase" });
    guest.client.post("/v1/auth/sign-up", body).await.expect(202);
    assert!(guest.is_guest_still().await);
    ada.get("/v1/auth/me").await.expect(200);
    server.anonymous().sign_in(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_guest_becomes_somebody_by_a_code() {
    let server = open().await;
    let guest = guest(&server).await;
    let signed_in = redeem(&guest.client, &server, ADA).await.expect(200);
    let user = &signed_in.data()["user"];
    assert_eq!((user["id"].as_str(), &user["is_anonymous"]), (Some(guest.id.as_str()), &json!(false)));
    assert_eq!((&user["primary_email"], &user["email_verified"]), (&json!(ADA), &json!(true)));
    assert_eq!(signed_in.data()["session"]["amr"], json!(["otp"]));
    assert_eq!(server.root().get("/v1/users").await.expect(200).items().len(), 1);
    let again = redeem(&server.anonymous(), &server, ADA).await.expect(200);
    assert_eq!(again.text("/user/id"), guest.id);
}

#[tokio::test]
async fn the_session_of_the_guest_ends_and_the_new_one_takes_its_place() {
    let server = open().await;
    let guest = guest(&server).await;
    let signed_in = redeem(&guest.client, &server, ADA).await.expect(200);
    guest.client.get("/v1/auth/me").await.refused(401, "session_revoked");
    server.anonymous().bearer(&signed_in.text("/access_token")).get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_guest_becomes_somebody_by_a_link_and_by_a_text_message() {
    let server = open().await;
    let first = guest(&server).await;
    let sent = first.client.post("/v1/auth/magic-links", json!({ "email": ADA })).await.expect(202);
    let body = json!({ "token": server.mailed_token(ADA).await, "browser_token": sent.data()["browser_token"] });
    let signed_in = first.client.post("/v1/auth/magic-links/verify", body).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), first.id);

    let (second, number) = (guest(&server).await, "+4915123456789");
    let sent = second.client.post("/v1/auth/otp", json!({ "phone": number })).await.expect(202);
    let body = json!({ "challenge_id": sent.text("/challenge_id"), "code": server.mailed_code(number).await });
    let signed_in = second.client.post("/v1/auth/otp/verify", body).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), second.id);
    assert_eq!(signed_in.data()["user"]["phone_verified"], true);
}

#[tokio::test]
async fn the_data_plane_makes_somebody_of_a_guest_too() {
    let server = open().await;
    let guest = guest(&server).await;
    let begun = guest.client.post("/api/v1/auth/otp/begin", json!({ "email": ADA })).await.expect(202);
    let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": server.mailed_code(ADA).await });
    guest.client.post("/api/v1/auth/otp/complete", body).await.expect(200);
    let user = server.root().get(format!("/v1/users/{}", guest.id)).await.expect(200);
    assert_eq!((user.text("/primary_email"), &user.data()["is_anonymous"]), (ADA.to_owned(), &json!(false)));
}

#[tokio::test]
async fn an_address_that_is_somebodys_signs_in_as_that_one_and_leaves_the_guest() {
    let server = open().await;
    let ada = server.user(ADA).await;
    let guest = guest(&server).await;
    let signed_in = redeem(&guest.client, &server, ADA).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), ada.id);
    assert!(guest.is_guest_still().await);
}

#[tokio::test]
async fn only_the_session_that_is_presented_with_the_proof_counts() {
    let server = open().await;
    let bystander = guest(&server).await;
    // Asked for by one guest, redeemed by nobody's session: somebody new.
    let sent = bystander.client.post("/v1/auth/otp", json!({ "email": ADA })).await.expect(202);
    let body = json!({ "challenge_id": sent.text("/challenge_id"), "code": server.mailed_code(ADA).await });
    let signed_in = server.anonymous().post("/v1/auth/otp/verify", body).await.expect(200);
    assert_ne!(signed_in.text("/user/id"), bystander.id);
    assert!(bystander.is_guest_still().await);
    // A session that is over is refused, and the code is good still.
    let gone = guest(&server).await;
    gone.client.poke("/v1/auth/sign-out").await.expect(200);
    let body = code(&server, "grace@example.com").await;
    gone.client.post("/v1/auth/otp/verify", body.clone()).await.refused(401, "session_revoked");
    server.anonymous().post("/v1/auth/otp/verify", body).await.expect(200);
}

#[tokio::test]
async fn the_session_of_somebody_makes_nobody_of_them() {
    let server = open().await;
    let ada = server.user(ADA).await;
    let signed_in = redeem(&ada, &server, "grace@example.com").await.expect(200);
    assert_ne!(signed_in.text("/user/id"), ada.id);
    assert_eq!(ada.get("/v1/auth/me").await.expect(200).text("/user/primary_email"), ADA);
}

#[tokio::test]
async fn a_guest_becomes_nobody_whom_the_application_would_not_take() {
    let server = open().await;
    let (guest, body) = (guest(&server).await, code(&server, ADA).await);
    server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "invite_only" } })).await.expect(200);
    guest.client.post("/v1/auth/otp/verify", body).await.refused(403, "sign_up_closed");
    assert!(guest.is_guest_still().await);
}

#[tokio::test]
async fn becoming_somebody_is_no_way_around_a_second_factor() {
    let server = open().await;
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
    let begun = server.anonymous().poke("/v1/auth/anonymous").await.expect(200);
    assert_eq!(begun.text("/state"), "complete", "a guest has nothing to prove twice");
    let guest = Guest { client: server.anonymous().bearer(&begun.text("/access_token")), id: begun.text("/user/id") };
    let pending = redeem(&guest.client, &server, ADA).await.expect(200);
    assert_eq!(pending.text("/state"), "mfa_enrolment_required");
    guest.client.get("/v1/auth/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn a_guest_accepts_an_invitation_and_keeps_their_id() {
    let server = open().await;
    let token = invitation(&server, ADA).await;
    let guest = guest(&server).await;
    let accepted = guest.client.post("/v1/invitations/accept", json!({ "token": token })).await.expect(200);
    assert_eq!((accepted.text("/user/id"), accepted.text("/user/primary_email")), (guest.id, ADA.to_owned()));
}

#[tokio::test]
async fn of_two_addresses_that_one_guest_proves_at_once_one_is_theirs() {
    let server = open().await;
    for round in 0..5 {
        let guest = guest(&server).await;
        let (one, two) = (format!("one{round}@example.com"), format!("two{round}@example.com"));
        let (first, second) = (code(&server, &one).await, code(&server, &two).await);
        let verify = |body| guest.client.post("/v1/auth/otp/verify", body);
        let (first, second) = join(async { verify(first).await }, async { verify(second).await }).await;
        let became = [&first, &second].into_iter().filter(|reply| {
            assert!(matches!(reply.status, 200 | 401), "{reply}");
            reply.status == 200 && reply.text("/user/id") == guest.id
        });
        assert_eq!(became.count(), 1, "round {round}: {first} {second}");
        let user = server.root().get(format!("/v1/users/{}", guest.id)).await.expect(200);
        assert_eq!(user.data()["is_anonymous"], false);
    }
}
