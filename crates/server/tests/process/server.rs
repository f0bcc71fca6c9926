//! A server process of a test, and what it said.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_portcullis");

/// A folder for one installation; `TEST_STORE` is not used here, so each has an SQLite file of its own.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Run a command that ends by itself on this installation.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        command(arguments).arg("--data").arg(self.path("data")).output().unwrap()
    }

    /// Start the server and wait until it has greeted.
    pub(crate) fn start(&self, arguments: &[&str]) -> Server {
        let mut command = command(&["serve", "--dev", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
        command.arg("--data").arg(self.path("data")).args(arguments);
        Server::start(command)
    }
}

/// The binary, without the settings of whoever runs the tests.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).env_clear();
    command
}

pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) base_url: String,
    /// What it printed until it was ready.
    pub(crate) greeting: String,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("/reference\n") {
            assert!(stdout.read_line(&mut greeting).unwrap() > 0, "it ended before it was ready: {greeting}");
        }
        let base_url = fact(&greeting, "base URL").expect("the greeting names the base URL");
        Self { child, stdout, base_url, greeting }
    }

    /// Status and body of one request.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        self.send("GET", path, headers, None)
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let (status, body) = self.send("POST", path, headers, Some(&body.to_string()));
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> (u16, String) {
        let port = self.base_url.rsplit(':').next().unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n").unwrap();
        for (name, value) in headers {
            write!(stream, "{name}: {value}\r\n").unwrap();
        }
        let body = body.unwrap_or_default();
        write!(stream, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Ask it to stop, and wait. Returns what it printed since the greeting, too.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, where the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first word behind `name` at the start of a line of the greeting.
pub(crate) fn fact(greeting: &str, name: &str) -> Option<String> {
    let line = greeting.lines().find_map(|line| line.trim_start().strip_prefix(name))?;
    line.split_whitespace().next().map(str::to_owned)
}

pub(crate) fn json_file(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}
