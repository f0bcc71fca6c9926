//! The commands of the guides work as they stand: each `curl` is sent, with the variables that the guide names.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

use super::kit::{App, CHALLENGE};
use crate::kit::{Call, Client, Reply, Server};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// What is to be answered where a guide's command can't succeed without a person or a server that is somebody else's.
const NOT_YET: [(&str, &str); 2] = [("device_code=", "authorization_pending"), ("assertion=", "invalid_grant")];

/// The commands of a guide, or of one of its chapters, each as the words that a shell makes of it.
fn commands(guide: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut command = String::new();
    for line in guide.lines() {
        if command.is_empty() && !line.trim_start().starts_with("curl ") {
            continue;
        }
        let line = line.trim();
        command.push_str(line.strip_suffix('\\').unwrap_or(line));
        command.push(' ');
        let is_whole = command.matches('\'').count().is_multiple_of(2) && !line.ends_with('\\');
        if is_whole {
            commands.push(std::mem::take(&mut command));
        }
    }
    assert!(command.is_empty(), "a command without an end: {command}");
    // What another program puts together, or shows a certificate, is not for us to send.
    commands.retain(|command| !command.contains("$(") && !command.contains("--cert"));
    commands
}

/// As a POSIX shell reads it, as far as the guides go: quotes of both kinds, and variables outside of single quotes.
fn words(command: &str, variables: &BTreeMap<&str, String>) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None | Some('"'), '$') => {
                let mut name = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_uppercase() || *c == '_') {
                    name.push(c);
                }
                let value = variables.get(name.as_str()).unwrap_or_else(|| panic!("${name} is not known: {command}"));
                word.get_or_insert_default().push_str(value);
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The request that curl would send.
fn request(caller: &Client, words: &[String]) -> Call {
    let (mut method, mut path, mut headers, mut data) = (None, None, Vec::new(), Vec::new());
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap().clone();
        match word.as_str() {
            "-s" => {}
            "-X" => method = Some(value()),
            "-u" => headers.push(("authorization".to_owned(), format!("Basic {}", STANDARD.encode(value())))),
            "-H" => {
                let header = value();
                let (name, value) = header.split_once(": ").unwrap();
                headers.push((name.to_lowercase(), value.to_owned()));
            }
            "-d" => data.push(value()),
            ">" | "|" => break,
            url => path = Some(url.trim_start_matches("localhost:8080").to_owned()),
        }
    }
    let method = method.unwrap_or_else(|| if data.is_empty() { "GET" } else { "POST" }.to_owned());
    let mut call = caller.call(Method::from_bytes(method.as_bytes()).unwrap(), path.unwrap());
    if !data.is_empty() {
        call = call.header("content-type", "application/x-www-form-urlencoded").raw(data.join("&"));
    }
    headers.into_iter().fold(call, |call, (name, value)| call.header(&name, &value))
}

/// Sends all commands of this text; `client` is whom `$CLIENT_ID` and `$CLIENT_SECRET` mean until a machine is made.
async fn follow(guide: &str, client: Value) {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let (app, machine) = (App::create(&server, client).await, App::machine(&server).await);
    let token = machine.own_token().await;
    let key = server.root_key().to_owned();
    let mut variables: BTreeMap<&str, String> = BTreeMap::from([
        ("URL", String::new()),
        ("KEY", key),
        ("APP", server.application_id().to_owned()),
        ("ID", if guide.contains("rotate-secret") { app.id.clone() } else { ada.id.clone() }),
        ("CLIENT_ID", app.id.clone()),
        ("CLIENT_SECRET", app.secret.clone().unwrap_or_default()),
        ("TOKEN", token),
        ("STATE", "af0ifjsldkj".to_owned()),
        ("CHALLENGE", CHALLENGE.to_owned()),
        ("ASSERTION", "eyJhbGciOiJFUzI1NiJ9.e30.AA".to_owned()),
    ]);
    let caller = server.anonymous().without("x-application-id");
    let commands = commands(guide);
    assert!(!commands.is_empty());
    for command in commands {
        let reply: Reply = request(&caller, &words(&command, &variables)).await;
        match NOT_YET.iter().find(|(parameter, _)| command.contains(parameter)) {
            Some((_, error)) => assert_eq!(reply.json["error"], *error, "{command}\n{reply}"),
            None => assert!((200..300).contains(&reply.status), "{command}\n{reply}"),
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if command.contains("\"m2m\"") {
            variables.insert("CLIENT_ID", reply.text("/client_id"));
            variables.insert("CLIENT_SECRET", text(&reply.data()["client_secret"]).unwrap_or_default());
        }
        variables.extend(text(&reply.json["device_code"]).map(|code| ("DEVICE_CODE", code)));
        variables.extend(text(&reply.json["access_token"]).map(|token| ("ACCESS", token)));
    }
}

fn machine() -> Value {
    json!({ "type": "m2m", "name": "Machine", "allowed_scopes": ["users:read"] })
}

fn web() -> Value {
    json!({ "type": "web", "name": "Shop", "redirect_uris": ["https://app.example.com/callback"] })
}

#[tokio::test]
async fn the_guide_to_tokens() {
    follow(include_str!("../../../docs/oauth-tokens.md"), machine()).await;
}

#[tokio::test]
async fn the_guide_to_authorization() {
    follow(include_str!("../../../docs/oauth-authorization.md"), web()).await;
}

#[tokio::test]
async fn the_guide_to_clients() {
    // Registration is off unless the guide's reader has opened it.
    let guide = include_str!("../../../docs/oauth-clients.md");
    let open = guide.replacen("\"scopes\": [{ \"name\"", "\"registration\": \"open\", \"scopes\": [{ \"name\"", 1);
    assert_ne!(guide, open);
    follow(&open, web()).await;
}

#[tokio::test]
async fn the_guide_to_signing_in() {
    follow(include_str!("../../../docs/oauth-sign-in.md"), machine()).await;
}

#[tokio::test]
async fn the_guide_to_devices() {
    let television = json!({ "type": "native", "name": "Television", "grant_types": [DEVICE, "refresh_token"] });
    follow(include_str!("../../../docs/device-flow.md"), television).await;
}

#[tokio::test]
async fn the_guide_to_protecting_an_api() {
    follow(include_str!("../../../docs/protect-an-api.md"), machine()).await;
}

#[tokio::test]
async fn the_guide_to_moving_here() {
    follow(include_str!("../../../docs/migrate-from-another-provider.md"), machine()).await;
}

#[tokio::test]
async fn the_chapter_of_the_readme() {
    let readme = include_str!("../../../README.md");
    let chapter = readme.split("\n## Give programs tokens\n").nth(1).unwrap().split("\n## ").next().unwrap();
    follow(chapter, machine()).await;
}
