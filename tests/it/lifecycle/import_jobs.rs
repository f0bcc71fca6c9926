use serde_json::{Value, json};

use super::{send, told};
use crate::kit::Server;

const JOBS: &str = "/api/v1/users/bulk-import";

#[tokio::test]
async fn a_job_carries_the_rows_out_and_tells_how_far_it_is() {
    let server = Server::start().await;
    let root = server.root();
    let mut rows: Vec<Value> =
        (0..300).map(|number| json!({ "email": format!("user.{number}@example.com") })).collect();
    rows[7] = json!({ "email": "nobody" });
    let reply = send(&root, JOBS, &rows).await.expect(202);
    let path = reply.header("location").to_owned();
    assert_eq!(path, format!("{JOBS}/{}", reply.id()));
    assert!(reply.id().starts_with("imp_"), "{reply}");
    assert_eq!((reply.text("/state"), &reply.data()["lines"]), ("running".to_owned(), &json!(0)));
    assert_eq!(root.get("/api/v1/users").await.items().len(), 0, "the job has not begun");
    server.run_jobs().await;
    let done = root.get(&path).await.expect(200);
    assert_eq!(
        (done.text("/state"), &done.data()["created"], &done.data()["failed"]),
        ("finished".to_owned(), &json!(299), &json!(1))
    );
    let results = root.get(format!("{path}/results")).await.expect(200).lines();
    assert_eq!(results.len(), 301);
    assert_eq!(
        (told(&results[0]), told(&results[7])),
        ("1 created".to_owned(), "8 failed invalid_fields primary_email".to_owned())
    );
    assert_eq!(results[300]["summary"]["lines"], 300);
    assert_eq!(root.walk("/api/v1/users", 200).await.len(), 299);
}

#[tokio::test]
async fn json_is_taken_too_and_nothing_is_a_finished_job() {
    let server = Server::start().await;
    let root = server.root();
    let one = root.post(JOBS, json!({ "users": [{ "email": "ada@example.com" }] })).await.expect(202);
    let none = root.post(JOBS, json!({ "users": [] })).await.expect(202);
    server.run_jobs().await;
    for (reply, created) in [(one, 1), (none, 0)] {
        let job = root.get(reply.header("location")).await.expect(200);
        assert_eq!((job.text("/state"), &job.data()["created"]), ("finished".to_owned(), &json!(created)));
    }
}

#[tokio::test]
async fn the_rows_of_a_job_are_forgotten_with_it() {
    let server = Server::start().await;
    let root = server.root();
    let job = root.post(JOBS, json!({ "users": [{ "email": "ada@example.com" }] })).await.expect(202);
    let path = job.header("location").to_owned();
    server.run_jobs().await;
    root.get(&path).await.expect(200);
    server.turn_clock(std::time::Duration::from_hours(8 * 24));
    server.run_jobs().await;
    root.get(&path).await.refused(404, "not_found");
    assert_eq!(root.get("/api/v1/users").await.items().len(), 1, "the users stay");
}
