//! Writing requests.

use std::{io::Write, net::SocketAddr, thread::sleep, time::Duration};

use anyhow::{Result, bail};

use super::Client;
use crate::stopwatch;

/// A request that is being put together.
pub(crate) struct Request<'a> {
    method: &'static str,
    path: &'a str,
    /// Scheme and credentials.
    authorization: Option<(&'static str, &'a str)>,
    cookie: Option<&'a str>,
    /// The network that the request is said to come from.
    network: Option<&'a str>,
    /// What it is, and what it says.
    body: Option<(&'static str, &'a str)>,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl<'a> Request<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self::of("GET", path, None)
    }

    fn of(method: &'static str, path: &'a str, body: Option<(&'static str, &'a str)>) -> Self {
        Self { method, path, authorization: None, cookie: None, network: None, body }
    }

    /// The body is JSON.
    pub(crate) fn post(path: &'a str, body: &'a str) -> Self {
        Self::of("POST", path, Some((JSON, body)))
    }

    /// The body is JSON.
    pub(crate) fn put(path: &'a str, body: &'a str) -> Self {
        Self::of("PUT", path, Some((JSON, body)))
    }

    /// The body is JSON.
    pub(crate) fn patch(path: &'a str, body: &'a str) -> Self {
        Self::of("PATCH", path, Some((JSON, body)))
    }

    /// The body is the fields of a form.
    pub(crate) fn form(path: &'a str, body: &'a str) -> Self {
        Self::of("POST", path, Some((FORM, body)))
    }

    pub(crate) fn bearer(self, token: &'a str) -> Self {
        Self { authorization: Some(("Bearer", token)), ..self }
    }

    /// Credentials as they travel, in base64.
    pub(crate) fn basic(self, credentials: &'a str) -> Self {
        Self { authorization: Some(("Basic", credentials)), ..self }
    }

    pub(crate) fn cookie(self, cookie: &'a str) -> Self {
        Self { cookie: Some(cookie), ..self }
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
        let Self { method, path, authorization, cookie, network, body } = self;
        // Writing to memory does not fail.
        let _ = write!(into, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        if let Some((scheme, credentials)) = authorization {
            let _ = write!(into, "authorization: {scheme} {credentials}\r\n");
        }
        if let Some(cookie) = cookie {
            let _ = write!(into, "cookie: {cookie}\r\n");
        }
        if let Some(network) = network {
            let _ = write!(into, "x-forwarded-for: {network}\r\n");
        }
        if let Some((kind, body)) = body {
            let _ = write!(into, "content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        }
        into.extend_from_slice(b"\r\n");
        into.extend_from_slice(body.map_or("", |(_, body)| body).as_bytes());
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
        let form = Request::form("/a", "b=c").basic("d").cookie("e=f").to_bytes(host);
        assert_eq!(
            String::from_utf8(form).unwrap(),
            "POST /a HTTP/1.1\r\nhost: 127.0.0.1:80\r\nauthorization: Basic d\r\ncookie: e=f\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\r\nb=c"
        );
        assert_eq!(Request::get("/").to_bytes(host), b"GET / HTTP/1.1\r\nhost: 127.0.0.1:80\r\n\r\n");
    }
}
