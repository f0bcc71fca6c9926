use serde_json::json;

use crate::kit::{Reply, Server};

async fn ask(server: &Server, email: &str) -> String {
    server.anonymous().post("/v1/auth/otp", json!({ "email": email })).await.expect(202).text("/challenge_id")
}

async fn redeem(server: &Server, challenge: &str, code: &str) -> Reply {
    server.anonymous().post("/v1/auth/otp/verify", json!({ "challenge_id": challenge, "code": code })).await
}

/// A code that is not this one.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_code_signs_in_once() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let challenge = ask(&server, "ada@example.com").await;
    let code = server.mailed_code("ada@example.com").await;
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let signed_in = redeem(&server, &challenge, &spaced).await.expect(200);
    assert_eq!((signed_in.text("/user/id"), signed_in.data()["state"].clone()), (ada.id, json!("complete")));
    redeem(&server, &challenge, &code).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn a_code_dies_after_five_wrong_tries() {
    let server = Server::start().await;
    let challenge = ask(&server, "ada@example.com").await;
    let code = server.mailed_code("ada@example.com").await;
    for _ in 0..5 {
        redeem(&server, &challenge, &another(&code)).await.refused(401, "invalid_code");
    }
    redeem(&server, &challenge, &code).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn a_code_of_one_request_is_worth_nothing_to_another() {
    let server = Server::start().await;
    let first = ask(&server, "ada@example.com").await;
    let code = server.mailed_code("ada@example.com").await;
    let second = ask(&server, "eve@example.com").await;
    redeem(&server, &second, &code).await.refused(401, "invalid_code");
    redeem(&server, &first, &code).await.expect(200);
}

#[tokio::test]
async fn a_code_goes_to_a_phone_where_that_is_switched_on() {
    let server = Server::start().await;
    let body = json!({ "phone": "+4915123456789" });
    server.anonymous().post("/v1/auth/otp", body.clone()).await.refused(403, "method_not_allowed");
    server.root().put("/v1/settings/sign-in", json!({ "methods": ["password", "sms_code"] })).await.expect(200);
    let challenge = server.anonymous().post("/v1/auth/otp", body).await.expect(202).text("/challenge_id");
    let code = server.mailed_code("+4915123456789").await;
    let signed_in = redeem(&server, &challenge, &code).await.expect(200);
    assert_eq!(signed_in.data()["user"]["phone_verified"], true);
    assert_eq!(signed_in.data()["session"]["amr"], json!(["sms"]));
}

#[tokio::test]
async fn the_data_plane_has_the_same_door() {
    let server = Server::start().await;
    let anyone = server.anonymous();
    let begun = anyone.post("/api/v1/auth/otp/begin", json!({ "email": "ada@example.com" })).await.expect(202);
    let code = server.mailed_code("ada@example.com").await;
    let body = json!({ "challenge_id": begun.text("/challenge_id"), "code": code });
    let done = anyone.post("/api/v1/auth/otp/complete", body).await.expect(200);
    assert_eq!(done.data()["state"], "success");

    let body = json!({ "email": "ada@example.com", "method": "magic_link" });
    let begun = anyone.post("/api/v1/auth/otp/begin", body).await.expect(202);
    let token = server.mailed_token("ada@example.com").await;
    let body = json!({ "token": token, "browser_token": begun.data()["browser_token"] });
    anyone.post("/api/v1/auth/otp/complete", body).await.expect(200);
    anyone.post("/api/v1/auth/otp/complete", json!({})).await.refused(422, "invalid_fields");
}

#[tokio::test]
async fn a_challenge_of_another_application_is_unknown() {
    let server = Server::start().await;
    let other = server.other_tenant("Other").await;
    let challenge = ask(&server, "ada@example.com").await;
    let code = server.mailed_code("ada@example.com").await;
    let body = json!({ "challenge_id": challenge, "code": code });
    let there = server.anonymous().at_application(&other.id);
    there.post("/v1/auth/otp/verify", body).await.refused(401, "invalid_code");
    redeem(&server, &challenge, &code).await.expect(200);
}
