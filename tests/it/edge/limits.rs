use std::{future::IntoFuture, time::Duration};

use futures_util::future::join_all;
use serde_json::json;
use vault::PoolOptions;

use crate::kit::{Options, Server};

#[tokio::test]
async fn limits_are_told_ahead_and_refusals_say_how_long() {
    let server = Server::start().await;
    let limits = json!({ "rate_limits": [{ "name": "admin", "requests": 3, "seconds": 60 }] });
    server.root().patch("/v1/settings", limits).await.expect(200);
    let key = server.account().await;
    for remaining in [2, 1, 0] {
        let reply = key.get("/v1/users").await.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), "\"admin\";q=3;w=60");
        assert!(
            reply.header("ratelimit").starts_with(&format!("\"admin\";r={remaining};t=")),
            "{}",
            reply.header("ratelimit")
        );
    }
    let refused = key.get("/v1/users").await.refused(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    server.root().get("/v1/users").await.expect(200);
    server.turn_clock(Duration::from_secs(wait));
    key.get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn forwarded_addresses_split_no_counter() {
    let server = Server::start().await;
    // Another account each time: guessing at one has a limit of its own.
    let attempt = async |number: u32| {
        let body = json!({ "username": format!("ada{number}"), "password": "x" });
        let call = server.anonymous().post("/v1/auth/sign-in", body);
        call.header("x-forwarded-for", &format!("198.51.100.{number}")).await.status
    };
    for number in 0..30 {
        assert_eq!(attempt(number).await, 401);
    }
    assert_eq!(attempt(77).await, 429);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own() {
    let server = Server::start_with(Options { trusted_proxies: &["10.0.0.0/8"], ..Options::default() }).await;
    let attempt = async |number: u32, forwarded: &str| {
        let body = json!({ "username": format!("ada{number}"), "password": "x" });
        let call = server.anonymous().from("10.0.0.1").post("/v1/auth/sign-in", body);
        call.header("x-forwarded-for", forwarded).await.status
    };
    for number in 0..30 {
        assert_eq!(attempt(number, "9.9.9.9, 198.51.100.1, 10.7.7.7").await, 401);
    }
    assert_eq!(attempt(30, "8.8.8.8, 198.51.100.1").await, 429, "what the client wrote itself counts for nothing");
    assert_eq!(attempt(31, "198.51.100.2").await, 401);
}

#[tokio::test]
async fn a_request_beyond_its_deadline_is_a_503_and_leaves_nothing() {
    let (deadline, pool) = (Duration::from_millis(1), Some(PoolOptions { threads: 1, ..PoolOptions::default() }));
    let server = Server::start_with(Options { deadline, pool, ..Options::default() }).await;
    // A hash takes longer than that.
    server.anonymous().sign_up("ada@example.com").await.refused(503, "deadline_exceeded");
    assert_eq!(server.root().get("/v1/users").await.json["data"].as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn a_flood_of_passwords_gets_a_fast_429_and_harms_nobody_else() {
    let pool = PoolOptions { threads: 1, queue: 4, nice: 10 };
    let server = Server::start_with(Options { pool: Some(pool), ..Options::default() }).await;
    let attempts = (0..50).map(|number| {
        let client = server.anonymous().from(&format!("198.51.100.{number}"));
        async move { client.sign_in("nobody@example.com", "not the right one").await }
    });
    let (replies, jwks) =
        tokio::join!(join_all(attempts), server.anonymous().get("/.well-known/jwks.json").into_future());
    jwks.expect(200);
    let busy: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(busy.len() >= 40, "the queue holds four: {}", busy.len());
    assert!(busy.iter().all(|reply| reply.reason() == "rate_limited" && !reply.header("retry-after").is_empty()));
    assert!(replies.iter().all(|reply| matches!(reply.status, 401 | 429)));
    server.anonymous().sign_in("nobody@example.com", "not the right one").await.expect(401);
}
