use futures_util::future::join_all;
use serde_json::json;

use super::stage::{Stage, VERIFIER};

#[tokio::test]
async fn a_code_is_good_once_and_for_a_minute() {
    let stage = Stage::open().await;
    let back = stage.arrive().await;
    stage.exchange(&back["code"]).await.expect(200);
    stage.exchange(&back["code"]).await.refused(401, "invalid_grant");
    let late = stage.arrive().await;
    stage.server.turn_clock(std::time::Duration::from_secs(61));
    stage.exchange(&late["code"]).await.refused(401, "invalid_grant");
    for code in ["", "pc_ch_AAAA", "nonsense", &"x".repeat(10_000)] {
        stage.exchange(code).await.refused(401, "invalid_grant");
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_verifier_uses_the_code_up() {
    let stage = Stage::open().await;
    for verifier in ["", "another-verifier-that-is-as-long-as-the-right-one", "short", &"a".repeat(129)] {
        let back = stage.arrive().await;
        let body = json!({ "code": back["code"], "code_verifier": verifier });
        stage.browser().client.post("/v1/auth/handoff", body).await.refused(401, "invalid_grant");
        stage.exchange(&back["code"]).await.refused(401, "invalid_grant");
    }
}

#[tokio::test]
async fn of_two_first_sign_ins_of_one_person_at_once_one_user_comes() {
    let stage = Stage::open().await;
    let arrivals = join_all((0..10).map(|_| stage.arrive())).await;
    let sessions = join_all(arrivals.iter().map(|back| stage.exchange(&back["code"]))).await;
    assert!(sessions.iter().all(|reply| reply.status == 200));
    assert_eq!(stage.count_users().await, 1);
    let user = stage.sign_in().await.expect(200).text("/user/id");
    assert_eq!(stage.identities(&user).await.len(), 1);
}

#[tokio::test]
async fn a_code_lets_nobody_in_who_was_disabled_or_unlinked_meanwhile() {
    let stage = Stage::open().await;
    let user = stage.sign_in().await.expect(200).text("/user/id");
    let back = stage.arrive().await;
    stage.server.root().poke(format!("/v1/users/{user}/disable")).await.expect(200);
    stage.exchange(&back["code"]).await.refused(403, "account_disabled");
    stage.server.root().poke(format!("/v1/users/{user}/enable")).await.expect(200);

    let back = stage.arrive().await;
    let identity = stage.identities(&user).await[0]["id"].as_str().unwrap().to_owned();
    stage.server.root().delete(format!("/v1/users/{user}/identities/{identity}")).await.expect(200);
    stage.exchange(&back["code"]).await.refused(401, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_another_applications_never() {
    let stage = Stage::open().await;
    let other = stage.server.other_tenant("Acme").await;
    let back = stage.arrive().await;
    let stranger = stage.browser().client.at_application(&other.id);
    let body = json!({ "code": back["code"], "code_verifier": VERIFIER });
    stranger.post("/v1/auth/handoff", body).await.refused(401, "invalid_grant");
    stage.exchange(&back["code"]).await.expect(200);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_on_this_way_too() {
    let stage = Stage::open().await;
    let body = json!({ "policy": "required" });
    stage.server.root().put("/v1/settings/mfa", body).await.expect(200);
    let pending = stage.sign_in().await.expect(200);
    assert_eq!(pending.text("/state"), "mfa_enrolment_required", "{pending}");
    assert!(pending.data().get("access_token").is_none() && pending.data()["flow"]["id"].is_string(), "{pending}");
}

#[tokio::test]
async fn nothing_secret_is_logged_or_kept_in_the_clear() {
    let logs = crate::kit::LogCapture::start();
    let stage = Stage::open().await;
    stage.configure(json!({ "store_tokens": true })).await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    let back = browser.come_back(&request, &code).await;
    stage.exchange(&back["code"]).await.expect(200);
    let stored = stage.server.stored_bytes().unwrap_or_default();
    let state = &super::stage::parameters(&request)["state"];
    let secrets =
        ["upstream access token", "upstream refresh token", "upstream client secret", VERIFIER, state, &back["code"]];
    for secret in secrets {
        assert!(!logs.text().contains(secret), "{secret} is in the logs");
        assert!(!stored.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in the database");
    }
}
