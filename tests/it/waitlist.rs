//! The waiting list, and the invitation that leads out of it.

use std::time::Duration;

use events::verify;
use serde_json::{Value, json};

use crate::kit::{PASSWORD, Server};

const PATH: &str = "/v1/waitlist";

async fn open(server: &Server) {
    server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "waitlist" } })).await.expect(200);
}

/// Somebody on the list.
pub(crate) async fn entry(server: &Server, email: &str) -> String {
    open(server).await;
    server.anonymous().post(PATH, json!({ "email": email })).await.expect(202);
    let waiting = server.root().walk(PATH, 200).await;
    let entry = waiting.iter().find(|entry| entry["email"] == email).unwrap();
    entry["id"].as_str().unwrap().to_owned()
}

/// The token that somebody who was approved finds in their mail.
pub(crate) async fn invitation(server: &Server, email: &str) -> String {
    let id = entry(server, email).await;
    approve(server, &id).await;
    token(server, email).await
}

async fn approve(server: &Server, id: &str) {
    server.root().post(format!("{PATH}/{id}/decision"), json!({ "decision": "approve" })).await.expect(200);
}

/// From the last message to this address.
async fn token(server: &Server, email: &str) -> String {
    server.run_jobs().await;
    let letters = server.mailbox().to(email);
    let link =
        letters.first().and_then(|letter| letter.link.clone()).unwrap_or_else(|| panic!("nothing was sent to {email}"));
    link.split_once("invitation_token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn somebody_joins_is_approved_and_signs_up() {
    let server = Server::start().await;
    open(&server).await;
    let body = json!({ "email": "Ada@example.com", "name": "Ada", "locale": "en" });
    server.anonymous().post(PATH, body).await.expect(202);
    let waiting = server.root().get("/v1/waitlist?state=waiting").await.expect(200);
    assert_eq!((waiting.text("/0/email"), waiting.text("/0/name")), ("Ada@example.com".to_owned(), "Ada".to_owned()));
    server.run_jobs().await;
    assert!(server.mailbox().to("Ada@example.com").is_empty(), "nothing is sent before somebody decides");
    approve(&server, &waiting.text("/0/id")).await;

    let accept = json!({ "token": token(&server, "Ada@example.com").await, "password": PASSWORD, "given_name": "Ada" });
    let signed_in = server.anonymous().post("/v1/invitations/accept", accept).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    assert_eq!(signed_in.data()["user"]["email_verified"], true, "the mailbox is proven by it");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    let joined = server.root().get("/v1/waitlist?state=joined").await.expect(200);
    assert_eq!(joined.items().len(), 1);
}

#[tokio::test]
async fn the_list_tells_nobody_who_is_on_it_or_has_an_account() {
    let server = Server::start().await;
    server.user("grace@example.com").await;
    server.run_jobs().await;
    server.mailbox().clear();
    open(&server).await;
    let join = |email: &'static str| server.anonymous().post(PATH, json!({ "email": email }));
    let first = join("ada@example.com").await.expect(202);
    for again in ["ada@example.com", "ADA@EXAMPLE.COM", "grace@example.com"] {
        assert_eq!(join(again).await.expect(202).data(), first.data());
    }
    server.run_jobs().await;
    assert!(server.mailbox().all().is_empty());
    assert_eq!(server.root().walk(PATH, 10).await.len(), 2, "each address once");
}

#[tokio::test]
async fn the_list_is_open_where_the_mode_says_so() {
    let server = Server::start().await;
    let join = || server.anonymous().post(PATH, json!({ "email": "ada@example.com" }));
    join().await.refused(403, "waitlist_closed");
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    open(&server).await;
    server.anonymous().sign_up("grace@example.com").await.refused(403, "sign_up_closed");
    join().await.expect(202);
    let blocked = json!({ "sign_up": { "blocked_domains": ["example.com"] } });
    server.root().patch("/v1/settings", blocked).await.expect(200);
    join().await.refused(403, "waitlist_closed");
}

#[tokio::test]
async fn what_is_no_address_is_named() {
    let server = Server::start().await;
    open(&server).await;
    for (body, fields) in [
        (json!({}), "email required"),
        (json!({ "email": "ada" }), "email invalid"),
        (json!({ "email": "ada@example.com", "name": "a\nb" }), "name invalid"),
        (json!({ "email": "ada@example.com", "locale": "!" }), "locale invalid"),
    ] {
        assert_eq!(server.anonymous().post(PATH, body).await.expect(422).fields(), [fields]);
    }
}

#[tokio::test]
async fn a_rejection_makes_an_invitation_worthless() {
    let server = Server::start().await;
    let id = entry(&server, "ada@example.com").await;
    approve(&server, &id).await;
    let token = token(&server, "ada@example.com").await;
    server.root().post(format!("{PATH}/{id}/decision"), json!({ "decision": "reject" })).await.expect(200);
    let accept = || server.anonymous().post("/v1/invitations/accept", json!({ "token": token }));
    accept().await.refused(401, "invalid_token");
    approve(&server, &id).await;
    accept().await.expect(200);
    let late = server.root().post(format!("{PATH}/{id}/decision"), json!({ "decision": "reject" })).await;
    late.refused(409, "already_joined");
}

#[tokio::test]
async fn an_approval_is_sent_again_because_mail_gets_lost() {
    let server = Server::start().await;
    let id = entry(&server, "ada@example.com").await;
    approve(&server, &id).await;
    approve(&server, &id).await;
    server.run_jobs().await;
    assert_eq!(server.mailbox().to("ada@example.com").len(), 2);
}

#[tokio::test]
async fn an_invitation_ends() {
    let server = Server::start().await;
    let token = invitation(&server, "ada@example.com").await;
    server.turn_clock(Duration::from_hours(14 * 24 + 1));
    let accept = server.anonymous().post("/v1/invitations/accept", json!({ "token": token })).await;
    accept.refused(401, "invalid_token");
}

#[tokio::test]
async fn an_invitation_opens_no_account_that_is_there() {
    let server = Server::start().await;
    let token = invitation(&server, "ada@example.com").await;
    server.root().create_user("ada@example.com").await;
    let accept = server.anonymous().post("/v1/invitations/accept", json!({ "token": token })).await;
    accept.refused(409, "account_exists");
}

#[tokio::test]
async fn who_is_signed_in_signs_out_first() {
    let server = Server::start().await;
    let grace = server.user("grace@example.com").await;
    let token = invitation(&server, "ada@example.com").await;
    grace.post("/v1/invitations/accept", json!({ "token": token })).await.refused(409, "already_signed_in");
}

#[tokio::test]
async fn a_password_is_needed_where_accounts_do_not_begin_without() {
    let server = Server::start().await;
    server.root().put("/v1/settings/sign-in", json!({ "passwordless_sign_up": false })).await.expect(200);
    let token = invitation(&server, "ada@example.com").await;
    let accept = |body| server.anonymous().post("/v1/invitations/accept", body);
    assert_eq!(accept(json!({ "token": token })).await.expect(422).fields(), ["password required"]);
    accept(json!({ "token": token, "password": "short" })).await.refused(422, "password_refused");
    accept(json!({ "token": token, "password": PASSWORD })).await.expect(200);
}

#[tokio::test]
async fn an_invitation_is_no_way_around_a_second_factor() {
    let server = Server::start().await;
    server.root().put("/v1/settings/mfa", json!({ "policy": "required" })).await.expect(200);
    let token = invitation(&server, "ada@example.com").await;
    let accepted = server.anonymous().post("/v1/invitations/accept", json!({ "token": token })).await.expect(200);
    assert_eq!(accepted.text("/state"), "mfa_enrolment_required");
}

#[tokio::test]
async fn erasing_a_person_erases_their_entry() {
    let server = Server::start().await;
    let token = invitation(&server, "ada@example.com").await;
    let accepted = server.anonymous().post("/v1/invitations/accept", json!({ "token": token })).await.expect(200);
    server.root().delete(format!("/v1/users/{}", accepted.text("/user/id"))).await.expect(200);
    assert!(server.root().walk(PATH, 10).await.is_empty());
}

/// Somebody on the list gets an account by another door.
async fn made_by_key(server: &Server, email: &str, email_verified: bool) -> String {
    let body = json!({ "primary_email": email, "email_verified": email_verified });
    server.root().post("/v1/users", body).await.expect(201).id()
}

/// What the export of a user says of the waiting list.
async fn exported(server: &Server, user: &str) -> Value {
    let export = server.root().get(format!("/v1/users/{user}/export")).await.expect(200);
    export.data()["records"]["waitlist_entries"].clone()
}

#[tokio::test]
async fn an_entry_is_held_on_whoever_has_its_address_proven_and_goes_with_them() {
    let server = Server::start().await;
    open(&server).await;
    let body = json!({ "email": "Ada@example.com", "name": "Ada", "locale": "en" });
    server.anonymous().post(PATH, body).await.expect(202);
    server.anonymous().post(PATH, json!({ "email": "grace@example.com" })).await.expect(202);
    let ada = made_by_key(&server, "ada@EXAMPLE.com", true).await;
    let held = exported(&server, &ada).await;
    assert_eq!(held.as_array().unwrap().len(), 1, "{held}");
    assert_eq!(
        (&held[0]["email"], &held[0]["name"], &held[0]["locale"], &held[0]["state"]),
        (&json!("Ada@example.com"), &json!("Ada"), &json!("en"), &json!("waiting"))
    );
    server.root().delete(format!("/v1/users/{ada}")).await.expect(200);
    let left = server.root().walk(PATH, 10).await;
    assert_eq!(left.iter().map(|entry| &entry["email"]).collect::<Vec<_>>(), ["grace@example.com"]);
}

#[tokio::test]
async fn an_address_that_nobody_proved_shows_and_erases_nobodys_entry() {
    let server = Server::start().await;
    entry(&server, "ada@example.com").await;
    let squatter = made_by_key(&server, "ada@example.com", false).await;
    assert_eq!(exported(&server, &squatter).await, json!([]));
    server.root().delete(format!("/v1/users/{squatter}")).await.expect(200);
    assert_eq!(server.root().walk(PATH, 10).await.len(), 1);
}

#[tokio::test]
async fn an_entry_that_was_redeemed_stays_with_its_person_whoever_has_the_address_now() {
    let server = Server::start().await;
    let token = invitation(&server, "ada@example.com").await;
    let accepted = server.anonymous().post("/v1/invitations/accept", json!({ "token": token })).await.expect(200);
    let (root, ada) = (server.root(), accepted.text("/user/id"));
    root.patch(format!("/v1/users/{ada}"), json!({ "primary_email": "ada@new.example" })).await.expect(200);
    let grace = made_by_key(&server, "ada@example.com", true).await;
    assert_eq!(exported(&server, &grace).await, json!([]));
    root.delete(format!("/v1/users/{grace}")).await.expect(200);
    assert_eq!(exported(&server, &ada).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_trail_forgets_where_an_erased_entry_came_from_and_still_verifies() {
    let server = Server::start().await;
    let (root, id) = (server.root(), entry(&server, "ada@example.com").await);
    entry(&server, "grace@example.com").await;
    let ada = made_by_key(&server, "ada@example.com", true).await;
    server.run_jobs().await;
    root.delete(format!("/v1/users/{ada}")).await.expect(200);
    server.run_jobs().await;
    let events = root.get("/v1/audit/events?limit=200").await.expect(200);
    let joins: Vec<_> = events.items().iter().filter(|event| event["type"] == "waitlist.joined").cloned().collect();
    assert_eq!(joins.len(), 2, "{events}");
    for join in joins {
        let is_hers = join["target"]["id"] == id.as_str();
        assert_eq!((join["data"].is_null(), join["context"].is_null()), (is_hers, is_hers), "{join}");
    }
    let erased = events.items().iter().find(|event| event["type"] == "waitlist.erased").unwrap();
    assert_eq!(erased["target"]["id"], id.as_str());
    assert!(erased["context"].is_object(), "who asked for it stays: {erased}");
    let report = verify(server.db(), None, &mut |_| {}).await.unwrap();
    assert!(report.is_sound() && report.unsealed == 0, "{report:?}");
}
