use serde_json::json;

use super::{solved, wrong};
use crate::kit::{PASSWORD, Server};

async fn server_that_asks(when: &str) -> Server {
    let server = Server::start().await;
    let captcha = json!({ "provider": "proof_of_work", "when": when, "difficulty_bits": 10 });
    server.root().put("/v1/settings/sign-in", json!({ "captcha": captcha })).await.expect(200);
    server
}

#[tokio::test]
async fn where_it_is_always_asked_for_nobody_gets_in_without() {
    let server = server_that_asks("always").await;
    let client = server.anonymous();
    client.sign_up("ada@example.com").await.refused(403, "captcha_required");
    wrong(&client, "ada@example.com").await.refused(403, "captcha_required");
    for (path, body) in [
        ("/v1/auth/magic-links", json!({ "email": "ada@example.com" })),
        ("/v1/auth/otp", json!({ "email": "ada@example.com" })),
        ("/v1/auth/password/forgot", json!({ "email": "ada@example.com" })),
    ] {
        client.post(path, body).await.refused(403, "captcha_required");
    }
    let token = solved(&client).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": token });
    client.post("/v1/auth/sign-up", body).await.expect(202);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": solved(&client).await });
    assert_eq!(client.post("/v1/auth/sign-in", body).await.expect(200).data()["state"], "complete");
}

#[tokio::test]
async fn at_sign_up_alone_a_sign_in_is_free() {
    let server = server_that_asks("sign_up").await;
    let client = server.anonymous();
    client.sign_up("ada@example.com").await.refused(403, "captcha_required");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": solved(&client).await });
    client.post("/v1/auth/sign-up", body).await.expect(202);
    server.sign_in_at(&client, "ada@example.com").await;
}

#[tokio::test]
async fn what_is_not_solved_or_made_up_is_refused() {
    let server = server_that_asks("always").await;
    let client = server.anonymous();
    let token = solved(&client).await;
    let challenge = token.split(':').next().unwrap();
    for made_up in ["", "x", challenge, &format!("{challenge}:x"), "pc_pw_AAAA:1", &"x".repeat(10_000)] {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": made_up });
        client.post("/v1/auth/sign-in", body).await.refused(403, "captcha_refused");
    }
    server.turn_clock(std::time::Duration::from_mins(11));
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": token });
    client.post("/v1/auth/sign-in", body).await.refused(403, "captcha_refused");
}

/// Everything is risky enough for a captcha, and nothing for more.
async fn server_that_doubts() -> Server {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    let settings = json!({
        "captcha": { "provider": "proof_of_work", "difficulty_bits": 10 },
        "risk": { "second_factor": 1, "captcha": 1, "refuse": 101 },
    });
    server.root().put("/v1/settings/sign-in", settings).await.expect(200);
    server
}

#[tokio::test]
async fn on_the_data_plane_the_refusal_names_the_sign_in_that_goes_on() {
    let server = server_that_doubts().await;
    let client = server.anonymous();
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let refused = client.post("/api/v1/auth/login", login).await.refused(403, "captcha_required");
    let flow = refused.json["details"]["flow_id"].as_str().unwrap().to_owned();
    let begun = client.poke("/api/v1/auth/captcha/begin").await.expect(200);
    assert_eq!(begun.data()["difficulty_bits"], 10);
    let nothing = json!({ "flow_id": flow, "captcha_token": "nothing" });
    client.post("/api/v1/auth/captcha/complete", nothing).await.refused(403, "captcha_refused");
    let solution = json!({ "flow_id": flow, "captcha_token": solved(&client).await });
    let next = client.post("/api/v1/auth/captcha/complete", solution).await.refused(403, "email_unverified");
    assert_eq!(next.json["details"]["flow_id"], flow);
    let begin = json!({ "flow_id": flow });
    let sent = client.post("/api/v1/auth/verification/begin", begin).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code, "flow_id": flow });
    let done = client.post("/api/v1/auth/verification/complete", proof).await.expect(200);
    assert_eq!(done.data()["login"]["state"], "success");
}

#[tokio::test]
async fn whoever_signs_in_by_a_code_goes_on_with_a_captcha_on_both_surfaces() {
    let server = server_that_doubts().await;
    let client = server.anonymous();
    for is_data_plane in [false, true] {
        let (begin, complete) = if is_data_plane {
            ("/api/v1/auth/otp/begin", "/api/v1/auth/otp/complete")
        } else {
            ("/v1/auth/otp", "/v1/auth/otp/verify")
        };
        let sent = client.post(begin, json!({ "email": "ada@example.com" })).await.expect(202);
        let code = server.mailed_code("ada@example.com").await;
        let reply = client.post(complete, json!({ "challenge_id": sent.text("/challenge_id"), "code": code })).await;
        let token = solved(&client).await;
        let done = if is_data_plane {
            let flow = reply.refused(403, "captcha_required").json["details"]["flow_id"].clone();
            let solution = json!({ "flow_id": flow, "captcha_token": token });
            client.post("/api/v1/auth/captcha/complete", solution).await
        } else {
            let path = format!("/v1/auth/flows/{}/captcha", reply.expect(200).text("/flow/id"));
            client.post(path, json!({ "captcha_token": token })).await
        };
        let state = if is_data_plane { "success" } else { "complete" };
        assert_eq!(done.expect(200).data()["state"], state);
    }
}

#[tokio::test]
async fn a_captcha_that_was_solved_for_the_message_counts_for_the_sign_in() {
    let server = server_that_doubts().await;
    let client = server.anonymous();
    let body = json!({ "email": "ada@example.com", "captcha_token": solved(&client).await });
    let sent = client.post("/v1/auth/otp", body).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": code });
    assert_eq!(client.post("/v1/auth/otp/verify", proof).await.expect(200).data()["state"], "complete");
}

#[tokio::test]
async fn an_application_without_the_built_in_one_hands_none_out() {
    let server = Server::start().await;
    server.anonymous().poke("/v1/auth/captcha").await.refused(409, "captcha_not_built_in");
    server.user("ada@example.com").await;
    // Where none is asked for, what a form sends along does no harm.
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": "anything" });
    server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
}

#[tokio::test]
async fn a_risky_sign_in_goes_on_once_its_captcha_is_solved() {
    let server = server_that_doubts().await;
    let client = server.anonymous();
    let pending = client.sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(pending.data()["state"], "captcha_required");
    let path = format!("/v1/auth/flows/{}/captcha", pending.text("/flow/id"));
    client.post(&path, json!({ "captcha_token": "nothing" })).await.refused(403, "captcha_refused");
    let token = solved(&client).await;
    let next = client.post(&path, json!({ "captcha_token": token })).await.expect(200);
    assert_eq!(next.data()["state"], "verification_required");
    let again = json!({ "captcha_token": solved(&client).await });
    client.post(&path, again).await.refused(409, "step_not_open");
    // Solved with the attempt itself, nobody is asked for it again.
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "captcha_token": solved(&client).await });
    assert_eq!(client.post("/v1/auth/sign-in", body).await.expect(200).data()["state"], "verification_required");
}
