use std::{fs, time::Duration};

use identity::risk::{Intelligence, Sources};
use serde_json::json;

use super::events;
use crate::kit::{Options, PASSWORD, Server};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn server_with_list(list: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.txt");
    fs::write(&path, list).unwrap();
    let intelligence = Intelligence::open(Sources { lists: vec![path], geoip: None }).unwrap();
    Server::start_with(Options { intelligence, ..Options::default() }).await
}

#[tokio::test]
async fn a_new_device_is_told_to_its_person_once_and_the_first_one_is_no_news() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let path = format!("/v1/users/{}", ada.id);
    server.root().patch(&path, json!({ "email_verified": true })).await.expect(200);
    let news = async || {
        let letters = server.letters("ada@example.com").await;
        letters.iter().filter(|letter| letter.template == "new_device").count()
    };
    assert_eq!(news().await, 0);
    let elsewhere = server.anonymous().from("198.51.100.7").with("user-agent", FIREFOX);
    for _ in 0..2 {
        server.sign_in_at(&elsewhere, "ada@example.com").await;
        server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    }
    assert_eq!(news().await, 1);
    assert_eq!(events(&server, "user.new_device").await, [json!({ "user_id": ada.id })]);
}

#[tokio::test]
async fn a_sign_in_from_a_listed_network_is_asked_for_more() {
    let server = server_with_list("# botnet\n198.51.100.0/24\n").await;
    let ada = server.user("ada@example.com").await;
    let listed = server.anonymous().from("198.51.100.7");
    let reply = listed.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(reply.data()["state"], "verification_required", "no second factor: the mailbox has to do");
    let raised = events(&server, "security.signal_raised").await;
    assert_eq!(raised[0]["user_id"], ada.id);
    assert!(raised[0]["signals"].as_array().unwrap().contains(&json!("listed_address")), "{raised:?}");
    server.sign_in_at(&server.anonymous(), "ada@example.com").await;
}

#[tokio::test]
async fn the_thresholds_are_the_applications_and_it_may_just_watch() {
    let server = server_with_list("198.51.100.7").await;
    server.user("ada@example.com").await;
    let listed = server.anonymous().from("198.51.100.7");
    let risk = async |risk| server.root().put("/v1/settings/sign-in", json!({ "risk": risk })).await.expect(200);
    risk(json!({ "second_factor": 20, "captcha": 30, "refuse": 40 })).await;
    listed.sign_in("ada@example.com", PASSWORD).await.refused(403, "risk_refused");
    risk(json!({ "mode": "observe", "second_factor": 20, "captcha": 30, "refuse": 40 })).await;
    server.sign_in_at(&listed, "ada@example.com").await;
    assert_eq!(events(&server, "security.signal_raised").await.len(), 2);
    risk(json!({ "mode": "off" })).await;
    server.sign_in_at(&listed, "ada@example.com").await;
    assert_eq!(events(&server, "security.signal_raised").await.len(), 2, "nothing is scored");
}

#[tokio::test]
async fn a_device_is_forgotten_with_its_user_and_after_a_year() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    server.turn_clock(Duration::from_hours(366 * 24));
    server.run_jobs().await;
    let elsewhere = server.anonymous().from("198.51.100.7").with("user-agent", FIREFOX);
    server.sign_in_at(&elsewhere, "ada@example.com").await;
    assert_eq!(events(&server, "user.new_device").await.len(), 0, "the only device that was known");
}
