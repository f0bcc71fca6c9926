//! Tokens that are bound to a key: worth nothing to whoever does not hold it.

use serde_json::json;

use super::kit::{App, ISSUER, Prover, Tokens};
use crate::kit::{Reply, Server, claims_of};

const TOKEN: &str = "/oauth2/token";
const USERINFO: &str = "/oauth2/userinfo";

async fn bound(server: &Server, app: &App, prover: &Prover) -> Tokens {
    let ada = server.user("ada@example.com").await;
    let code = app.code(&ada, &[("scope", "openid me:read")]).await;
    let proof = prover.proof(server, "POST", TOKEN, None);
    Tokens::of(&app.redeem(&code).header("dpop", &proof).await.expect(200))
}

async fn present(server: &Server, token: &str, scheme: &str, proof: Option<&str>) -> Reply {
    let call = server.anonymous().get(USERINFO).header("authorization", &format!("{scheme} {token}"));
    match proof {
        Some(proof) => call.header("dpop", proof).await,
        None => call.await,
    }
}

#[tokio::test]
async fn a_bound_token_needs_its_key_at_every_door() {
    let server = Server::start().await;
    let (app, prover, thief) = (App::web(&server).await, Prover::new(), Prover::new());
    let tokens = bound(&server, &app, &prover).await;
    assert_eq!(tokens.json["token_type"], "DPoP");
    assert_eq!(claims_of(&tokens.access)["cnf"], json!({ "jkt": prover.thumbprint() }));
    let token = tokens.access.as_str();
    let good = || prover.proof(&server, "GET", USERINFO, Some(token));
    present(&server, token, "DPoP", Some(&good())).await.expect(200);
    for (what, scheme, proof) in [
        ("as a bearer token", "Bearer", None),
        ("as a bearer token with a proof", "Bearer", Some(good())),
        ("without a proof", "DPoP", None),
        ("with another key", "DPoP", Some(thief.proof(&server, "GET", USERINFO, Some(token)))),
        ("for another method", "DPoP", Some(prover.proof(&server, "POST", USERINFO, Some(token)))),
        ("for another address", "DPoP", Some(prover.proof(&server, "GET", "/oauth2/token", Some(token)))),
        ("for another token", "DPoP", Some(prover.proof(&server, "GET", USERINFO, Some("other")))),
        ("for no token", "DPoP", Some(prover.proof(&server, "GET", USERINFO, None))),
    ] {
        let reply = present(&server, token, scheme, proof.as_deref()).await;
        assert_eq!(reply.status, 401, "{what}: {reply}");
        assert!(reply.header("www-authenticate").starts_with(scheme), "{what}: {reply}");
    }
    let path = "/api/v1/me/profile";
    let call = || server.anonymous().get(path).header("authorization", &format!("DPoP {token}"));
    let proof = prover.proof(&server, "GET", path, Some(token));
    call().header("dpop", &proof).await.expect(200);
    call().header("dpop", &proof).await.expect(401);
    server.anonymous().bearer(token).get(path).await.expect(401);
}

#[tokio::test]
async fn a_proof_counts_once_and_now() {
    let server = Server::start().await;
    let (app, prover) = (App::machine(&server).await, Prover::new());
    let ask = |proof: &str| app.token(&[("grant_type", "client_credentials")]).header("dpop", proof);
    let proof = prover.proof(&server, "POST", TOKEN, None);
    let first = ask(&proof).await.expect(200);
    assert!(!first.header("dpop-nonce").is_empty());
    ask(&proof).await.refused(400, "invalid_dpop_proof");
    for changes in [
        json!({ "iat": server.now().as_seconds() - 400 }),
        json!({ "iat": server.now().as_seconds() + 400 }),
        json!({ "iat": null }),
        json!({ "jti": null }),
        json!({ "htu": format!("{ISSUER}/oauth2/revoke") }),
        json!({ "htm": "GET" }),
    ] {
        ask(&prover.proof_with(&server, "POST", TOKEN, None, &changes)).await.refused(400, "invalid_dpop_proof");
    }
    let twice = ask(&prover.proof(&server, "POST", TOKEN, None))
        .another_header("dpop", &prover.proof(&server, "POST", TOKEN, None));
    twice.await.refused(400, "invalid_dpop_proof");
    ask("nonsense").await.refused(400, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_nonce_is_ours_or_none() {
    let server = Server::start().await;
    let (app, prover) = (App::machine(&server).await, Prover::new());
    let ask = |nonce: &str| {
        let proof = prover.proof_with(&server, "POST", TOKEN, None, &json!({ "nonce": nonce }));
        app.token(&[("grant_type", "client_credentials")]).header("dpop", &proof)
    };
    let refused = ask("made up").await.refused(400, "use_dpop_nonce");
    let nonce = refused.header("dpop-nonce").to_owned();
    ask(&nonce).await.expect(200);
    server.turn_clock(std::time::Duration::from_mins(5));
    ask(&nonce).await.refused(400, "use_dpop_nonce");
}

#[tokio::test]
async fn a_client_that_is_registered_for_it_gets_nothing_without() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["dpop_bound_access_tokens"] = json!(true);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let code = app.code(&ada, &[("scope", "openid")]).await;
    app.redeem(&code).await.refused(400, "invalid_request");
    let (prover, other) = (Prover::new(), Prover::new());
    app.redeem(&code).header("dpop", &prover.proof(&server, "POST", TOKEN, None)).await.expect(200);
    // A code that names its key ahead is for that key (RFC 9449, section 10).
    let code = app.code(&ada, &[("scope", "openid"), ("dpop_jkt", &prover.thumbprint())]).await;
    app.redeem(&code).header("dpop", &other.proof(&server, "POST", TOKEN, None)).await.refused(400, "invalid_grant");
    app.redeem(&code).header("dpop", &prover.proof(&server, "POST", TOKEN, None)).await.expect(200);
}

#[tokio::test]
async fn a_token_that_is_not_bound_is_none_of_the_scheme() {
    let server = Server::start().await;
    let (app, prover) = (App::web(&server).await, Prover::new());
    let ada = server.user("ada@example.com").await;
    let token = app.tokens(&ada, "openid").await.access;
    let proof = prover.proof(&server, "GET", USERINFO, Some(&token));
    present(&server, &token, "DPoP", Some(&proof)).await.expect(401);
}
