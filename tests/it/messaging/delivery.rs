use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use deliver::{Resolved, Resolver};
use serde_json::{Value, json};

use super::peers::{free_address, mail_server, provider};
use crate::kit::{Options, Server};

/// No mailbox: messages need a sender, as in production.
fn production() -> Options {
    Options { has_mailbox: false, ..Options::default() }
}

fn smtp(port: u16) -> Value {
    json!({ "email": {
        "provider": "smtp", "from_address": "no-reply@acme.example", "from_name": "Acme",
        "host": "127.0.0.1", "port": port, "security": "none",
    } })
}

/// Somebody asks for a new password: a message that lives for a while.
async fn ask_for_a_message(server: &Server) {
    server.root().create_user("ada@example.com").await;
    server.anonymous().post("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })).await.expect(202);
}

async fn failures(server: &Server) -> Vec<Value> {
    server.run_jobs().await;
    server.root().get("/v1/audit/events?type=message.failed").await.expect(200).items().to_vec()
}

#[tokio::test]
async fn a_mail_goes_out_over_smtp_once_its_transaction_has_committed() {
    let server = Server::start_with(production()).await;
    let address = free_address().await;
    let heard = mail_server(address, None).await;
    server.root().put("/v1/settings/messaging", smtp(address.port())).await.expect(200);
    ask_for_a_message(&server).await;
    assert!(heard.all().is_empty(), "the request does not wait for a mail server");
    server.run_jobs().await;
    let mails = heard.all();
    assert_eq!(mails.len(), 1);
    for part in [
        "From: Acme <no-reply@acme.example>",
        "To: ada@example.com",
        "multipart/alternative",
        "Message-ID: <",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(mails[0].contains(part), "{part}: {}", mails[0]);
    }
    server.run_jobs().await;
    assert_eq!(heard.all().len(), 1, "and once only");
}

#[tokio::test]
async fn nothing_is_lost_while_the_mail_server_is_down() {
    let server = Server::start_with(production()).await;
    let address = free_address().await;
    server.root().put("/v1/settings/messaging", smtp(address.port())).await.expect(200);
    ask_for_a_message(&server).await;
    for _ in 0..5 {
        server.run_jobs().await;
        server.turn_clock(Duration::from_mins(1));
    }
    let heard = mail_server(address, None).await;
    server.turn_clock(Duration::from_mins(5));
    server.run_jobs().await;
    assert_eq!(heard.all().len(), 1);
    server.turn_clock(Duration::from_hours(24));
    assert_eq!(failures(&server).await.len(), 0);
    assert_eq!(heard.all().len(), 1, "delivered once");
}

#[tokio::test]
async fn what_has_expired_is_never_sent_and_its_failure_is_told() {
    let server = Server::start_with(production()).await;
    let address = free_address().await;
    server.root().put("/v1/settings/messaging", smtp(address.port())).await.expect(200);
    ask_for_a_message(&server).await;
    server.run_jobs().await;
    let heard = mail_server(address, None).await;
    server.turn_clock(Duration::from_hours(48));
    let failures = failures(&server).await;
    assert_eq!(heard.all().len(), 0);
    assert_eq!(failures.len(), 1);
    let text = failures[0].to_string();
    assert!(text.contains("reset_password") && !text.contains("ada@example.com") && !text.contains("http"), "{text}");
}

#[tokio::test]
async fn a_recipient_who_is_refused_for_good_is_not_tried_again() {
    let server = Server::start_with(production()).await;
    let address = free_address().await;
    let heard = mail_server(address, Some("550 no such mailbox: secret words")).await;
    server.root().put("/v1/settings/messaging", smtp(address.port())).await.expect(200);
    ask_for_a_message(&server).await;
    let failures = failures(&server).await;
    assert_eq!((heard.all().len(), failures.len()), (0, 1));
    let text = failures[0].to_string();
    assert!(text.contains("550") && !text.contains("secret words"), "{text}");
}

#[tokio::test]
async fn providers_are_called_in_their_own_shapes() {
    let server = Server::start_with(production()).await;
    let status = Arc::new(AtomicU16::new(200));
    let (address, heard) = provider(&status).await;
    for (name, path, credential) in [
        ("resend", "POST /emails ", "authorization: Bearer key-of-resend"),
        ("postmark", "POST /email ", "x-postmark-server-token: key-of-postmark"),
        ("sendgrid", "POST /v3/mail/send ", "authorization: Bearer key-of-sendgrid"),
    ] {
        let endpoint = format!("http://{address}{}", path.split_whitespace().nth(1).unwrap());
        let email = json!({
            "provider": name, "from_address": "no-reply@acme.example", "api_key": format!("key-of-{name}"), "endpoint": endpoint,
        });
        server.root().put("/v1/settings/messaging", json!({ "email": email })).await.expect(200);
        let body = json!({ "channel": "email", "to": "ada@example.com" });
        let reply = server.root().post("/v1/settings/messaging/test", body).await.expect(200);
        assert_eq!(reply.data(), &json!({ "delivered": true, "failure": null }));
        let request = heard.all().pop().unwrap();
        for part in [path, credential, "ada@example.com", "no-reply@acme.example"] {
            assert!(request.contains(part), "{name}: {part}: {request}");
        }
    }
    status.store(500, Ordering::SeqCst);
    let body = json!({ "channel": "email", "to": "ada@example.com" });
    let reply = server.root().post("/v1/settings/messaging/test", body).await.expect(200);
    assert_eq!(reply.data()["failure"], "not delivered: the provider answered 500", "and nothing of what it said");
}

#[tokio::test]
async fn text_messages_go_to_a_twilio_compatible_provider() {
    let server = Server::start_with(production()).await;
    let (address, heard) = provider(&Arc::new(AtomicU16::new(201))).await;
    let sms = json!({
        "provider": "twilio", "account_sid": "AC123", "auth_token": "token", "from": "+15005550006", "base_url": format!("http://{address}"),
    });
    server.root().put("/v1/settings/messaging", json!({ "sms": sms })).await.expect(200);
    let body = json!({ "channel": "sms", "to": "+4915112345678" });
    server.root().post("/v1/settings/messaging/test", body).await.expect(200);
    let request = heard.all().pop().unwrap();
    for part in [
        "POST /2010-04-01/Accounts/AC123/Messages.json ",
        "authorization: Basic QUMxMjM6dG9rZW4=",
        "To=%2B4915112345678",
        "From=%2B15005550006",
        "Body=Test+message",
    ] {
        assert!(request.contains(part), "{part}: {request}");
    }
}

/// Every name leads to one address.
struct Leading(&'static str);

impl Resolver for Leading {
    fn resolve<'a>(&'a self, _: &'a str, port: u16) -> Resolved<'a> {
        let address = format!("{}:{port}", self.0).parse();
        Box::pin(async move { address.map(|address| vec![address]).map_err(std::io::Error::other) })
    }
}

#[tokio::test]
async fn no_sender_leads_into_the_servers_own_network() {
    for near in ["10.0.0.25", "169.254.169.254", "192.168.1.1", "100.64.0.1"] {
        let options = Options { resolver: Some(Arc::new(Leading(near))), ..production() };
        let server = Server::start_with(options).await;
        let test = json!({ "channel": "email", "to": "ada@example.com" });
        for email in [
            json!({ "provider": "smtp", "from_address": "a@acme.example", "host": "smtp.example.com", "security": "tls" }),
            json!({ "provider": "smtp", "from_address": "a@acme.example", "host": near, "security": "starttls" }),
            json!({ "provider": "resend", "from_address": "a@acme.example", "api_key": "k", "endpoint": "https://mail.example.com/" }),
        ] {
            server.root().put("/v1/settings/messaging", json!({ "email": email })).await.expect(200);
            let reply = server.root().post("/v1/settings/messaging/test", test.clone()).await.expect(200);
            assert_eq!(reply.data()["failure"], "not delivered: the address is not public", "{near} {email}");
        }
    }
}

#[tokio::test]
async fn without_a_sender_nothing_can_be_tried() {
    let server = Server::start_with(production()).await;
    let body = json!({ "channel": "email", "to": "ada@example.com" });
    server.root().post("/v1/settings/messaging/test", body).await.refused(409, "no_sender");
}
