use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use super::process::{Running, api_key, binary, bootstrap};

#[tokio::test]
async fn the_first_start_tells_its_secrets_once() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(&binary, folder.path()).await;
    let facts = bootstrap(folder.path());
    let names: Vec<&String> = facts.as_object().unwrap().keys().collect();
    assert_eq!(names, ["base_url", "application_id", "api_key", "claim_url"]);
    for fact in facts.as_object().unwrap().values() {
        assert!(first.greeting.contains(fact.as_str().unwrap()), "{fact}: {}", first.greeting);
    }
    for file in ["bootstrap.json", "data/master.key"] {
        let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    assert_eq!(fs::metadata(folder.path().join("data")).unwrap().permissions().mode() & 0o777, 0o700);
    let users = first.get("/v1/users").bearer_auth(api_key(folder.path())).send().await.unwrap();
    assert_eq!(users.status(), 200);
    drop(first);

    let written = fs::read(folder.path().join("bootstrap.json")).unwrap();
    let second = Running::start(&binary, folder.path()).await;
    assert!(!second.greeting.contains("pc_sk_") && !second.greeting.contains("token="), "{}", second.greeting);
    assert_eq!(fs::read(folder.path().join("bootstrap.json")).unwrap(), written);
    let users = second.get("/v1/users").bearer_auth(api_key(folder.path())).send().await.unwrap();
    assert_eq!(users.status(), 200);
}

#[tokio::test]
async fn set_up_can_not_be_opened_again() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let claim = |email: &str| {
        let facts = bootstrap(folder.path());
        let token = facts["claim_url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
        json!({ "email": email, "password": "correct horse battery staple", "claim_token": token })
    };
    let first = Running::start(&binary, folder.path()).await;
    let claimed = first.post("/v1/dashboard/sign-up", &claim("owner@example.com")).send().await.unwrap();
    assert_eq!(claimed.status(), 202);
    drop(first);
    let second = Running::start(&binary, folder.path()).await;
    let again = second.post("/v1/dashboard/sign-up", &claim("eve@example.com")).send().await.unwrap();
    assert_eq!(again.status(), 403);
    let stranger = json!({ "email": "eve@example.com", "password": "correct horse battery staple" });
    let closed = second.post("/v1/dashboard/sign-up", &stranger).send().await.unwrap();
    assert_eq!(closed.status(), 403, "without --dev strangers get no account");
}
