use serde_json::json;

use super::{
    stage::{Stage, authorize_path, location, parameters},
    upstream::Script,
};

#[tokio::test]
async fn a_browser_is_sent_back_to_registered_places_only() {
    let stage = Stage::open().await;
    for uri in [
        "https://evil.example/callback",
        "https://app.example.com/callback/",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#x",
        "https://app.example.com/../callback",
        "https://APP.example.com/callback",
        "https://app.example.com.evil.example/callback",
        "https://app.example.com@evil.example/callback",
        "http://app.example.com/callback",
        "javascript:alert(1)",
        "//evil.example",
        "",
    ] {
        let reply = stage.browser().get(&authorize_path(&[("redirect_uri", uri)])).await;
        assert_eq!((reply.status, reply.reason()), (400, "invalid_redirect_uri"), "{uri}: {reply}");
        assert_eq!(reply.header("location"), "", "{uri}");
    }
}

#[tokio::test]
async fn a_sign_in_begins_with_a_challenge_of_the_client() {
    let stage = Stage::open().await;
    for challenge in ["", "plain", &"a".repeat(44), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"] {
        stage.browser().get(&authorize_path(&[("code_challenge", challenge)])).await.refused(400, "pkce_required");
    }
    stage.browser().get(&authorize_path(&[("state", &"s".repeat(1_025))])).await.refused(400, "invalid_state");
    stage.browser().get(&authorize_path(&[("unknown", "x")])).await.refused(400, "invalid_query");
}

#[tokio::test]
async fn the_state_is_bound_to_the_browser_by_a_cookie_that_scripts_do_not_see() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let reply = browser.get(&authorize_path(&[])).await.expect(303);
    let (_, attributes) = reply.cookies().into_iter().next().unwrap();
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
    let request = location(&reply);
    let code = stage.upstream.consent(&request);
    // Another browser, and one without cookies, are sent the answer.
    let mut other = stage.browser();
    other.authorize().await;
    other.answer(&request, &[("code", &code)]).await.refused(400, "invalid_state");
    stage.browser().answer(&request, &[("code", &code)]).await.refused(400, "invalid_state");
    assert_eq!(stage.upstream.asked("token"), 0, "nothing was redeemed for them");
    // The one that began loses nothing by it.
    assert!(browser.come_back(&request, &code).await.contains_key("code"));
}

#[tokio::test]
async fn a_state_is_good_once_and_for_ten_minutes() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    browser.come_back(&request, &code).await;
    let again = stage.upstream.consent(&request);
    browser.answer(&request, &[("code", &again)]).await.refused(400, "invalid_state");

    let late = browser.authorize().await;
    stage.server.turn_clock(std::time::Duration::from_mins(11));
    let code = stage.upstream.consent(&late);
    browser.answer(&late, &[("code", &code)]).await.refused(400, "invalid_state");
    for path in [
        "/v1/auth/social/acme/callback".to_owned(),
        "/v1/auth/social/acme/callback?code=x".to_owned(),
        "/v1/auth/social/acme/callback?state=&code=x".to_owned(),
        "/v1/auth/social/acme/callback?state=pc_ch_AAAA&code=x".to_owned(),
        format!("/v1/auth/social/acme/callback?state={}&code=x", "s".repeat(5_000)),
    ] {
        browser.get(&path).await.refused(400, "invalid_state");
    }
    let twice = format!("/v1/auth/social/acme/callback?state={0}&state={0}&code=x", parameters(&late)["state"]);
    browser.get(&twice).await.refused(400, "invalid_query");
}

