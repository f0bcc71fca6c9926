//! What holds at every door that takes an address, whoever comes: one address strictly read, and no word on who has an account.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    kit::{Client, PASSWORD, Reply},
    mfa::with_app,
    races::patient,
};

const KNOWN: &str = "ada@example.com";
const UNKNOWN: &str = "nobody@example.com";
const ANOTHER: &str = "an entirely different phrase";

/// Where anybody may name an address, and what else such a request holds.
fn doors() -> Vec<(&'static str, Value)> {
    let wrong = json!({ "password": "wrong wrong wrong" });
    let new = json!({ "password": PASSWORD });
    vec![
        ("/v1/auth/sign-in", wrong.clone()),
        ("/v1/auth/sign-up", new.clone()),
        ("/v1/auth/magic-links", json!({})),
        ("/v1/auth/otp", json!({})),
        ("/v1/auth/password/forgot", json!({})),
        ("/v1/auth/verifications", json!({})),
        ("/v1/auth/sso/discover", json!({})),
        ("/v1/dashboard/sign-in", wrong.clone()),
        ("/v1/dashboard/sign-up", new.clone()),
        ("/v1/dashboard/password/forgot", json!({})),
        ("/api/v1/auth/login", wrong),
        ("/api/v1/auth/register", new),
        ("/api/v1/auth/otp/begin", json!({})),
        ("/api/v1/auth/verification/begin", json!({})),
        ("/api/v1/auth/password/forgot", json!({})),
    ]
}

fn with(body: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[name] = value.into();
    body
}

/// The answer but for what is new each time.
fn told(reply: &Reply) -> (u16, Vec<String>, Value) {
    let (status, headers, mut body) = reply.comparable();
    for name in ["challenge_id", "browser_token", "expires_at"] {
        if let Some(own) = body.pointer_mut(&format!("/data/{name}")) {
            *own = Value::Null;
        }
    }
    (status, headers.into_iter().map(|(name, _)| name).collect(), body)
}

