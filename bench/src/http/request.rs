//! Writing requests.

use std::{io::Write, net::SocketAddr, thread::sleep, time::Duration};

use anyhow::{Result, bail};

use super::Client;
use crate::stopwatch;

/// A request that is being put together.
pub(crate) struct Request<'a> {
    method: &'static str,
    path: &'a str,
    bearer: Option<&'a str>,
    /// The network that the request is said to come from.
    network: Option<&'a str>,
    body: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, bearer: None, network: None, body: None }
    }

    /// The body is JSON.
    pub(crate) fn post(path: &'a str, body: &'a str) -> Self {
        Self { method: "POST", path, bearer: None, network: None, body: Some(body) }
    }

    /// The body is JSON.
    pub(crate) fn put(path: &'a str, body: &'a str) -> Self {
        Self { method: "PUT", path, bearer: None, network: None, body: Some(body) }
    }

    /// The body is JSON.
    pub(crate) fn patch(path: &'a str, body: &'a str) -> Self {
        Self { method: "PATCH", path, bearer: None, network: None, body: Some(body) }
    }

    pub(crate) fn bearer(self, token: &'a str) -> Self {
        Self { bearer: Some(token), ..self }
    }

    /// As a trusted proxy would say it.
    pub(crate) fn via_network(self, address: &'a str) -> Self {
        Self { network: Some(address), ..self }
    }

    pub(crate) fn to_bytes(&self, host: SocketAddr) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1_024);
        self.write(host, &mut bytes);
        bytes
    }

    pub(crate) fn write(&self, host: SocketAddr, into: &mut Vec<u8>) {
        let Self { method, path, bearer, network, body } = self;
        // Writing to memory does not fail.
        let _ = write!(into, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        if let Some(token) = bearer {
            let _ = write!(into, "authorization: Bearer {token}\r\n");
        }
        if let Some(network) = network {
            let _ = write!(into, "x-forwarded-for: {network}\r\n");
        }
        if let Some(body) = body {
            let _ = write!(into, "content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        into.extend_from_slice(b"\r\n");
        into.extend_from_slice(body.unwrap_or_default().as_bytes());
    }
}

/// How long it took until `path` answered 200; each try is a new connection, as a load balancer's would be.
pub(crate) fn wait_for_ok(
    address: SocketAddr,
    path: &str,
    patience: Duration,
    mut check_alive: impl FnMut() -> Result<()>,
) -> Result<Duration> {
    let began = stopwatch::now();
    let request = Request::get(path).to_bytes(address);
    while began.elapsed() < patience {
        let status = Client::connect(address).and_then(|mut client| client.send(&request, |reply| Ok(reply.status)));
        if matches!(status, Ok(200)) {
            return Ok(began.elapsed());
        }
        check_alive()?;
        sleep(Duration::from_millis(1));
    }
    bail!("{path} did not answer 200 within {patience:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_announced_and_a_token_is_carried() {
        let host = SocketAddr::from(([127, 0, 0, 1], 80));
        let bytes = Request::post("/a", "{}").bearer("t").to_bytes(host);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "POST /a HTTP/1.1\r\nhost: 127.0.0.1:80\r\nauthorization: Bearer t\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        );
        assert_eq!(Request::get("/").to_bytes(host), b"GET / HTTP/1.1\r\nhost: 127.0.0.1:80\r\n\r\n");
    }
}
