use serde_json::{Value, json};

use super::{BCRYPT, read, send};
use crate::kit::{self, PASSWORD, Server};

const IMPORT: &str = "/v1/users/import";

fn row(number: usize) -> Value {
    json!({ "external_id": format!("crm-{number}"), "primary_email": format!("user.{number}@example.com"), "email_verified": true })
}

#[tokio::test]
async fn people_come_with_their_passwords_which_are_hashed_anew_at_the_first_sign_in() {
    let server = Server::start().await;
    let ada = json!({
        "external_id": "auth0|1", "email": "Ada@example.com", "email_verified": true, "name": "Ada", "username": "ada",
        "phone": "+49 151 23456789", "password_hash": BCRYPT, "attributes": { "theme": "dark" },
        "created_at": "2020-01-01T00:00:00Z", "last_sign_in_at": "2025-12-31T00:00:00Z",
    });
    let (_, told, summary) = read(&send(&server.root(), IMPORT, &[ada]).await.expect(200));
    assert_eq!(told, ["1 created"]);
    assert_eq!(summary, json!({ "lines": 1, "created": 1, "updated": 0, "skipped": 0, "failed": 0 }));
    let user = server.root().get("/v1/users?external_id=auth0%7C1").await.expect(200);
    assert_eq!(user.text("/0/created_at"), "2020-01-01T00:00:00Z");
    assert_eq!(user.data()[0]["unsafe_metadata"], json!({ "theme": "dark" }));
    assert_eq!(kit::password_hashes(server.db()).await, [BCRYPT]);
    server.anonymous().sign_in("ada@example.com", "another").await.refused(401, "invalid_credentials");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
    let rehashed = kit::password_hashes(server.db()).await;
    assert!(rehashed[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{rehashed:?}");
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_row_that_is_wrong_says_so_and_stops_no_other() {
    let server = Server::start().await;
    let lines = [
        row(1).to_string(),
        "not json".to_owned(),
        r#"{"primary_email":"nobody"}"#.to_owned(),
        String::new(),
        r#"{"external_id":"a","is_admin":true}"#.to_owned(),
        r#"{"external_id":"b","password_hash":"$1$salt$hash"}"#.to_owned(),
        r#"{"external_id":"c","password_hash":"$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}"#
            .to_owned(),
        r#"{"name":"Nobody"}"#.to_owned(),
        r#"{"external_id":"d","primary_email":"user.1@example.com"}"#.to_owned(),
        format!(r#"{{"external_id":"e","name":"{}"}}"#, "x".repeat(140_000)),
        row(2).to_string(),
    ];
    let call = server.root().poke(IMPORT).header("content-type", "application/x-ndjson");
    let (_, told, summary) = read(&call.raw(lines.join("\n")).await.expect(200));
    assert_eq!(
        told,
        [
            "1 created",
            "2 failed invalid_json",
            "3 failed invalid_fields primary_email",
            "5 failed unknown_field is_admin",
            "6 failed unsupported_hash password_hash",
            "7 failed unsupported_hash password_hash",
            "8 failed no_identifier",
            "9 skipped exists",
            "10 failed line_too_long",
            "11 created",
        ]
    );
    assert_eq!(summary, json!({ "lines": 11, "created": 2, "updated": 0, "skipped": 1, "failed": 7 }));
    assert_eq!(server.root().get("/v1/users").await.items().len(), 2);
}

#[tokio::test]
async fn who_is_there_already_stays_is_changed_or_fails_as_asked() {
    let server = Server::start().await;
    let root = server.root();
    read(&send(&root, IMPORT, &[row(1)]).await.expect(200));
    let changed = json!({ "external_id": "crm-1", "name": "Ada" });
    for (query, body, expected) in [
        ("", &changed, "1 skipped exists"),
        ("?existing=skip", &changed, "1 skipped exists"),
        ("?existing=fail", &changed, "1 failed user_exists user"),
        ("?existing=update", &changed, "1 updated"),
        ("?existing=update", &changed, "1 skipped unchanged"),
        ("?existing=update", &json!({ "email": "USER.1@example.com", "locale": "en" }), "1 updated"),
        // The address alone does not make them one where both have ids of their own.
        (
            "?existing=update",
            &json!({ "external_id": "crm-2", "email": "user.1@example.com" }),
            "1 failed email_taken primary_email",
        ),
    ] {
        let (_, told, _) =
            read(&send(&root, &format!("{IMPORT}{query}"), std::slice::from_ref(body)).await.expect(200));
        assert_eq!(told, [expected], "{query} {body}");
    }
    let user = root.get("/v1/users?external_id=crm-1").await.expect(200);
    assert_eq!((user.text("/0/name"), user.text("/0/locale")), ("Ada".to_owned(), "en".to_owned()));
    assert_eq!(user.data()[0]["email_verified"], true, "another spelling is the same address: {user}");
    root.poke(format!("{IMPORT}?existing=perhaps")).raw("{}").await.refused(400, "invalid_query");
}

#[tokio::test]
async fn identifiers_of_others_are_never_taken_over() {
    let server = Server::start().await;
    let root = server.root();
    let one = json!({ "external_id": "1", "username": "ada", "phone": "+4915123456789", "email": "ada@example.com" });
    read(&send(&root, IMPORT, &[one]).await.expect(200));
    let rows = [
        json!({ "external_id": "2", "username": "ADA" }),
        json!({ "external_id": "2", "phone": "+49 151 23456789" }),
        json!({ "external_id": "2", "email": "grace@example.com" }),
        json!({ "external_id": "1", "email": "grace@example.com" }),
        json!({ "external_id": "3", "email": "alan@example.com" }),
        json!({ "external_id": "4", "email": "alan@example.com" }),
    ];
    let (_, told, _) = read(&send(&root, &format!("{IMPORT}?existing=update"), &rows).await.expect(200));
    assert_eq!(
        told,
        [
            "1 failed username_taken username",
            "2 failed phone_taken primary_phone",
            "3 created",
            "4 failed email_taken primary_email",
            "5 created",
            "6 failed email_taken primary_email",
        ]
    );
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let server = Server::start().await;
    let root = server.root();
    let rows = [row(1), row(1), json!({ "email": "nobody" })];
    let events = kit::count_events(server.db()).await;
    let reply = send(&root, &format!("{IMPORT}?dry_run=true"), &rows).await.expect(200);
    let lines = reply.lines();
    let told: Vec<String> = lines[..3].iter().map(super::told).collect();
    assert_eq!(told, ["1 created", "2 skipped exists", "3 failed invalid_fields primary_email"]);
    assert_eq!(lines[3]["summary"]["created"], 1);
    assert_eq!(root.get("/v1/users").await.items().len(), 0);
    assert_eq!(kit::count_events(server.db()).await, events);
}

#[tokio::test]
async fn many_rows_are_many_transactions_and_one_import() {
    let server = Server::start().await;
    let rows: Vec<Value> = (0..600).map(row).collect();
    let (id, told, summary) = read(&send(&server.root(), IMPORT, &rows).await.expect(200));
    assert_eq!((told.len(), &summary["created"], &summary["lines"]), (600, &json!(600), &json!(600)));
    assert_eq!(server.root().walk("/v1/users", 200).await.len(), 600);
    server.run_jobs().await;
    let events = server.root().get(format!("/v1/audit/events?target_id={id}&limit=200")).await.expect(200);
    let mut types: Vec<&str> = events.items().iter().map(|event| event["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "user_import.finished",
            "user_import.progressed",
            "user_import.progressed",
            "user_import.progressed",
            "user_import.started"
        ]
    );
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_behind_its_last_result() {
    let server = Server::start().await;
    let root = server.root();
    let rows: Vec<Value> = (1..=600).map(row).collect();
    let body: Vec<Result<String, std::io::Error>> = rows[..300]
        .iter()
        .map(|row| Ok(format!("{row}\n")))
        .chain([Err(std::io::Error::other("the line is dead"))])
        .collect();
    let cut = root.call(http::Method::POST, IMPORT).header("content-type", "application/x-ndjson");
    let reply = cut.stream(body).await.expect(200);
    let lines = reply.lines();
    assert_eq!(lines.len(), 252, "the id, one whole batch, and why it ended");
    assert_eq!(lines[251]["error"]["reason"], "incomplete_body");
    let id = lines[0]["import_id"].as_str().unwrap();
    let (same, told, summary) = read(&send(&root, &format!("{IMPORT}?import_id={id}"), &rows).await.expect(200));
    assert_eq!((same.as_str(), told[0].as_str(), told.len()), (id, "251 created", 350));
    assert_eq!(summary, json!({ "lines": 600, "created": 600, "updated": 0, "skipped": 0, "failed": 0 }));
    send(&root, &format!("{IMPORT}?import_id={id}"), &rows).await.refused(409, "import_finished");
    send(&root, &format!("{IMPORT}?import_id=018f3c4a-7b2e-7c1d-8000-000000000000"), &rows)
        .await
        .refused(404, "import_not_found");
    let other = server.other_tenant("Acme").await;
    send(&other.api_key, &format!("{IMPORT}?import_id={id}"), &rows).await.refused(404, "import_not_found");
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_is_not_put_back() {
    let server = Server::start().await;
    let root = server.root();
    let ada = json!({ "email": "ada@example.com", "password_hash": BCRYPT });
    read(&send(&root, IMPORT, std::slice::from_ref(&ada)).await.expect(200));
    let id = root.get("/v1/users?email=ada@example.com").await.expect(200).text("/0/id");
    root.post(format!("/v1/users/{id}/password"), json!({ "password": "an entirely different phrase" }))
        .await
        .expect(200);
    let again = send(&root, &format!("{IMPORT}?existing=update"), std::slice::from_ref(&ada)).await.expect(200);
    assert_eq!(read(&again).1, ["1 skipped unchanged"]);
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    let again = send(&root, &format!("{IMPORT}?existing=update&replace_passwords=true"), &[ada]).await.expect(200);
    assert_eq!(read(&again).1, ["1 updated"]);
    server.anonymous().sign_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn who_is_disabled_by_an_import_is_signed_out() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let rows = [json!({ "email": "ada@example.com", "state": "disabled" })];
    let path = format!("{IMPORT}?existing=update");
    assert_eq!(read(&send(&server.root(), &path, &rows).await.expect(200)).1, ["1 updated"]);
    ada.get("/v1/auth/me").await.expect(401);
    assert_eq!(server.root().get(format!("/v1/users/{}", ada.id)).await.text("/state"), "disabled");
}

#[tokio::test]
async fn json_is_taken_for_few_and_any_other_type_is_not() {
    let server = Server::start().await;
    let root = server.root();
    let reply = root.post(IMPORT, json!({ "users": [row(1), { "email": 7 }] })).await.expect(200);
    assert_eq!(read(&reply).1, ["1 created", "2 failed invalid_fields email"]);
    root.poke(IMPORT).header("content-type", "text/csv").raw("a,b").await.refused(415, "unsupported_media_type");
    root.poke(IMPORT).header("content-encoding", "gzip").raw("{}").await.refused(415, "unsupported_media_type");
    server.api_key(&["users:write"]).await.poke(IMPORT).raw("{}").await.refused(403, "insufficient_scope");
}
