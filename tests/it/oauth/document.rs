//! Clients that are known by the document at their address.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::client::{REDIRECT, probe, unproven};
use crate::kit::{Client, Options, Reply, Server, tls_for};

/// A page at https on this machine, whose authority the server believes.
struct Page {
    address: SocketAddr,
    authority: Vec<u8>,
    /// What it says; nothing at all where it is empty.
    text: Mutex<String>,
    headers: Mutex<&'static str>,
    asked: AtomicU32,
}

impl Page {
    #[expect(clippy::disallowed_methods, reason = "the page lives as long as the test's runtime")]
    async fn open() -> Arc<Self> {
        let (acceptor, authority) = tls_for(&["localhost"]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let page = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            authority,
            text: Mutex::default(),
            headers: Mutex::default(),
            asked: AtomicU32::new(0),
        });
        let served = Arc::clone(&page);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                served.answer(BufReader::new(stream)).await;
            }
        });
        page
    }

    async fn answer(&self, mut stream: BufReader<tokio_rustls::server::TlsStream<tokio::net::TcpStream>>) {
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
            line.clear();
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let (text, headers) = (self.text.lock().clone(), *self.headers.lock());
        let status = if text.is_empty() { "503 Service Unavailable" } else { "200 OK" };
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", text.len());
        let _ = stream.write_all([head.as_bytes(), text.as_bytes()].concat().as_slice()).await;
        let _ = stream.shutdown().await;
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/client.json", self.address.port())
    }

    /// It describes this client, with these members over the honest ones.
    fn say(&self, mut over: Value) {
        let mut document = json!({ "client_id": self.url(), "client_name": "Agent", "redirect_uris": [REDIRECT] });
        for (name, value) in over.as_object_mut().unwrap() {
            document[name] = value.take();
        }
        *self.text.lock() = document.to_string();
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn open() -> (Server, Arc<Page>) {
    let page = Page::open().await;
    let server = Server::start_with(Options { authorities: Some(page.authority.clone()), ..Options::default() }).await;
    server.root().put("/v1/settings/oauth", json!({ "client_id_metadata_documents": true })).await.expect(200);
    page.say(json!({}));
    (server, page)
}

async fn come(client: &Client, page: &Page) -> Reply {
    probe(client, &[("client_id", &page.url())]).await
}

#[tokio::test]
async fn a_client_is_known_by_its_document_and_kept_for_an_hour() {
    let (server, page) = open().await;
    let anyone = server.anonymous();
    come(&anyone, &page).await.expect(200);
    come(&anyone, &page).await.expect(200);
    assert_eq!(page.asked(), 1);
    let list = server.root().get("/api/v1/applications").await.expect(200);
    let client = &list.items()[0];
    assert_eq!((&client["origin"], &client["name"]), (&json!("document"), &json!("Agent")));
    assert_eq!((&client["client_id"], &client["token_endpoint_auth_method"]), (&json!(page.url()), &json!("none")));
    // Its address is its only name.
    unproven(probe(&anyone, &[("client_id", client["id"].as_str().unwrap())]).await);
    server
        .root()
        .patch(format!("/api/v1/applications/{}", client["id"].as_str().unwrap()), json!({ "name": "X" }))
        .await
        .refused(409, "client_is_document");
    page.say(json!({ "client_name": "Better agent" }));
    server.turn_clock(Duration::from_mins(61));
    come(&anyone, &page).await.expect(200);
    assert_eq!(page.asked(), 2);
    let list = server.root().get("/api/v1/applications").await;
    assert_eq!((list.items().len(), &list.items()[0]["name"]), (1, &json!("Better agent")));
}

#[tokio::test]
async fn the_page_says_for_how_long_within_bounds() {
    for (header, minutes, asked) in [
        ("cache-control: max-age=7200\r\n", 90, 1),
        ("cache-control: max-age=0\r\n", 4, 1),
        ("cache-control: max-age=0\r\n", 6, 2),
        ("cache-control: max-age=99999999\r\n", 25 * 60, 2),
    ] {
        let (server, page) = open().await;
        *page.headers.lock() = header;
        come(&server.anonymous(), &page).await.expect(200);
        server.turn_clock(Duration::from_mins(minutes));
        come(&server.anonymous(), &page).await.expect(200);
        assert_eq!(page.asked(), asked, "{header} after {minutes} minutes");
    }
}

#[tokio::test]
async fn a_document_that_lies_or_asks_for_more_is_refused() {
    for over in [
        json!({ "client_id": "https://other.example/client.json" }),
        json!({ "client_secret": "x" }),
        json!({ "token_endpoint_auth_method": "client_secret_basic" }),
        json!({ "redirect_uris": [] }),
        json!({ "redirect_uris": ["javascript:alert(1)"] }),
        json!({ "client_name": "x".repeat(8 * 1_024) }),
    ] {
        let (server, page) = open().await;
        page.say(over.clone());
        unproven(come(&server.anonymous(), &page).await);
        unproven(come(&server.anonymous(), &page).await);
        assert_eq!(page.asked(), 1, "{over}: it is not asked again at once");
        page.say(json!({ "scope": "openid users:write", "skip_consent": true }));
        server.turn_clock(Duration::from_secs(31));
        come(&server.anonymous(), &page).await.expect(200);
        let list = server.root().get("/api/v1/applications").await;
        let client = &list.items()[0];
        assert_eq!((&client["allowed_scopes"], &client["skip_consent"]), (&json!(["openid"]), &json!(false)));
    }
}

#[tokio::test]
async fn a_page_that_is_silent_for_a_while_is_no_end_and_another_answer_is() {
    let (server, page) = open().await;
    come(&server.anonymous(), &page).await.expect(200);
    page.text.lock().clear();
    server.turn_clock(Duration::from_mins(61));
    come(&server.anonymous(), &page).await.expect(200);
    server.turn_clock(Duration::from_hours(24));
    unproven(come(&server.anonymous(), &page).await);
    page.say(json!({}));
    server.turn_clock(Duration::from_mins(1));
    come(&server.anonymous(), &page).await.expect(200);
    page.say(json!({ "client_id": "https://other.example/client.json" }));
    server.turn_clock(Duration::from_mins(61));
    unproven(come(&server.anonymous(), &page).await);
}

#[tokio::test]
async fn one_that_is_disabled_stays_out_whatever_its_document_says() {
    let (server, page) = open().await;
    come(&server.anonymous(), &page).await.expect(200);
    let list = server.root().get("/api/v1/applications").await;
    let path = format!("/api/v1/applications/{}", list.items()[0]["id"].as_str().unwrap());
    server.root().poke(format!("{path}/disable")).await.expect(200);
    unproven(come(&server.anonymous(), &page).await);
    server.turn_clock(Duration::from_hours(2));
    unproven(come(&server.anonymous(), &page).await);
    assert_eq!(page.asked(), 1);
    server.root().poke(format!("{path}/enable")).await.expect(200);
    come(&server.anonymous(), &page).await.expect(200);
    // And nobody comes so any longer where the application no longer lets them.
    server.root().put("/v1/settings/oauth", json!({})).await.expect(200);
    unproven(come(&server.anonymous(), &page).await);
}
