//! Devices that are not asked again for some days.

use std::time::Duration;

use serde_json::json;

use super::factor::{MfaPerson, patient, pending, set_mfa, with_app};
use crate::kit::{Client, PASSWORD, Reply, Server, claims_of};

async fn trust(client: &Client, ada: &MfaPerson) -> String {
    let flow = pending(client, &ada.email).await;
    let code = ada.app.next();
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code, "trust_device": true });
    client.post("/v1/auth/mfa/verify", body).await.expect(200).text("/device_token")
}

async fn sign_in_with(server: &Server, email: &str, token: &str) -> Reply {
    let body = json!({ "email": email, "password": PASSWORD, "device_token": token });
    server.anonymous().post("/v1/auth/sign-in", body).await
}

#[tokio::test]
async fn a_trusted_device_needs_the_password_alone_and_its_session_has_one_factor() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let token = trust(&server.anonymous(), &ada).await;
    assert!(token.starts_with("pc_td_"), "{token}");
    let signed_in = sign_in_with(&server, "ada@example.com", &token).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    let access = signed_in.text("/access_token");
    assert_eq!(claims_of(&access)["aal"], 1, "trust is no factor");
    // What is dear still wants one.
    server.anonymous().bearer(&access).poke("/v1/auth/mfa/recovery-codes").await.refused(403, "step_up_required");
    let login = json!({ "email": "ada@example.com", "password": PASSWORD, "device_token": token });
    let reply = server.anonymous().post("/api/v1/auth/login", login).await.expect(200);
    assert_eq!(reply.text("/state"), "success");
    // Without the password it is nothing.
    let wrong = json!({ "email": "ada@example.com", "password": "not the password", "device_token": token });
    server.anonymous().post("/v1/auth/sign-in", wrong).await.refused(401, "invalid_credentials");
    // Its digest alone is kept.
    if let Some(bytes) = server.stored_bytes() {
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
    }
}

#[tokio::test]
async fn a_browser_keeps_it_in_a_cookie() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let nobody = server.anonymous();
    let flow = pending(&nobody, "ada@example.com").await;
    let body = json!({
        "flow_id": flow, "factor_id": ada.factor_id, "code": ada.app.next(), "trust_device": true, "transport": "cookie",
    });
    let verified = nobody.post("/v1/auth/mfa/verify", body).await.expect(200);
    assert!(verified.data().get("device_token").is_none(), "{verified}");
    let cookies = verified.cookies();
    let (pair, attributes) = cookies.iter().find(|(pair, _)| pair.starts_with("pc_td_")).unwrap();
    assert!(attributes.contains("HttpOnly") && attributes.contains("Max-Age=2592000"), "{attributes}");
    let signed_in = nobody.clone().with("cookie", pair).sign_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
}

#[tokio::test]
async fn anothers_token_an_old_one_and_an_invented_one_are_no_good() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let eve = with_app(&server, &server.anonymous(), "eve@example.com").await;
    let (hers, token) = (trust(&server.anonymous(), &eve).await, trust(&server.anonymous(), &ada).await);
    for wrong in [hers.as_str(), "pc_td_0000000000000000000000000000000000000000000", "", &token[..40]] {
        let reply = sign_in_with(&server, "ada@example.com", wrong).await.expect(200);
        assert_eq!(reply.text("/state"), "mfa_required", "{wrong}");
    }
    server.turn_clock(Duration::from_hours(30 * 24 + 1));
    let reply = sign_in_with(&server, "ada@example.com", &token).await.expect(200);
    assert_eq!(reply.text("/state"), "mfa_required");
}

#[tokio::test]
async fn a_person_sees_their_trusted_devices_and_takes_the_trust_back() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let phone = server.anonymous().with("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
    let (one, two) = (trust(&phone, &ada).await, trust(&server.anonymous(), &ada).await);
    let listed = ada.get("/v1/auth/mfa/trusted-devices").await.expect(200);
    assert_eq!(listed.items().len(), 2);
    assert_eq!(listed.items()[1]["device"]["browser"], "Firefox");
    let path = format!("/v1/auth/mfa/trusted-devices/{}", listed.text("/1/id"));
    let eve = with_app(&server, &server.anonymous(), "eve@example.com").await;
    eve.delete(&path).await.refused(404, "not_found");
    ada.delete(&path).await.expect(200);
    ada.delete(&path).await.refused(404, "not_found");
    assert_eq!(sign_in_with(&server, "ada@example.com", &one).await.text("/state"), "mfa_required");
    assert_eq!(sign_in_with(&server, "ada@example.com", &two).await.text("/state"), "complete");
    ada.delete("/v1/auth/mfa/trusted-devices").await.expect(200);
    assert_eq!(sign_in_with(&server, "ada@example.com", &two).await.text("/state"), "mfa_required");
}

#[tokio::test]
async fn a_new_password_and_a_reset_end_all_trust() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let token = trust(&server.anonymous(), &ada).await;
    let body = json!({ "current_password": PASSWORD, "new_password": "an entirely different phrase" });
    ada.post("/v1/auth/password/change", body).await.expect(200);
    let body = json!({ "email": "ada@example.com", "password": "an entirely different phrase", "device_token": token });
    let reply = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
    assert_eq!(reply.text("/state"), "mfa_required");
}

#[tokio::test]
async fn with_no_days_there_is_no_trust() {
    let server = patient().await;
    let ada = with_app(&server, &server.anonymous(), "ada@example.com").await;
    let token = trust(&server.anonymous(), &ada).await;
    set_mfa(&server, json!({ "trusted_device_days": 0 })).await;
    assert_eq!(sign_in_with(&server, "ada@example.com", &token).await.text("/state"), "mfa_required");
    let flow = pending(&server.anonymous(), "ada@example.com").await;
    let code = ada.app.next();
    let body = json!({ "flow_id": flow, "factor_id": ada.factor_id, "code": code, "trust_device": true });
    let verified = server.anonymous().post("/v1/auth/mfa/verify", body).await.expect(200);
    assert!(verified.data().get("device_token").is_none(), "{verified}");
}
