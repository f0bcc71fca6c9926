//! A full disk stops writes, nothing else, and is over when there is room again.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use super::process::{Running, api_key, binary};
use crate::kit::say;

/// A small file system in memory, unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// `None` where this user may not mount one.
    fn mount(path: &'a Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(path).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(path))
    }

    fn grow(&self) {
        assert!(Command::new("mount").args(["-o", "remount,size=32m"]).arg(self.0).status().unwrap().success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Lazily: a server that is being killed may still hold a file.
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[tokio::test]
async fn writes_answer_503_reads_go_on_and_room_is_enough_to_recover() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let Some(disk) = SmallDisk::mount(&data) else {
        say("skipped: a small file system can't be mounted here");
        return;
    };
    let server = Running::start(&binary, folder.path()).await;
    let key = api_key(folder.path());
    let password = "correct horse battery staple";
    let write = async |body: Value| server.post("/v1/users", &body).bearer_auth(&key).send().await.unwrap();
    assert_eq!(write(json!({ "primary_email": "ada@example.com", "password": password })).await.status(), 201);
    let sign_in = json!({ "email": "ada@example.com", "password": password });
    let session: Value = server.post("/v1/auth/sign-in", &sign_in).send().await.unwrap().json().await.unwrap();
    let token = session["data"]["access_token"].as_str().unwrap();

    let padding = json!({ "padding": "x".repeat(15_000) });
    let mut written = 0;
    let refused = loop {
        let id = written.to_string();
        let reply = write(json!({ "external_id": id, "public_metadata": padding, "private_metadata": padding })).await;
        if reply.status() != 201 {
            break reply;
        }
        written += 1;
        assert!(written < 2_000, "the disk never filled");
    };
    assert_eq!(refused.status(), 503);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["error"]["code"], "unavailable", "{refused}");
    for (path, token) in
        [("/v1/users?limit=1", key.as_str()), ("/v1/auth/me", token), ("/.well-known/jwks.json", token)]
    {
        assert_eq!(server.get(path).bearer_auth(token).send().await.unwrap().status(), 200, "{path}");
    }

    disk.grow();
    assert_eq!(write(json!({ "username": "after" })).await.status(), 201);
    let last = format!("/v1/users?external_id={}", written - 1);
    let last: Value = server.get(&last).bearer_auth(&key).send().await.unwrap().json().await.unwrap();
    assert_eq!(last["data"].as_array().unwrap().len(), 1, "what was acknowledged before is there");
}
