//! `kill -9` in mid-write: what was acknowledged is there, what was used up stays used up.

use std::{path::Path, time::Duration};

use rustix::process::Signal;
use serde_json::{Value, json};

use super::process::{Running, api_key, binary};
use crate::kit::TestStore;

const ROUNDS: u64 = 10;

/// What the server said was done.
#[derive(Default)]
struct Acknowledged {
    users: Vec<String>,
    /// Refresh tokens whose successor's successor was handed out.
    used_up: Vec<String>,
    /// Access tokens of sessions that were ended.
    revoked: Vec<String>,
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_used_up_comes_back() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = TestStore::create().await;
    let address = store.address();
    let arguments: Vec<&str> = address.iter().flat_map(|address| ["--store", address.as_str()]).collect();
    let mut acknowledged = Acknowledged::default();
    for round in 0..ROUNDS {
        let server = Running::start_with(&binary, folder.path(), &arguments).await;
        check(&server, folder.path(), &acknowledged).await;
        let key = api_key(folder.path());
        if round == 0 {
            let limits = json!({ "rate_limits": LIMITS.map(|name| json!({ "name": name, "requests": 1_000_000, "seconds": 60 })) });
            server.patch("/v1/settings", &limits).bearer_auth(&key).send().await.unwrap().error_for_status().unwrap();
            create(&server, &key, json!({ "primary_email": "ada@example.com", "password": PASSWORD })).await.unwrap();
        }
        let session = sign_in(&server).await.unwrap();
        let Acknowledged { users, used_up, revoked } = &mut acknowledged;
        let writing = async {
            tokio::join!(
                write_users(&server, &key, round, users),
                rotate(&server, session, used_up),
                end_sessions(&server, &key, revoked),
            )
        };
        let death = async {
            tokio::time::sleep(Duration::from_millis(150 + round * 37)).await;
            server.signal(Signal::KILL);
        };
        tokio::join!(writing, death);
    }
    let server = Running::start_with(&binary, folder.path(), &arguments).await;
    check(&server, folder.path(), &acknowledged).await;
    assert!(!acknowledged.users.is_empty() && !acknowledged.used_up.is_empty() && !acknowledged.revoked.is_empty());
}

const PASSWORD: &str = "correct horse battery staple";
/// Raised, so that a refusal means what it is taken for.
const LIMITS: [&str; 4] = ["sign-in", "token", "token-user", "admin"];

async fn create(server: &Running, key: &str, body: Value) -> Option<String> {
    let reply = server.post("/v1/users", &body).bearer_auth(key).send().await.ok()?;
    let created = reply.error_for_status().ok()?.json::<Value>().await.ok()?;
    created["data"]["id"].as_str().map(str::to_owned)
}

async fn sign_in(server: &Running) -> Option<Value> {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let reply = server.post("/v1/auth/sign-in", &body).send().await.ok()?;
    Some(reply.error_for_status().ok()?.json::<Value>().await.ok()?["data"].take())
}

/// Until the server is gone.
async fn write_users(server: &Running, key: &str, round: u64, users: &mut Vec<String>) {
    for number in 0.. {
        match create(server, key, json!({ "external_id": format!("{round}-{number}") })).await {
            Some(id) => users.push(id),
            None => return,
        }
    }
}

async fn rotate(server: &Running, session: Value, used_up: &mut Vec<String>) {
    let mut token = session["refresh_token"].as_str().unwrap().to_owned();
    let mut before = None;
    while let Some(next) = refresh(server, &token).await {
        used_up.extend(before.replace(std::mem::replace(&mut token, next)));
    }
}

async fn refresh(server: &Running, token: &str) -> Option<String> {
    let reply = server.post("/v1/sessions/tokens", &json!({ "refresh_token": token })).send().await.ok()?;
    let tokens = reply.error_for_status().ok()?.json::<Value>().await.ok()?;
    tokens["data"]["refresh_token"].as_str().map(str::to_owned)
}

async fn end_sessions(server: &Running, key: &str, revoked: &mut Vec<String>) {
    let Some(session) = sign_in(server).await else { return };
    let path = format!("/v1/sessions/{}", session["session"]["id"].as_str().unwrap());
    if let Ok(reply) = server.delete(&path).bearer_auth(key).send().await
        && reply.status() == 200
    {
        revoked.push(session["access_token"].as_str().unwrap().to_owned());
    }
}

async fn check(server: &Running, folder: &Path, acknowledged: &Acknowledged) {
    let key = api_key(folder);
    for id in &acknowledged.users {
        let reply = server.get(&format!("/v1/users/{id}")).bearer_auth(&key).send().await.unwrap();
        assert_eq!(reply.status(), 200, "user {id} was acknowledged and is gone");
    }
    for token in &acknowledged.revoked {
        let reply = server.get("/v1/auth/me").bearer_auth(token).send().await.unwrap();
        assert_eq!(reason(reply).await, "session_revoked", "a revoked token works again");
    }
    for token in &acknowledged.used_up {
        let reply = server.post("/v1/sessions/tokens", &json!({ "refresh_token": token })).send().await.unwrap();
        let reason = reason(reply).await;
        assert!(matches!(reason.as_str(), "refresh_reused" | "session_revoked"), "a used up refresh token: {reason}");
    }
}

/// Why it was refused; empty where it was not.
async fn reason(reply: reqwest::Response) -> String {
    let body: Value = reply.json().await.unwrap();
    body["error"]["reason"].as_str().unwrap_or_default().to_owned()
}
