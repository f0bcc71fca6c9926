use std::time::Duration;

use super::{events, wrong};
use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn whoever_guesses_waits_longer_each_time_and_the_right_password_ends_it() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let client = server.anonymous();
    for _ in 0..10 {
        wrong(&client, "ada@example.com").await.refused(401, "invalid_credentials");
    }
    let refused = client.sign_in("ada@example.com", PASSWORD).await.refused(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "2", "the right password is not looked at");
    server.turn_clock(Duration::from_secs(3));
    wrong(&client, "ada@example.com").await.refused(401, "invalid_credentials");
    assert_eq!(wrong(&client, "ada@example.com").await.refused(429, "rate_limited").header("retry-after"), "4");
    server.turn_clock(Duration::from_secs(5));
    server.sign_in_at(&client, "ada@example.com").await;
    wrong(&client, "ada@example.com").await.refused(401, "invalid_credentials");
    server.sign_in_at(&client, "ada@example.com").await;
    assert_eq!(events(&server, "security.alarm_raised").await[0]["scope"], "pair");
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_slowed_down_just_the_same() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let (one, other) = (server.anonymous().from("192.0.2.1"), server.anonymous().from("198.51.100.1"));
    for _ in 0..14 {
        let known = wrong(&one, "ada@example.com").await;
        let unknown = wrong(&other, "nobody@example.com").await;
        assert_eq!(known.comparable(), unknown.comparable());
        assert_eq!(known.status, unknown.status);
    }
    assert_eq!(wrong(&one, "ada@example.com").await.status, 429);
}

#[tokio::test]
async fn an_attack_from_everywhere_does_not_lock_the_person_out_of_a_known_device() {
    let server = Server::start().await;
    let home = server.anonymous().from("192.0.2.10");
    server.user_at(&home, "ada@example.com").await;
    for number in 0..25 {
        let reply = wrong(&server.anonymous().from(&format!("198.18.{number}.1")), "ada@example.com").await;
        assert!(reply.status == 401 || (number >= 20 && reply.status == 429), "{reply}");
    }
    let stranger = server.anonymous().from("198.19.0.1");
    stranger.sign_in("ada@example.com", PASSWORD).await.refused(429, "rate_limited");
    server.sign_in_at(&home, "ada@example.com").await;
    // Another address of the same network, as many connections have.
    server.sign_in_at(&server.anonymous().from("192.0.2.99"), "ada@example.com").await;
    // Elsewhere it is a matter of minutes, and while the attack goes on the mailbox has to be proven too.
    server.turn_clock(Duration::from_mins(6));
    let reply = stranger.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(reply.data()["state"], "verification_required");
    server.turn_clock(Duration::from_hours(2));
    server.sign_in_at(&stranger, "ada@example.com").await;
}

#[tokio::test]
async fn stuffing_from_one_network_slows_the_network_and_nobody_else() {
    let server = Server::start().await;
    let office = server.anonymous().from("192.0.2.10");
    server.user_at(&office, "ada@example.com").await;
    for number in 0..100 {
        // Four addresses of one network, an account each time.
        let client = server.anonymous().from(&format!("198.51.100.{}", number % 4));
        wrong(&client, &format!("person-{number}@example.com")).await.refused(401, "invalid_credentials");
    }
    let neighbour = server.anonymous().from("198.51.100.77");
    wrong(&neighbour, "somebody.else@example.com").await.refused(429, "rate_limited");
    server.sign_in_at(&office, "ada@example.com").await;
    let scopes: Vec<String> = events(&server, "security.alarm_raised")
        .await
        .iter()
        .map(|event| event["scope"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(scopes, ["network"]);
}

#[tokio::test]
async fn many_guesses_at_once_are_all_counted() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let guesses: Vec<_> = (0..12)
        .map(|_| {
            let client = server.anonymous();
            #[expect(clippy::disallowed_methods, reason = "many at once are what is tested")]
            tokio::spawn(async move { wrong(&client, "ada@example.com").await.status })
        })
        .collect();
    let mut answers = Vec::new();
    for guess in guesses {
        answers.push(guess.await.unwrap());
    }
    assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.refused(429, "rate_limited");
}
