use std::time::Duration;

use serde_json::json;

use super::people::{MEMBERS, account, invite, joined, owner, roles, sign_in, sign_up};
use crate::kit::{Options, Server};

const ACCEPT: &str = "/v1/dashboard/members/accept";

#[tokio::test]
async fn whoever_is_asked_gets_the_same_answer_and_one_mail_with_an_account_or_without() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    account(&server, "known@example.com").await;
    let known = invite(&owner, "known@example.com", "viewer").await.expect(200);
    let new = invite(&owner, "new@example.com", "viewer").await.expect(200);
    let shape = |reply: &crate::kit::Reply| {
        let mut data = reply.data().clone();
        data["expires_at"].take();
        data
    };
    assert_eq!(shape(&known), shape(&new));
    for email in ["known@example.com", "new@example.com"] {
        let letters = server.letters(email).await;
        assert_eq!(letters.iter().filter(|letter| letter.template == "invitation").count(), 1, "{email}");
    }
}

#[tokio::test]
async fn an_account_accepts_once_with_its_own_address_alone() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let (ada, eve) = (account(&server, "ada@example.com").await, account(&server, "eve@example.com").await);
    invite(&owner, "ADA@example.com", "support").await.expect(200);
    let token = server.mailed_token("ADA@example.com").await;
    let body = json!({ "token": token });
    eve.post(ACCEPT, body.clone()).await.refused(403, "invitation_refused");
    let accepted = ada.post(ACCEPT, body.clone()).await.expect(200);
    assert_eq!(accepted.text("/role"), "support");
    ada.post(ACCEPT, body).await.refused(401, "invalid_token");
    ada.post(ACCEPT, json!({ "token": "guessed" })).await.refused(401, "invalid_token");
    ada.get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn an_invitation_opens_the_door_for_its_address_alone_where_sign_up_is_closed() {
    let server = Server::start_with(Options { is_sign_up_open: false, ..Options::default() }).await;
    let owner = owner(&server).await;
    invite(&owner, "ada@example.com", "developer").await.expect(200);
    let token = server.mailed_token("ada@example.com").await;
    let with = |token: &str| json!({ "invitation_token": token });
    sign_up(&server, "eve@example.com", with(&token)).await.refused(403, "invitation_refused");
    sign_up(&server, "eve@example.com", with("guessed")).await.refused(401, "invalid_token");
    sign_up(&server, "ada@example.com", json!({})).await.refused(403, "sign_up_closed");
    sign_up(&server, "ada@example.com", with(&token)).await.expect(202);
    let ada = sign_in(&server, "ada@example.com").await;
    let own = ada.get("/v1/dashboard/account").await.expect(200);
    assert_eq!(own.data()["email_verified"], true, "the token proves the mailbox");
    let teams = own.data()["teams"].as_array().unwrap();
    assert_eq!((teams.len(), &teams[0]["role"]), (1, &json!("developer")));
    sign_up(&server, "ada@example.com", with(&token)).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_taken_address_does_not_use_the_invitation_up() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let ada = account(&server, "ada@example.com").await;
    invite(&owner, "ada@example.com", "viewer").await.expect(200);
    let token = server.mailed_token("ada@example.com").await;
    sign_up(&server, "ada@example.com", json!({ "invitation_token": token })).await.refused(409, "email_taken");
    ada.post(ACCEPT, json!({ "token": token })).await.expect(200);
}

#[tokio::test]
async fn a_claim_and_an_invitation_are_not_sent_together() {
    let server = Server::start().await;
    let both = json!({ "claim_token": "a", "invitation_token": "b" });
    sign_up(&server, "ada@example.com", both).await.expect(422);
}

#[tokio::test]
async fn a_later_invitation_takes_the_earlier_ones_place() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let ada = account(&server, "ada@example.com").await;
    invite(&owner, "ada@example.com", "owner").await.expect(200);
    let first = server.mailed_token("ada@example.com").await;
    invite(&owner, "ada@example.com", "viewer").await.expect(200);
    let second = server.mailed_token("ada@example.com").await;
    ada.post(ACCEPT, json!({ "token": first })).await.refused(403, "invitation_refused");
    ada.post(ACCEPT, json!({ "token": second })).await.expect(200);
    assert!(roles(&owner).await.contains(&("ada@example.com".to_owned(), "viewer".to_owned())));
}

#[tokio::test]
async fn an_invitation_falls_with_the_standing_of_who_sent_it() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let admin = joined(&owner, "admin@example.com", "admin").await;
    let ada = account(&server, "ada@example.com").await;
    invite(&admin, "ada@example.com", "admin").await.expect(200);
    let token = server.mailed_token("ada@example.com").await;
    owner.delete(format!("{MEMBERS}/{}", admin.id)).await.expect(200);
    ada.post(ACCEPT, json!({ "token": token })).await.refused(403, "invitation_refused");
    let other = joined(&owner, "other@example.com", "admin").await;
    invite(&other, "ada@example.com", "admin").await.expect(200);
    let token = server.mailed_token("ada@example.com").await;
    invite(&owner, "other@example.com", "viewer").await.expect(200);
    ada.post(ACCEPT, json!({ "token": token })).await.refused(403, "invitation_refused");
}

#[tokio::test]
async fn an_invitation_is_good_for_seven_days() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    account(&server, "ada@example.com").await;
    invite(&owner, "ada@example.com", "viewer").await.expect(200);
    let token = server.mailed_token("ada@example.com").await;
    server.turn_clock(Duration::from_hours(7 * 24));
    let ada = sign_in(&server, "ada@example.com").await;
    ada.post(ACCEPT, json!({ "token": token })).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn one_address_is_written_to_so_often_a_day() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let mut last = 200;
    for number in 0..40 {
        let by = owner.clone().from(&format!("198.51.100.{number}"));
        last = invite(&by, "ada@example.com", "viewer").await.status;
        if last != 200 {
            break;
        }
    }
    assert_eq!(last, 429);
    invite(&owner, "grace@example.com", "viewer").await.expect(200);
}
