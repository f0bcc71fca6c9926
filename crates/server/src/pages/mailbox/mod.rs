//! `/dev/mailbox`: every message of this process, while an application is being developed.
//!
//! There is no such page without `dev`. With it, only who sits at the machine is answered: the messages hold links that sign in.

mod reply;

use std::net::SocketAddr;

use axum::{
    Router,
    extract::{Path, RawQuery, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use deliver::{Letter, Mailbox};
use edge::Sender;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;

use self::reply::{PAGE, html, render, styles};

/// The mailbox's pages; nothing where there is no mailbox.
pub(crate) fn router(mailbox: Option<&Mailbox>) -> Router {
    let Some(mailbox) = mailbox else { return Router::new() };
    Router::new()
        .route("/dev/mailbox", get(list))
        .route("/dev/mailbox.json", get(json))
        .route("/dev/mailbox/mailbox.css", get(async || styles()))
        .route("/dev/mailbox/{number}", get(letter))
        .route("/dev/mailbox/{number}/html", get(body))
        .layer(middleware::from_fn(at_this_machine))
        .with_state(mailbox.clone())
}

/// A request from this machine, to a name of this machine: a page elsewhere that got its own name to lead here asks by that name.
async fn at_this_machine(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Sender>().map(|sender| sender.address);
    if is_local(peer, request.headers()) { next.run(request).await } else { StatusCode::NOT_FOUND.into_response() }
}

fn is_local(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let is_forwarded =
        ["x-forwarded-for", "x-forwarded-host", "forwarded"].iter().any(|name| headers.contains_key(*name));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_own_name = matches!(name, "localhost" | "127.0.0.1" | "::1") || name.ends_with(".localhost");
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback()) && !is_forwarded && is_own_name
}

#[derive(Serialize)]
struct ListPage {
    letters: Vec<Letter>,
}

#[derive(Serialize)]
struct LetterPage {
    letter: Letter,
    as_text: bool,
}

async fn list(State(mailbox): State<Mailbox>) -> Response {
    render("list.html", ListPage { letters: mailbox.all() })
}

async fn json(State(mailbox): State<Mailbox>) -> Response {
    reply::json(&mailbox.all())
}

async fn letter(State(mailbox): State<Mailbox>, Path(number): Path<u64>, RawQuery(query): RawQuery) -> Response {
    match mailbox.find(number) {
        Some(letter) => render("letter.html", LetterPage { letter, as_text: query.as_deref() == Some("text") }),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The mail itself, as a document of its own that may do nothing but show.
async fn body(State(mailbox): State<Mailbox>, Path(number): Path<u64>) -> Response {
    match mailbox.find(number).and_then(|letter| letter.html) {
        Some(page) => html(page, PAGE.of_a_mail),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_by_its_own_name_is_answered() {
        let ask = |peer: &str, host: &'static str, forwarded: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if forwarded {
                headers.insert("x-forwarded-for", "127.0.0.1".parse().unwrap());
            }
            is_local(Some(peer.parse().unwrap()), &headers)
        };
        for (peer, host) in [
            ("127.0.0.1:1", "localhost:8080"),
            ("[::1]:1", "[::1]:8080"),
            ("[::ffff:127.0.0.1]:1", "acme.localhost"),
            ("127.0.0.1:1", "127.0.0.1:8080"),
        ] {
            assert!(ask(peer, host, false), "{peer} {host}");
            assert!(!ask(peer, host, true), "{peer} {host}: through a proxy");
        }
        for (peer, host) in [
            ("203.0.113.7:1", "localhost:8080"),
            ("127.0.0.1:1", "rebound.example"),
            ("127.0.0.1:1", "localhost.evil.example"),
            ("10.0.0.1:1", "localhost"),
            ("127.0.0.1:1", ""),
        ] {
            assert!(!ask(peer, host, false), "{peer} {host}");
        }
        assert!(!is_local(None, &HeaderMap::new()));
    }
}
