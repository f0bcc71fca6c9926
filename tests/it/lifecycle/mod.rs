//! Accounts in all their lives: in from elsewhere, out again, one of two.

mod exporting;
mod import_jobs;
mod importing;
mod merging;
mod personal;

use serde_json::Value;

use crate::kit::{Client, Reply};

/// bcrypt, cost 4, of "correct horse battery staple": as another system would have kept it.
const BCRYPT: &str = "$2b$04$vOlpmxyL0siQKIzJeWuyruaDw9OLJkJTKFDphuctkA4XGrYO.Oew2";

impl Reply {
    /// The lines of a stream.
    #[track_caller]
    fn lines(&self) -> Vec<Value> {
        assert_eq!(self.header("content-type"), "application/x-ndjson", "{self}");
        let text = std::str::from_utf8(&self.bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }
}

/// Send rows as lines.
async fn send(client: &Client, path: &str, rows: &[Value]) -> Reply {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let body = lines.join("\n") + "\n";
    client.poke(path).header("content-type", "application/x-ndjson").raw(body).await
}

/// Import rows and read the answer: the id, what became of each row, the sum.
#[track_caller]
fn read(reply: &Reply) -> (String, Vec<String>, Value) {
    let mut lines = reply.lines();
    let last = lines.pop().unwrap();
    let first = lines.remove(0);
    assert_eq!(first["import_id"], last["import_id"], "{reply}");
    let told = lines.iter().map(told).collect();
    (first["import_id"].as_str().unwrap().to_owned(), told, last["summary"].clone())
}

/// `2 failed email_taken primary_email`
fn told(line: &Value) -> String {
    let words = ["status", "reason", "field"].map(|name| line[name].as_str().unwrap_or_default());
    format!("{} {}", line["line"], words.join(" ")).trim_end().to_owned()
}
