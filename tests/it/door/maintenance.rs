use serde_json::{Value, json};

use super::process::{Running, api_key, binary, bootstrap, run};

#[tokio::test]
async fn a_new_master_key_opens_all_that_the_old_one_sealed() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let body = json!({ "email": "ada@example.com", "password": "correct horse battery staple" });
    let before = Running::start(&binary, folder.path()).await;
    before.post("/v1/auth/sign-up", &body).send().await.unwrap().error_for_status().unwrap();
    let session: Value = before.post("/v1/auth/sign-in", &body).send().await.unwrap().json().await.unwrap();
    drop(before);
    let old_key = std::fs::read(folder.path().join("data/master.key")).unwrap();
    let rotate = ["keys", "rotate-master", "--data", "data", "--finish"];
    for arguments in [&rotate[..4], &rotate] {
        let output = run(&binary, folder.path(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let new_key = std::fs::read(folder.path().join("data/master.key")).unwrap();
    assert_ne!(old_key, new_key);
    let after = Running::start(&binary, folder.path()).await;
    let token = session["data"]["access_token"].as_str().unwrap();
    assert_eq!(after.get("/v1/auth/me").bearer_auth(token).send().await.unwrap().status(), 200);
    let refresh = json!({ "refresh_token": session["data"]["refresh_token"] });
    assert_eq!(after.post("/v1/sessions/tokens", &refresh).send().await.unwrap().status(), 200);
    assert_eq!(after.post("/v1/auth/sign-in", &body).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn new_signing_keys_take_over_while_the_server_runs() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&binary, folder.path()).await;
    let body = json!({ "email": "ada@example.com", "password": "correct horse battery staple" });
    server.post("/v1/auth/sign-up", &body).send().await.unwrap().error_for_status().unwrap();
    let token = async || {
        let session: Value = server.post("/v1/auth/sign-in", &body).send().await.unwrap().json().await.unwrap();
        session["data"]["access_token"].as_str().unwrap().to_owned()
    };
    let former = token().await;
    let application = bootstrap(folder.path())["application_id"].as_str().unwrap().to_owned();
    let output =
        run(&binary, folder.path(), &["keys", "rotate-signing", "--application", &application, "--data", "data"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let unknown = ["keys", "rotate-signing", "--application", "01890000-0000-7000-8000-000000000000", "--data", "data"];
    assert!(!run(&binary, folder.path(), &unknown).status.success());
    // Another process wrote: the running server looks again after three seconds.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let next = token().await;
    assert_ne!(jose::peek_kid(&former).unwrap(), jose::peek_kid(&next).unwrap());
    for token in [former, next] {
        assert_eq!(server.get("/v1/auth/me").bearer_auth(token).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn the_trail_of_a_running_server_verifies() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&binary, folder.path()).await;
    let key = api_key(folder.path());
    for number in 0..20 {
        let create = server.post("/v1/users", &json!({ "external_id": number.to_string() })).bearer_auth(&key);
        create.send().await.unwrap().error_for_status().unwrap();
    }
    // The worker seals about twice a second.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let output = run(&binary, folder.path(), &["audit", "verify", "--data", "data"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(" 0 faults") && text.contains("; 0 not sealed yet"), "{text}");
}
