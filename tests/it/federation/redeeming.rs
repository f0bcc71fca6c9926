//! `POST /v1/sessions/tokens` takes the code that comes back from a provider, beside refresh tokens.

use serde_json::{Value, json};

use super::stage::{Stage, VERIFIER};
use crate::{
    kit::{Client, Reply},
    mfa::enrol_app,
    races::{Came, RACERS, one_wins, patient, rounds},
};

const TOKENS: &str = "/v1/sessions/tokens";

async fn redeem(client: &Client, code: &str) -> Reply {
    client.post(TOKENS, json!({ "code": code, "code_verifier": VERIFIER })).await
}

#[tokio::test]
async fn a_code_brings_what_a_hand_off_brings_and_once() {
    let stage = Stage::open().await;
    let handed_off = stage.sign_in().await.expect(200);
    let code = stage.arrive().await["code"].clone();
    let redeemed = redeem(&stage.browser().client, &code).await.expect(200);
    let fields = |reply: &Reply| reply.data().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&redeemed), fields(&handed_off));
    assert_eq!(redeemed.text("/state"), "complete");
    assert_eq!(redeemed.text("/user/id"), handed_off.text("/user/id"));
    let ada = stage.server.anonymous().bearer(&redeemed.text("/access_token"));
    ada.get("/v1/auth/me").await.expect(200);
    redeem(&stage.browser().client, &code).await.refused(401, "invalid_grant");
    stage.exchange(&code).await.refused(401, "invalid_grant");

    let refresh = json!({ "refresh_token": redeemed.text("/refresh_token") });
    let refreshed = stage.server.anonymous().post(TOKENS, refresh).await.expect(200);
    assert_eq!(refreshed.text("/state"), "refreshed");
    let plain = ["state", "session", "token_type", "access_token", "expires_in", "refresh_token"];
    assert_eq!(refreshed.data().as_object().unwrap().len(), plain.len(), "{refreshed}");
    assert!(plain.iter().all(|field| refreshed.data().get(field).is_some()), "{refreshed}");
}

#[tokio::test]
async fn another_verifier_uses_the_code_up() {
    let stage = Stage::open().await;
    let code = stage.arrive().await["code"].clone();
    let body = json!({ "code": code, "code_verifier": "another-verifier-that-is-as-long-as-the-right-one" });
    stage.browser().client.post(TOKENS, body).await.refused(401, "invalid_grant");
    redeem(&stage.browser().client, &code).await.refused(401, "invalid_grant");
}

#[tokio::test]
async fn a_request_holds_a_refresh_token_or_a_code_and_uses_nothing_up_with_both() {
    let stage = Stage::open().await;
    let signed_in = stage.sign_in().await.expect(200);
    let code = stage.arrive().await["code"].clone();
    let refresh_token = signed_in.text("/refresh_token");
    let client = stage.server.anonymous();
    let both = json!({ "refresh_token": refresh_token, "code": code, "code_verifier": VERIFIER });
    client.post(TOKENS, both).await.refused(422, "one_grant");
    let half = json!({ "refresh_token": refresh_token, "transport": "cookie" });
    client.post(TOKENS, half).await.refused(422, "one_grant");
    for neither in [json!({}), json!({ "code": code }), json!({ "code_verifier": VERIFIER })] {
        client.post(TOKENS, neither).await.refused(422, "invalid_fields");
    }
    client.post(TOKENS, json!({ "refresh_token": refresh_token })).await.expect(200);
    redeem(&client, &code).await.expect(200);
    let dashboard = json!({ "code": code, "code_verifier": VERIFIER });
    client.post("/v1/dashboard/refresh", dashboard).await.refused(400, "unknown_field");
}

#[tokio::test]
async fn whoever_has_a_second_factor_gets_the_flow() {
    let stage = Stage::open().await;
    let access_token = stage.sign_in().await.expect(200).text("/access_token");
    enrol_app(&stage.server, &stage.server.anonymous().bearer(&access_token)).await;
    let code = stage.arrive().await["code"].clone();
    let pending = redeem(&stage.browser().client, &code).await.expect(200);
    assert_eq!(pending.text("/state"), "mfa_required", "{pending}");
    assert!(pending.data()["flow"]["id"].is_string(), "{pending}");
    assert!(pending.data().get("access_token").is_none() && pending.data().get("session").is_none(), "{pending}");
}

