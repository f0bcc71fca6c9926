use serde_json::{Value, json};

use crate::kit::{Client, Reply, Server};

fn lines(reply: &Reply) -> Vec<Value> {
    std::str::from_utf8(&reply.bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The records of a table, each as long as the names are.
fn records(reply: &Reply) -> Vec<Vec<String>> {
    let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(&reply.bytes[..]);
    table.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn exported(client: &Client, path: &str, accept: &str) -> Reply {
    client.get(path).header("accept", accept).await.expect(200)
}

#[tokio::test]
async fn the_trail_leaves_in_lines_and_as_a_table() {
    let server = Server::start().await;
    let root = server.root();
    for number in 0..3 {
        root.create_user(&format!("ada{number}@example.com")).await;
    }
    let listed = root.walk("/v1/audit/events", 50).await;
    let reply = exported(&root, "/v1/audit/export", "*/*").await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let exported_lines = lines(&reply);
    assert_eq!(
        (&exported_lines[0]["type"], &exported_lines[1..]),
        (&"audit.exported".into(), &listed[..]),
        "and its own trace"
    );

    let reply = exported(&root, "/v1/audit/export?type=user.created", "text/html, text/csv;q=0.9").await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    let records = records(&reply);
    assert_eq!((records.len(), &records[0][..2]), (4, &["id".to_owned(), "type".to_owned()][..]));
    let newest = &lines(&exported(&root, "/v1/audit/export?type=user.created", "application/x-ndjson").await)[0];
    assert_eq!((newest["id"].as_str(), newest["occurred_at"].as_str()), (Some(&*records[1][0]), Some(&*records[1][2])));
    assert_eq!(serde_json::from_str::<Value>(&records[1][11]).unwrap(), newest["data"]);

    let on_the_data_plane = lines(&exported(&root, "/api/v1/audit/export?type=user.created", "").await);
    assert!(on_the_data_plane[0]["id"].as_str().unwrap().starts_with("evt_"));
    let same = root.get("/api/v1/audit/events?type=user.created").await.expect(200);
    assert_eq!(same.items(), on_the_data_plane);
}

#[tokio::test]
async fn what_is_longer_than_a_page_leaves_whole_and_once() {
    let server = Server::start().await;
    let root = server.root();
    let often = json!({ "rate_limits": [{ "name": "admin", "requests": 1_000_000, "seconds": 60 }] });
    root.patch("/v1/settings", often).await.expect(200);
    // An export reads 500 at a time.
    for number in 0..1_001 {
        root.post("/v1/users", json!({ "external_id": format!("user-{number}") })).await.expect(201);
    }
    let query = "type=user.created";
    let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
    let listed: Vec<String> = root.walk(&format!("/v1/audit/events?{query}"), 200).await.iter().map(id).collect();
    assert_eq!(listed.len(), 1_001);
    let path = format!("/v1/audit/export?{query}");
    let in_lines: Vec<String> = lines(&exported(&root, &path, "*/*").await).iter().map(id).collect();
    assert_eq!(in_lines, listed);
    let table = records(&exported(&root, &path, "text/csv").await);
    let in_table: Vec<String> = table.into_iter().map(|record| record[0].clone()).collect();
    assert_eq!((in_table[0].as_str(), &in_table[1..]), ("id", &listed[..]), "one line of names");
}

#[tokio::test]
async fn nothing_that_somebody_else_chose_is_a_formula() {
    let server = Server::start().await;
    let evil = server.anonymous().with("user-agent", "=HYPERLINK(\"https://evil.example\",\"a,b\")");
    evil.sign_in("nobody@example.com", "not the right one").await.expect(401);
    let root = server.root().with("user-agent", "+1+1");
    root.create_user("ada@example.com").await;
    let reply = exported(&root, "/v1/audit/export", "text/csv").await;
    for record in records(&reply) {
        assert_eq!(record.len(), 15);
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{record:?}");
    }
}

#[tokio::test]
async fn an_empty_range_is_an_empty_table() {
    let server = Server::start().await;
    let root = server.root();
    let none = "/v1/audit/export?type=nothing.happened";
    assert_eq!(exported(&root, none, "application/x-ndjson").await.bytes.len(), 0);
    assert_eq!(records(&exported(&root, none, "text/csv").await).len(), 1, "the names alone");
    root.get("/v1/audit/export?colour=red").await.expect(400);
    server.api_key(&["audit:read"]).await.get("/v1/audit/export").await.refused(403, "insufficient_scope");
}
