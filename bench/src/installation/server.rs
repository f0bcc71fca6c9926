//! The running product.

use std::{fs, net::SocketAddr, process::Command, time::Duration};

use anyhow::{Context, Result};
use serde_json::json;

use super::{Facts, Installation};
use crate::{
    http::{Client, Request, wait_for_ok},
    pinning::Cores,
    process::{Running, log_to},
};

/// From the start of the process to `/readyz`.
const PATIENCE: Duration = Duration::from_mins(1);
/// The names of the limits that stand in the way of a load driver, all at one address.
const LIMITS: [&str; 8] = ["sign-in", "authorize", "token", "token-user", "self-service", "admin", "client", "message"];
/// The most that a limit may allow.
const REQUESTS: u32 = 1_000_000;

pub(crate) struct Server {
    running: Running,
    pub(crate) address: SocketAddr,
    pub(crate) facts: Facts,
    /// From the start of the process until `/readyz` answered 200.
    pub(crate) ready_after: Duration,
}

impl Installation {
    /// Start the server on its core and wait until it is ready.
    pub(crate) fn start(&self, cores: Cores) -> Result<Server> {
        self.start_with(cores, &[])
    }

    /// The same in development, where messages go to the mailbox instead of to people, and behind a proxy that may name any network.
    pub(crate) fn start_with_mailbox(&self, cores: Cores) -> Result<Server> {
        self.start_with(cores, &["--dev", "--trusted-proxies", "127.0.0.1/32"])
    }

    /// The same, where messages go to a mail server too.
    pub(crate) fn start_with_mail(&self, cores: Cores, smtp_url: &str) -> Result<Server> {
        let proxies = ["--dev", "--trusted-proxies", "127.0.0.1/32"];
        let mail = ["--smtp-url", smtp_url, "--mail-from", "no-reply@bench.example"];
        self.start_with(cores, &[&proxies[..], &mail].concat())
    }

    fn start_with(&self, cores: Cores, flags: &[&str]) -> Result<Server> {
        let mut command = Command::new(&self.binary);
        command
            .arg("serve")
            .args(flags)
            .args(["--listen", &self.address.to_string()])
            .args(["--public-url", &format!("http://{}", self.address)])
            .arg("--data")
            .arg(self.data())
            .arg("--bootstrap-file")
            .arg(self.bootstrap_file());
        if let Some(url) = &self.postgres {
            command.args(["--store", url]);
        }
        log_to(&mut command, &self.log())?;
        let mut running = Running::start(&mut command, cores)?;
        let ready_after = wait_for_ok(self.address, "/readyz", PATIENCE, || running.check_alive())
            .with_context(|| format!("the server is not ready; it said:\n{}", self.last_words()))?;
        Ok(Server { running, address: self.address, facts: self.facts()?, ready_after })
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Server {
    pub(crate) fn id(&self) -> u32 {
        self.running.id()
    }

    pub(crate) fn stop(self) -> Result<()> {
        self.running.stop()
    }

    /// Raise every rate limit, so that one address may send what a thousand would.
    pub(crate) fn lift_limits(&self) -> Result<()> {
        let limits = LIMITS.map(|name| json!({ "name": name, "requests": REQUESTS, "seconds": 1 }));
        let body = json!({ "rate_limits": limits }).to_string();
        let request = Request::patch("/v1/settings", &body).bearer(&self.facts.api_key).to_bytes(self.address);
        Client::connect(self.address)?
            .send(&request, |reply| reply.expect(200))
            .context("the rate limits can't be raised")
    }
}
