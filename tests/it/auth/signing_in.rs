use std::time::Duration;

use serde_json::json;

use crate::kit::{LogCapture, PASSWORD, Server};

#[tokio::test]
async fn unknown_account_wrong_password_and_no_password_get_one_answer() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    server.root().create_user("grace@example.com").await;
    let wrong =
        server.anonymous().sign_in("ada@example.com", "not the right one").await.refused(401, "invalid_credentials");
    let unknown = server.anonymous().sign_in("nobody@example.com", "not the right one").await;
    let without = server.anonymous().sign_in("grace@example.com", "not the right one").await;
    let endless = server.anonymous().sign_in("ada@example.com", &"x".repeat(5_000)).await;
    for other in [unknown, without, endless] {
        assert_eq!(wrong.comparable(), other.comparable());
    }
}

#[tokio::test]
async fn unknown_accounts_cost_as_much_as_known_ones() {
    let server = Server::start().await;
    let time = async |email: &str, password: &str, round: usize| {
        let client = server.anonymous().from(&format!("203.0.113.{round}"));
        #[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is tested")]
        let started = std::time::Instant::now();
        client.sign_in(email, password).await.expect(401);
        started.elapsed()
    };
    // The second is tried in two spellings: with the accent on its letter, and as it was typed.
    for (name, password) in [("ada", "not the right one"), ("grace", "not the cafe\u{301}")] {
        let (somebody, nobody) = (format!("{name}@example.com"), format!("{name}@example.org"));
        server.user(&somebody).await;
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..15 {
            known.push(time(&somebody, password, round).await);
            unknown.push(time(&nobody, password, round).await);
        }
        // The fastest of each: what other tests do meanwhile only ever adds.
        let (known, unknown) = (known.into_iter().min().unwrap(), unknown.into_iter().min().unwrap());
        assert!(unknown > known * 2 / 3 && known > unknown * 2 / 3, "{password}: known {known:?}, unknown {unknown:?}");
    }
}

#[tokio::test]
async fn an_access_token_is_an_eddsa_jwt_that_anyone_can_verify() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let jwks = server.anonymous().get("/.well-known/jwks.json").await.expect(200);
    let kid = jose::peek_kid(&ada.access_token).unwrap();
    let key = jwks.json["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    assert_eq!((&key["alg"], &key["crv"]), (&json!("EdDSA"), &json!("Ed25519")));
    let key = jose::VerifyingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let verified = jose::verify(&ada.access_token, "session+jwt", |_| Some(key)).unwrap();
    let claims: serde_json::Value = verified.claims().unwrap();
    assert_eq!(claims["iss"], "http://localhost:8080");
    assert_eq!(claims["sub"], ada.id.as_str());
    assert_eq!(claims["aud"], server.application_id());
    assert_eq!(claims["sid"], ada.session_id.as_str());
    assert_eq!((&claims["aal"], &claims["amr"]), (&json!(1), &json!(["pwd"])));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
}

#[tokio::test]
async fn an_access_token_ends_after_five_minutes() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.turn_clock(Duration::from_secs(299));
    ada.get("/v1/auth/me").await.expect(200);
    server.turn_clock(Duration::from_secs(10));
    ada.get("/v1/auth/me").await.refused(401, "token_expired");
}

#[tokio::test]
async fn tokens_that_were_altered_or_are_of_another_kind_are_refused() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let mut parts: Vec<String> = ada.access_token.split('.').map(str::to_owned).collect();
    let last = parts[2].pop().unwrap();
    parts[2].push(if last == 'A' { 'Q' } else { 'A' });
    let altered = parts.join(".");
    // {"alg":"none","typ":"session+jwt"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoic2Vzc2lvbitqd3QifQ.{}.", parts[1]);
    for token in [altered.as_str(), &unsigned, &ada.refresh_token, "x", &"a.".repeat(20_000)] {
        server.anonymous().bearer(token).get("/v1/auth/me").await.refused(401, "invalid_token");
    }
    server.anonymous().with("authorization", "Basic YTpi").get("/v1/auth/me").await.refused(401, "missing_credentials");
    ada.get("/v1/auth/me").another_header("authorization", "Bearer x").await.refused(400, "duplicate_authorization");
}

#[tokio::test]
async fn a_token_of_one_application_is_nothing_in_another() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let ada = server.user("ada@example.com").await;
    ada.clone().at_application(&other.id).get("/v1/auth/me").await.refused(401, "invalid_token");
    let there = server.anonymous().at_application(&other.id);
    there.sign_in("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_burst_of_attempts_is_slowed_down_for_its_network_alone() {
    let server = Server::start().await;
    // Another account each time: what one account may be guessed at is another limit.
    let attempt = async |peer: &str, name: usize| {
        server.anonymous().from(peer).sign_in(&format!("person-{name}@example.com"), "wrong").await
    };
    for name in 0..30 {
        attempt("2001:db8:1:2::1", name).await.expect(401);
    }
    let refused = attempt("2001:db8:1:2:ffff::9", 30).await.refused(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    attempt("2001:db8:1:3::1", 31).await.expect(401);
    server.turn_clock(Duration::from_secs(wait));
    attempt("2001:db8:1:2::1", 32).await.expect(401);
}

#[tokio::test]
async fn secrets_never_reach_the_logs() {
    let logs = LogCapture::start();
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    server.anonymous().sign_in("ada@example.com", "a wrong but telling phrase").await.expect(401);
    let rotated =
        server.anonymous().post("/v1/sessions/tokens", json!({ "refresh_token": ada.refresh_token })).await.expect(200);
    let key = server.root().post("/v1/api-keys", json!({ "name": "k", "scopes": ["users:read"] })).await.expect(201);
    server.anonymous().bearer("pc_sk_not_a_key_at_all").get("/v1/users").await.expect(401);
    server.account().await;
    let text = logs.text();
    assert!(text.contains("auth.sign_in"), "requests are logged at all: {text}");
    for secret in [
        PASSWORD,
        "a wrong but telling phrase",
        "pc_sk_not_a_key_at_all",
        "ada@example.com",
        server.root_key(),
        server.claim_token(),
        &ada.access_token,
        &ada.refresh_token,
        &rotated.text("/access_token"),
        &rotated.text("/refresh_token"),
        &key.text("/secret"),
    ] {
        assert!(!text.contains(secret), "{secret} was logged");
    }
}
