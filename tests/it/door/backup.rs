use serde_json::json;

use super::process::{Running, api_key, binary, run};

#[tokio::test]
async fn a_backup_of_a_running_server_is_restored_whole() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&binary, folder.path()).await;
    let key = api_key(folder.path());
    let create = async |name: &str| {
        let reply = server.post("/v1/users", &json!({ "username": name })).bearer_auth(&key).send().await.unwrap();
        assert_eq!(reply.status(), 201);
    };
    create("before").await;
    let backup = run(&binary, folder.path(), &["backup", "--data", "data", "copy.db"]);
    assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
    create("after").await;
    let refused = run(&binary, folder.path(), &["restore", "--data", "data", "copy.db"]);
    assert!(!refused.status.success(), "a database in use is left alone");
    drop(server);

    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("copy.db"), elsewhere.path().join("copy.db")).unwrap();
    std::fs::create_dir(elsewhere.path().join("data")).unwrap();
    std::fs::copy(folder.path().join("data/master.key"), elsewhere.path().join("data/master.key")).unwrap();
    let restored = run(&binary, elsewhere.path(), &["restore", "--data", "data", "copy.db"]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let server = Running::start(&binary, elsewhere.path()).await;
    let users =
        server.get("/v1/users").bearer_auth(&key).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    let names: Vec<&str> =
        users["data"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["before"]);
}
