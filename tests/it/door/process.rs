//! One run of the built binary on a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, SystemTime},
};

use reqwest::{Client, RequestBuilder};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::kit::{say, variable};

/// `PORTCULLIS_BIN`, or the newest build. Without one the test is skipped, and says so; in CI it fails.
pub(super) fn binary() -> Option<PathBuf> {
    if let Some(path) = variable("PORTCULLIS_BIN") {
        return Some(path.into());
    }
    let built = |profile: &str| PathBuf::from(format!("{}/../target/{profile}/portcullis", env!("CARGO_MANIFEST_DIR")));
    let age = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let newest = [built("debug"), built("release")].into_iter().filter(|path| path.exists()).max_by_key(age);
    if newest.is_none() {
        assert!(variable("CI").is_none(), "there is no binary to test: cargo binary");
        say("skipped: there is no binary to test (cargo binary)");
    }
    newest
}

/// A server that runs; killed when dropped.
pub(super) struct Running {
    child: Child,
    pub(super) url: String,
    /// Where clients with a certificate are listened to, as `127.0.0.1:1`.
    pub(super) mtls_address: Option<String>,
    /// What it printed until it was ready.
    pub(super) greeting: String,
}

/// A command that knows nothing of this process's environment. Tests keep every core busy, where the idle class would wait for ever
/// (docs/decisions/0013): a nice server takes its turn.
pub(super) fn command(binary: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(folder).env_clear().env("PORTCULLIS_HASH_NICE", "10");
    command
}

pub(super) fn run(binary: &Path, folder: &Path, arguments: &[&str]) -> Output {
    command(binary, folder, arguments).output().unwrap()
}

impl Running {
    /// `serve` on a free port; returns once it answers.
    pub(super) async fn start(binary: &Path, folder: &Path) -> Self {
        Self::start_with(binary, folder, &[]).await
    }

    pub(super) async fn start_with(binary: &Path, folder: &Path, more: &[&str]) -> Self {
        // One origin for all runs on a folder: tokens name it.
        let running = Self::begin(binary, folder, &[&["--public-url", "http://localhost:8080"], more].concat());
        running.wait_until_ready().await;
        running
    }

    /// `serve` on a free port; returns once it says that it serves.
    pub(super) fn begin(binary: &Path, folder: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(["--data", "data", "--bootstrap-file", "bootstrap.json"]);
        arguments.extend(more);
        let piped = command(binary, folder, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = piped.unwrap();
        let log = until(child.stderr.take().unwrap(), "\"serving\"");
        let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        let greeting = until(child.stdout.take().unwrap(), "API reference");
        let url = format!("http://{}", line["address"].as_str().unwrap());
        let mtls_address = line["mtls_address"].as_str().map(str::to_owned);
        Self { child, url, mtls_address, greeting }
    }

    async fn wait_until_ready(&self) {
        for _ in 0..200 {
            if self.get("/readyz").send().await.is_ok_and(|reply| reply.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} never became ready", self.url);
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        client().get(format!("{}{path}", self.url))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        client().post(format!("{}{path}", self.url)).json(body)
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        client().patch(format!("{}{path}", self.url)).json(body)
    }

    pub(super) fn delete(&self, path: &str) -> RequestBuilder {
        client().delete(format!("{}{path}", self.url))
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Its exit code, once it has ended.
    pub(super) async fn ended(mut self) -> Option<i32> {
        for _ in 0..1_200 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server did not end");
    }
}

/// The lines up to the one with these words. What follows is read too, so that the server never waits for a reader.
fn until(stream: impl Read + Send + 'static, words: &str) -> String {
    let mut lines = BufReader::new(stream);
    let mut text = String::new();
    while !text.lines().last().is_some_and(|line| line.contains(words)) {
        assert!(lines.read_line(&mut text).unwrap() > 0, "the server ended before it was ready: {text}");
    }
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    text
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection of its own for each request: one that was cut off tells nothing about the next.
fn client() -> Client {
    Client::builder().timeout(Duration::from_secs(20)).pool_max_idle_per_host(0).build().unwrap()
}

/// What the first start wrote.
pub(super) fn bootstrap(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("bootstrap.json")).unwrap()).unwrap()
}

/// The first API key.
pub(super) fn api_key(folder: &Path) -> String {
    bootstrap(folder)["api_key"].as_str().unwrap().to_owned()
}
