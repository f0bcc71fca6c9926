//! What a sign-in without a hash costs the database.

use serde_json::{Value, json};

use crate::kit::{Call, LogCapture, Server};

/// One for the proof, one for all that it is judged by, one for the session, one for the user, one for a device that is new, and one for
/// what is told of it.
const MOST: usize = 6;

/// The statements that a request runs, in order: reads, writes, and what the commit inserts; the brackets around a transaction aside.
async fn statements(call: Call) -> Vec<String> {
    let logs = LogCapture::start();
    call.await.expect(200);
    let lines = logs.text();
    let told = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    told.filter_map(|line| line["fields"]["statement"].as_str().map(str::to_owned)).collect()
}

/// Somebody at an application whose keys a node has at hand, as it has from the first sign-in on.
async fn somebody(server: &Server) {
    server.anonymous().get("/.well-known/jwks.json").await.expect(200);
    let body = json!({ "primary_email": "ada@example.com", "email_verified": true });
    server.root().post("/v1/users", body).await.expect(201);
}

#[tokio::test]
async fn a_code_costs_six_statements_at_most() {
    let server = Server::start().await;
    somebody(&server).await;
    for expected in [MOST, MOST - 1] {
        let sent = server.anonymous().post("/v1/auth/otp", json!({ "email": "ada@example.com" })).await.expect(202);
        let code = server.mailed_code("ada@example.com").await;
        let body = json!({ "challenge_id": sent.text("/challenge_id"), "code": code });
        let ran = statements(server.anonymous().post("/v1/auth/otp/verify", body)).await;
        assert_eq!(ran.len(), expected, "{ran:#?}");
    }
}

#[tokio::test]
async fn a_link_costs_six_statements_at_most() {
    let server = Server::start().await;
    somebody(&server).await;
    for expected in [MOST, MOST - 1] {
        let sent = server.anonymous().post("/v1/auth/magic-links", json!({ "email": "ada@example.com" })).await;
        let token = server.mailed_token("ada@example.com").await;
        let body = json!({ "token": token, "browser_token": sent.expect(202).data()["browser_token"] });
        let ran = statements(server.anonymous().post("/v1/auth/magic-links/verify", body)).await;
        assert_eq!(ran.len(), expected, "{ran:#?}");
    }
}
