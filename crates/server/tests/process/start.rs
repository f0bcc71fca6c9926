use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::server::{Place, command, fact, json_file};

#[test]
fn the_first_start_tells_its_secrets_and_the_second_tells_none() {
    let place = Place::new();
    let first = place.start(&[]);
    let key = fact(&first.greeting, "API key").unwrap();
    let application = fact(&first.greeting, "application id").unwrap();
    assert!(key.starts_with("pc_sk_"));
    assert!(fact(&first.greeting, "first account").unwrap().starts_with(&format!("{}/setup?token=", first.base_url)));
    let bearer = format!("Bearer {key}");
    let (status, body) = first.get("/v1/users", &[("x-application-id", &application), ("authorization", &bearer)]);
    assert_eq!(status, 200, "{body}");
    assert!(first.stop().0.success());

    let second = place.start(&[]);
    assert!(!second.greeting.contains("pc_sk_") && !second.greeting.contains("token="), "{}", second.greeting);
    let (status, body) = second.get("/v1/users", &[("x-application-id", &application), ("authorization", &bearer)]);
    assert_eq!(status, 200, "the key still works: {body}");
    let (status, rest) = second.stop();
    assert!(status.success() && !rest.contains("pc_sk_"));
}

#[test]
fn the_bootstrap_file_holds_the_facts_for_its_owner_and_is_written_once() {
    let place = Place::new();
    let path = place.path("bootstrap.json");
    let arguments = ["--bootstrap-file", path.to_str().unwrap()];
    let first = place.start(&arguments);
    let facts = json_file(&path);
    assert_eq!(facts["base_url"], json!(first.base_url));
    assert_eq!(facts["application_id"], json!(fact(&first.greeting, "application id")));
    assert_eq!(facts["api_key"], json!(fact(&first.greeting, "API key")));
    assert_eq!(facts["claim_url"], json!(fact(&first.greeting, "first account")));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    first.stop();
    fs::write(&path, "mine").unwrap();
    place.start(&arguments).stop();
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn the_claim_link_opens_one_account() {
    let place = Place::new();
    let server = place.start(&["--dashboard-sign-up", "closed"]);
    let claim = fact(&server.greeting, "first account").unwrap();
    let token = claim.split_once("token=").unwrap().1;
    let sign_up = |email: &str, token: &str| {
        let body = json!({ "email": email, "password": "correct horse battery staple", "claim_token": token });
        server.post("/v1/dashboard/sign-up", &[], &body)
    };
    let (status, reply) = sign_up("eve@example.com", "not-the-token");
    assert!((400..500).contains(&status), "{reply}");
    let (status, reply) = sign_up("ada@example.com", token);
    assert!((200..300).contains(&status), "{reply}");
    let (status, reply) = sign_up("eve@example.com", token);
    assert_eq!((status, &reply["error"]["reason"]), (403, &json!("claim_refused")), "a second time");
    // What the page looks for to say that the link was used.
    assert!(server.get("/setup/setup.js", &[]).1.contains("/claim/.test(reason)"));
}

#[test]
fn the_folder_and_the_key_are_their_owners_alone() {
    let place = Place::new();
    place.start(&[]).stop();
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/master.key"), 0o600);
}

#[test]
fn probes_and_pages_answer() {
    let place = Place::new();
    let server = place.start(&[]);
    for path in [
        "/livez",
        "/readyz",
        "/",
        "/setup",
        "/v1/openapi.json",
        "/api/v1/openapi.yaml",
        "/v1/system",
        "/.well-known/jwks.json",
    ] {
        assert_eq!(server.get(path, &[]).0, 200, "{path}");
    }
    assert_eq!(server.get("/v1/nothing", &[]).0, 404);
    let (_, system) = server.get("/v1/system", &[]);
    let system: serde_json::Value = serde_json::from_str(&system).unwrap();
    assert_eq!(system["data"]["version"], json!(env!("CARGO_PKG_VERSION")));
    assert_eq!(system["data"]["store"], json!({ "kind": "sqlite", "healthy": true }));
}

#[test]
fn a_wrong_configuration_ends_the_start_with_one_line_and_code_2() {
    for (arguments, key, accepted) in [
        (&["serve", "--listen", "8080"][..], "listen", "an IP address and a port"),
        (&["serve", "--request-deadline", "30"], "request_deadline", "a whole number with a unit"),
        (&["serve", "--store", "mysql://a"], "store", "`sqlite:PATH` or `postgres://"),
        (&["serve", "--config", "absent.toml"], "absent.toml", "No such file"),
    ] {
        let output = command(arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(key) && error.contains(accepted), "{error}");
    }
    let output = command(&["serve"]).env("PORTCULLIS_LISSEN", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("unknown key `PORTCULLIS_LISSEN`, perhaps `listen`"));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let place = Place::new();
    let server = place.start(&[]);
    let address = server.base_url.replace("http://localhost", "127.0.0.1");
    let output = Place::new().run(&["serve", "--listen", &address]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains(&format!("listen: {address} can't be listened on")), "{error}");
}
