use serde_json::json;

use crate::kit::{Client, Options, PASSWORD, Reply, Server};

/// A browser after signing in with `transport: cookie`: what it sends back, and the CSRF proof that a script reads.
struct Browser {
    client: Client,
    proof: String,
}

async fn signed_in(server: &Server) -> (Browser, Reply) {
    server.anonymous().sign_up("ada@example.com").await.expect(202);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "cookie" });
    let reply = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
    (browser(server, &reply), reply)
}

/// A browser of somebody who has an account, and its CSRF proof.
pub(crate) async fn signed_in_browser(server: &Server, email: &str) -> (Client, String) {
    let body = json!({ "email": email, "password": PASSWORD, "transport": "cookie" });
    let reply = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
    let Browser { client, proof } = browser(server, &reply);
    (client, proof)
}

fn browser(server: &Server, reply: &Reply) -> Browser {
    let pairs: Vec<String> = reply.cookies().into_iter().map(|(pair, _)| pair).collect();
    let (csrf, attributes) = reply.cookies().into_iter().find(|(pair, _)| pair.contains("pc_csrf_")).unwrap();
    assert!(!attributes.contains("HttpOnly"), "a script reads it");
    let proof = csrf.split_once('=').unwrap().1.to_owned();
    Browser { client: server.anonymous().with("cookie", &pairs.join("; ")), proof }
}

#[tokio::test]
async fn tokens_are_in_cookies_and_not_in_the_body() {
    let server = Server::start().await;
    let (browser, reply) = signed_in(&server).await;
    assert!(reply.data().get("access_token").is_none() && reply.data().get("refresh_token").is_none(), "{reply}");
    let cookies = reply.cookies();
    assert_eq!(cookies.len(), 4);
    assert_eq!(cookies.iter().filter(|(_, attributes)| attributes.contains("HttpOnly")).count(), 2);
    for (pair, attributes) in &cookies {
        assert!(attributes.contains("SameSite=Lax") || attributes.contains("SameSite=Strict"), "{pair}; {attributes}");
        assert!(attributes.contains("Path=/"), "{pair}; {attributes}");
    }
    browser.client.get("/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn under_https_cookies_are_bound_to_the_host() {
    let options = Options { public_url: "https://auth.example.com", ..Options::default() };
    let server = Server::start_with(options).await;
    let (_, reply) = signed_in(&server).await;
    for (pair, attributes) in reply.cookies() {
        assert!(
            pair.starts_with("__Host-") && attributes.contains("Secure") && !attributes.contains("Domain"),
            "{pair}; {attributes}"
        );
    }
    assert!(reply.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_change_needs_the_csrf_proof_and_a_read_does_not() {
    let server = Server::start().await;
    let (browser, _) = signed_in(&server).await;
    browser.client.get("/v1/auth/me").await.expect(200);
    browser.client.poke("/v1/auth/sign-out").await.refused(403, "csrf_failed");
    browser.client.poke("/v1/auth/sign-out").header("x-csrf-token", "guessed").await.refused(403, "csrf_failed");
    let strange = browser
        .client
        .poke("/v1/auth/sign-out")
        .header("x-csrf-token", &browser.proof)
        .header("origin", "https://evil.example");
    strange.await.refused(403, "csrf_failed");
    let out = browser
        .client
        .poke("/v1/auth/sign-out")
        .header("x-csrf-token", &browser.proof)
        .header("origin", "http://localhost:8080");
    let out = out.await.expect(200);
    assert!(
        out.cookies().iter().all(|(pair, attributes)| pair.ends_with('=') && attributes.contains("Max-Age=0")),
        "{:?}",
        out.cookies()
    );
    browser.client.get("/v1/auth/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn the_proof_of_one_session_is_none_for_another() {
    let server = Server::start().await;
    let (ada, _) = signed_in(&server).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "cookie" });
    let reply = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
    let elsewhere = browser(&server, &reply);
    elsewhere.client.poke("/v1/auth/sign-out").header("x-csrf-token", &ada.proof).await.refused(403, "csrf_failed");
}

#[tokio::test]
async fn a_browser_refreshes_with_its_cookie_and_its_proof() {
    let server = Server::start().await;
    let (browser, _) = signed_in(&server).await;
    browser.client.poke("/v1/sessions/tokens").await.refused(403, "csrf_failed");
    let refreshed = browser.client.poke("/v1/sessions/tokens").header("x-csrf-token", &browser.proof).await.expect(200);
    assert!(refreshed.data().get("access_token").is_none(), "{refreshed}");
    assert_eq!(refreshed.cookies().len(), 4);
    self::browser(&server, &refreshed).client.get("/v1/auth/me").await.expect(200);
}
