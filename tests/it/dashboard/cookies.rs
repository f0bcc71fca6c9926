//! The dashboard in a browser: its cookie speaks for the account in the applications of its teams.

use serde_json::json;

use super::people::{account, at, owner};
use crate::kit::{Client, PASSWORD, Reply, Server};

/// What a browser sends back after a sign-in with `transport: cookie`, and the proof that a script reads.
struct Browser {
    client: Client,
    cookies: String,
    proof: String,
}

fn browser(server: &Server, reply: &Reply) -> Browser {
    let cookies: Vec<String> = reply.cookies().into_iter().map(|(pair, _)| pair).collect();
    let (csrf, _) = reply.cookies().into_iter().find(|(_, attributes)| !attributes.contains("HttpOnly")).unwrap();
    let (cookies, proof) = (cookies.join("; "), csrf.split_once('=').unwrap().1.to_owned());
    Browser { client: server.anonymous().with("cookie", &cookies), cookies, proof }
}

async fn dashboard(server: &Server, email: &str) -> Browser {
    let body = json!({ "email": email, "password": PASSWORD, "transport": "cookie" });
    let reply = at(server, email).post("/v1/dashboard/sign-in", body).await.expect(200);
    browser(server, &reply)
}

#[tokio::test]
async fn an_accounts_cookie_reads_and_with_its_proof_changes() {
    let server = Server::start().await;
    owner(&server).await;
    let Browser { client, proof, .. } = dashboard(&server, "owner@example.com").await;
    client.get("/v1/users").await.expect(200);
    client.get("/v1/dashboard/applications").await.expect(200);
    let create = || client.post("/v1/users", json!({ "primary_email": "ada@example.com" }));
    create().await.refused(403, "csrf_failed");
    create().header("x-csrf-token", "guessed").await.refused(403, "csrf_failed");
    let strange = create().header("x-csrf-token", &proof).header("origin", "https://evil.example");
    strange.await.refused(403, "csrf_failed");
    let own = create().header("x-csrf-token", &proof).header("origin", "http://localhost:8080");
    let id = own.await.expect(201).id();
    let event = server.root().get(format!("/v1/audit/events?target_id={id}")).await.expect(200).items()[0].clone();
    assert_eq!(event["actor"]["kind"], "account");
    // What a bearer may do is no matter of cookies.
    let forged = client.get("/v1/users").header("authorization", "Bearer pc_sk_forged").await;
    forged.refused(401, "invalid_api_key");
}

#[tokio::test]
async fn an_application_of_another_team_is_not_there() {
    let server = Server::start().await;
    account(&server, "eve@example.com").await;
    let Browser { client, proof, .. } = dashboard(&server, "eve@example.com").await;
    let foreign = client.get("/v1/users").await.refused(404, "tenant_not_found");
    let missing = client.clone().at_application("018f3c4a-7b2e-7c1d-8000-000000000000").get("/v1/users").await;
    assert_eq!(foreign.comparable(), missing.comparable());
    let create = client.post("/v1/users", json!({ "primary_email": "ada@example.com" }));
    create.header("x-csrf-token", &proof).await.refused(404, "tenant_not_found");
}

#[tokio::test]
async fn an_accounts_cookie_is_no_end_users() {
    let server = Server::start().await;
    owner(&server).await;
    let Browser { client, .. } = dashboard(&server, "owner@example.com").await;
    client.get("/v1/auth/me").await.refused(401, "missing_credentials");
}

#[tokio::test]
async fn of_two_sessions_in_one_browser_the_applications_own_comes_first_where_it_is_enough() {
    let server = Server::start().await;
    owner(&server).await;
    let account = dashboard(&server, "owner@example.com").await;
    server.user("grace@example.com").await;
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "cookie" });
    let person = browser(&server, &server.anonymous().post("/v1/auth/sign-in", body).await.expect(200));
    let both = server.anonymous().with("cookie", &format!("{}; {}", person.cookies, account.cookies));
    assert_eq!(both.get("/v1/sessions").await.expect(200).items().len(), 1, "one's own");
    assert_eq!(both.get("/v1/users").await.expect(200).items().len(), 2, "the account's to see");
    let create = || both.post("/v1/users", json!({ "primary_email": "alan@example.com" }));
    create().header("x-csrf-token", &person.proof).await.refused(403, "csrf_failed");
    create().header("x-csrf-token", &account.proof).await.expect(201);
}