#[tokio::test]
async fn in_cookie_mode_the_tokens_are_in_cookies_and_the_next_code_wants_the_proof() {
    let stage = Stage::open().await;
    let with_cookies = |code: &str| json!({ "code": code, "code_verifier": VERIFIER, "transport": "cookie" });
    let body = with_cookies(&stage.arrive().await["code"]);
    let reply = stage.server.anonymous().post(TOKENS, body).await.expect(200);
    assert!(reply.data().get("access_token").is_none() && reply.data().get("refresh_token").is_none(), "{reply}");
    let pairs: Vec<String> = reply.cookies().into_iter().map(|(pair, _)| pair).collect();
    assert_eq!(pairs.len(), 4);
    let proof = pairs.iter().find(|pair| pair.contains("pc_csrf_")).and_then(|pair| pair.split_once('=')).unwrap().1;
    let browser = stage.server.anonymous().with("cookie", &pairs.join("; "));

    let body = with_cookies(&stage.arrive().await["code"]);
    browser.post(TOKENS, body.clone()).await.refused(403, "csrf_failed");
    browser.post("/v1/auth/handoff", body.clone()).await.refused(403, "csrf_failed");
    browser.post(TOKENS, body).header("x-csrf-token", proof).await.expect(200);
}

#[tokio::test]
async fn a_guest_becomes_whom_the_code_proves_and_a_dead_session_is_refused() {
    let stage = Stage::open().await;
    let settings = json!({ "anonymous": true, "methods": ["password", "social"] });
    stage.server.root().put("/v1/settings/sign-in", settings).await.expect(200);
    let begun = stage.server.anonymous().poke("/v1/auth/anonymous").await.expect(200);
    let guest = stage.server.anonymous().bearer(&begun.text("/access_token"));
    let signed_in = redeem(&guest, &stage.arrive().await["code"]).await.expect(200);
    assert_eq!(signed_in.text("/user/id"), begun.text("/user/id"));
    assert_eq!(signed_in.data()["user"]["is_anonymous"], Value::Bool(false));

    let code = stage.arrive().await["code"].clone();
    redeem(&guest, &code).await.refused(401, "session_revoked");
    // A refresh token speaks for itself, whatever is sent beside it.
    let refresh = json!({ "refresh_token": signed_in.text("/refresh_token") });
    guest.post(TOKENS, refresh).await.expect(200);
}

#[tokio::test]
async fn codes_count_as_sign_ins_do_whichever_way_they_are_exchanged() {
    let stage = Stage::open().await;
    let limits = json!({ "rate_limits": [{ "name": "sign-in", "requests": 2, "seconds": 3600 }] });
    stage.server.root().patch("/v1/settings", limits).await.expect(200);
    let client = stage.browser().client;
    let counted = redeem(&client, "nonsense").await.refused(401, "invalid_grant");
    assert!(counted.header("ratelimit").starts_with("\"sign-in\""), "{}", counted.header("ratelimit"));
    let body = json!({ "code": "nonsense", "code_verifier": VERIFIER });
    client.post("/v1/auth/handoff", body).await.refused(401, "invalid_grant");
    redeem(&client, "nonsense").await.refused(429, "rate_limited");
    client.post(TOKENS, json!({ "refresh_token": "nonsense" })).await.refused(401, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_that_exchange_one_code_either_way_one_gets_a_session() {
    let stage = Stage::at(patient().await, super::upstream::Upstream::start().await).await;
    stage.sign_in().await.expect(200);
    for round in 0..rounds(3) {
        let body = json!({ "code": stage.arrive().await["code"], "code_verifier": VERIFIER });
        let path = |racer: usize| if racer.is_multiple_of(2) { TOKENS } else { "/v1/auth/handoff" };
        let calls = (0..RACERS).map(|racer| stage.server.anonymous().post(path(racer), body.clone()));
        one_wins(&stage.server, &format!("round {round}"), calls, Came::SESSION).await;
    }
}