#[tokio::test]
async fn no_door_tells_who_has_an_account() {
    for (path, body) in doors() {
        let server = patient().await;
        server.account().await;
        server.other_account(KNOWN).await;
        server.user(KNOWN).await;
        server.run_jobs().await;
        server.mailbox().clear();
        let mut answers = Vec::new();
        for email in [KNOWN, UNKNOWN] {
            let reply = server.anonymous().post(path, with(&body, "email", email)).await;
            assert!(reply.status < 500, "{reply}");
            answers.push((told(&reply), server.letters(email).await.len()));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the floor of an answer's time is what this test is about")]
async fn the_doors_that_write_answer_on_a_beat() {
    let server = patient().await;
    server.account().await;
    server.user(KNOWN).await;
    for path in [
        "/v1/auth/magic-links",
        "/v1/auth/otp",
        "/v1/auth/password/forgot",
        "/v1/auth/verifications",
        "/api/v1/auth/verification/begin",
        "/v1/dashboard/password/forgot",
    ] {
        for email in [KNOWN, UNKNOWN, KNOWN, UNKNOWN] {
            let began = std::time::Instant::now();
            let reply = server.anonymous().post(path, json!({ "email": email })).await.expect(202);
            let took = began.elapsed();
            assert!(took >= Duration::from_millis(5), "{path}: {took:?} {reply}");
        }
    }
}

#[tokio::test]
async fn no_door_takes_more_or_less_than_one_address() {
    let server = patient().await;
    server.account().await;
    let root = server.root();
    let ada = with_app(&server, &server.anonymous(), KNOWN).await;
    let grace = root.create_user("grace@example.com").await.id();
    let mut all: Vec<(Client, &str, String, &str, Value)> =
        doors().into_iter().map(|(path, body)| (server.anonymous(), "POST", path.to_owned(), "email", body)).collect();
    all.extend([
        (root.clone(), "POST", "/v1/users".to_owned(), "primary_email", json!({})),
        (root.clone(), "PATCH", format!("/v1/users/{grace}"), "primary_email", json!({})),
        (root.clone(), "POST", "/api/v1/users".to_owned(), "email", json!({})),
        ((*ada).clone(), "POST", "/api/v1/me/email/change".to_owned(), "email", json!({})),
        (
            (*server.account().await).clone(),
            "POST",
            "/v1/dashboard/members".to_owned(),
            "email",
            json!({ "role": "viewer" }),
        ),
    ]);
    server.run_jobs().await;
    server.mailbox().clear();
    let addresses = [
        json!("ada@example.com,eve@example.com"),
        json!("ada@example.com;eve@example.com"),
        json!("ada@example.com eve@example.com"),
        json!("ada@example.com\r\nbcc: eve@example.com"),
        json!("ada@example.com\neve@example.com"),
        json!("ada@example.com\u{0}eve@example.com"),
        json!("ada@example.com\u{2028}eve@example.com"),
        json!("Eve <eve@example.com>"),
        json!("<eve@example.com>"),
        json!("\"ada@example.com\"@eve.example@example.com"),
        json!("ada@example.com@eve.example"),
        json!("eve@example.com (Ada)"),
        json!("=?utf-8?q?eve=40example.com?="),
        json!("mailto:eve@example.com"),
        json!("eve@[127.0.0.1]"),
        json!("eve@"),
        json!("@example.com"),
        json!(""),
        json!(["eve@example.com"]),
        json!(["ada@example.com", "eve@example.com"]),
        json!({ "eve@example.com": "ada@example.com" }),
        json!(7),
        json!(format!("{}@example.com", "e".repeat(400))),
    ];
    for (caller, method, path, field, body) in all {
        for (number, address) in addresses.iter().enumerate() {
            let body = with(&body, field, address.clone());
            let call = if method == "PATCH" { caller.patch(&path, body) } else { caller.post(&path, body) };
            // The console has the limits of everybody.
            let reply = call.from(&format!("198.51.100.{number}")).await;
            assert!(matches!(reply.status, 400 | 422), "{path} {address}: {reply}");
        }
    }
    for somebody in [KNOWN, "eve@example.com", "grace@example.com"] {
        assert_eq!(server.letters(somebody).await.len(), 0, "{somebody}");
    }
}

#[tokio::test]
async fn the_tries_of_a_code_are_counted_over_both_surfaces() {
    let server = patient().await;
    let sent = server.anonymous().post("/v1/auth/otp", json!({ "email": KNOWN })).await.expect(202);
    let code = server.mailed_code(KNOWN).await;
    let body = |code: &str| json!({ "challenge_id": sent.text("/challenge_id"), "code": code });
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    for number in 0..5 {
        let path = ["/v1/auth/otp/verify", "/api/v1/auth/otp/complete"][number % 2];
        // From another network each time, and by another program.
        let caller = server.anonymous().from(&format!("198.51.100.{number}")).with("user-agent", "another/1.0");
        let reply = caller.post(path, body(&wrong)).await;
        assert_eq!(reply.status, 401, "{reply}");
    }
    for path in ["/v1/auth/otp/verify", "/api/v1/auth/otp/complete"] {
        assert_eq!(server.anonymous().post(path, body(&code)).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn every_change_of_a_password_ends_what_would_reset_it() {
    for way in ["the person", "the person, on the data plane", "an administrator", "a demand"] {
        let server = patient().await;
        let ada = server.user(KNOWN).await;
        server.anonymous().post("/v1/auth/password/forgot", json!({ "email": KNOWN })).await.expect(202);
        let token = server.mailed_token(KNOWN).await;
        let path = format!("/v1/users/{}/password", ada.id);
        let done = match way {
            "the person" => {
                let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
                ada.post("/v1/auth/password/change", body).await
            }
            "an administrator" => server.root().post(path, json!({ "password": ANOTHER })).await,
            "a demand" => server.root().post(path, json!({ "must_change": true })).await,
            _ => ada.post("/api/v1/me/password", json!({ "current": PASSWORD, "next": ANOTHER })).await,
        };
        assert!(done.status < 300, "{way}: {done}");
        let body = json!({ "token": token, "new_password": "yet another long phrase" });
        let reset = server.anonymous().post("/v1/auth/password/reset", body).await;
        // A demand changes nothing yet, and a reset is how it is met.
        assert_eq!(reset.status, if way == "a demand" { 200 } else { 401 }, "{way}: {reset}");
    }
}
