use serde_json::json;

use crate::kit::{Client, Options, Server};

/// Who sits at the machine.
fn developer(server: &Server) -> Client {
    server.anonymous().from("127.0.0.1")
}

async fn send(server: &Server) {
    let body = json!({ "channel": "email", "to": "ada@example.com" });
    server.root().post("/v1/settings/messaging/test", body).await.expect(200);
}

#[tokio::test]
async fn a_developer_reads_every_message() {
    let server = Server::start().await;
    let empty = developer(&server).get("/dev/mailbox").await.expect(200);
    assert!(empty.to_string().contains("Nothing was sent yet"), "{empty}");
    send(&server).await;
    let list = developer(&server).get("/dev/mailbox").await.expect(200);
    assert!(list.to_string().contains("ada@example.com"), "{list}");
    let letters = developer(&server).get("/dev/mailbox.json").await.expect(200).json;
    let number = letters[0]["number"].to_string();
    let page = developer(&server).get(format!("/dev/mailbox/{number}")).await.expect(200);
    assert!(page.to_string().contains("sandbox=\"\""), "{page}");
    let text = developer(&server).get(format!("/dev/mailbox/{number}?text")).await.expect(200);
    assert!(text.to_string().contains("<pre>"), "{text}");
    let mail = developer(&server).get(format!("/dev/mailbox/{number}/html")).await.expect(200);
    assert!(mail.to_string().contains("If you read this"), "{mail}");
    for path in ["/dev/mailbox/999", "/dev/mailbox/999/html"] {
        developer(&server).get(path).await.expect(404);
    }
}

#[tokio::test]
async fn its_pages_are_kept_nowhere_and_may_do_nothing() {
    let server = Server::start().await;
    send(&server).await;
    for path in
        ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox/1", "/dev/mailbox/1/html", "/dev/mailbox/mailbox.css"]
    {
        let reply = developer(&server).get(path).await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{path}: {policy}");
    }
    let mail = developer(&server).get("/dev/mailbox/1/html").await;
    assert!(mail.header("content-security-policy").ends_with("sandbox"));
}

#[tokio::test]
async fn nobody_else_reads_it() {
    let server = Server::start().await;
    send(&server).await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox/1", "/dev/mailbox/1/html"] {
        server.anonymous().get(path).await.expect(404);
        developer(&server).with("host", "rebound.example").get(path).await.expect(404);
        developer(&server).with("x-forwarded-for", "127.0.0.1").get(path).await.expect(404);
    }
}

#[tokio::test]
async fn without_development_there_is_no_such_page() {
    let server = Server::start_with(Options { has_mailbox: false, ..Options::default() }).await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox/1"] {
        developer(&server).get(path).await.expect(404);
    }
}