#[tokio::test]
async fn two_sign_ins_of_one_browser_do_not_disturb_each_other() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let (one, two) = (browser.authorize().await, browser.authorize().await);
    assert_ne!(parameters(&one)["state"], parameters(&two)["state"]);
    assert_ne!(parameters(&one)["nonce"], parameters(&two)["nonce"]);
    assert_ne!(parameters(&one)["code_challenge"], parameters(&two)["code_challenge"]);
    let (first, second) = (stage.upstream.consent(&one), stage.upstream.consent(&two));
    // The code of one in the answer of the other: verifier and nonce are another sign-in's.
    assert_eq!(browser.come_back(&one, &second).await["error"], "provider_refused");
    assert_eq!(browser.come_back(&two, &first).await["error"], "provider_refused");
    assert_eq!(stage.count_users().await, 0);
}

#[tokio::test]
async fn a_code_of_another_browser_is_of_no_use() {
    let stage = Stage::open().await;
    let (mut victim, mut thief) = (stage.browser(), stage.browser());
    let request = victim.authorize().await;
    let stolen = stage.upstream.consent(&request);
    let own = thief.authorize().await;
    assert_eq!(thief.come_back(&own, &stolen).await["error"], "provider_refused");
}

#[tokio::test]
async fn an_answer_of_another_server_is_refused() {
    let stage = Stage::open().await;
    let issuer = stage.upstream.issuer();
    for (metadata, iss, is_fine) in [
        (json!({}), None, true),
        (json!({}), Some(issuer.as_str()), true),
        (json!({}), Some("https://evil.example"), false),
        (json!({ "authorization_response_iss_parameter_supported": true }), None, false),
        (json!({ "authorization_response_iss_parameter_supported": true }), Some(issuer.as_str()), true),
    ] {
        // What was kept of the metadata is stale by then.
        stage.server.turn_clock(std::time::Duration::from_mins(1));
        let stage = Stage::open_at(stage.upstream.clone()).await;
        stage.upstream.lie(Script { metadata: metadata.clone(), ..Script::default() });
        let mut browser = stage.browser();
        let request = browser.authorize().await;
        let code = stage.upstream.consent(&request);
        let mut answer = vec![("code", code.as_str())];
        answer.extend(iss.map(|iss| ("iss", iss)));
        let back = parameters(&location(&browser.answer(&request, &answer).await.expect(303)));
        assert_eq!(back.contains_key("code"), is_fine, "{metadata} {iss:?}: {back:?}");
    }
}

#[tokio::test]
async fn each_connection_answers_at_its_own_address() {
    let stage = Stage::open().await;
    let body = json!({ "client_id": "c", "client_secret": "s", "issuer": "https://id.example.org" });
    stage.server.root().put("/v1/settings/providers/other", body).await.expect(200);
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    let elsewhere = format!("/v1/auth/social/other/callback?state={}&code={code}", parameters(&request)["state"]);
    browser.get(&elsewhere).await.refused(400, "invalid_state");
    assert_eq!(stage.upstream.asked("token"), 0);
    assert!(browser.come_back(&request, &code).await.contains_key("code"));
}

#[tokio::test]
async fn a_provider_that_is_switched_off_lets_nobody_in_at_any_step() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    stage.configure(json!({ "enabled": false })).await;
    assert_eq!(browser.come_back(&request, &code).await["error"], "provider_not_found");
    browser.get(&authorize_path(&[])).await.refused(404, "provider_not_found");

    stage.configure(json!({})).await;
    let back = stage.arrive().await;
    stage.configure(json!({ "enabled": false })).await;
    stage.exchange(&back["code"]).await.refused(401, "invalid_grant");

    stage.configure(json!({})).await;
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    // The name was given to another issuer meanwhile.
    stage.configure(json!({ "issuer": "http://127.0.0.1:9" })).await;
    let back = browser.come_back(&request, &code).await;
    assert!(["provider_not_found", "provider_unavailable"].contains(&back["error"].as_str()), "{back:?}");
    for slug in ["unknown", "google", "..", "ACME", "a%2Fb"] {
        let path = authorize_path(&[]).replace("/acme/", &format!("/{slug}/"));
        assert_eq!(browser.get(&path).await.status, 404, "{slug}");
    }
}
