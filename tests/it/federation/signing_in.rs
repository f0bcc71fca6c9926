use jose::{Algorithm, SigningKey};
use serde_json::json;

use super::{
    stage::{APP, Stage, location, parameters},
    upstream::{Script, Upstream, only},
};
use crate::kit::claims_of;

#[tokio::test]
async fn a_person_signs_up_and_in_at_a_provider() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let asked = parameters(&request);
    assert!(request.as_str().starts_with(&format!("{}/authorize", stage.upstream.issuer())), "{request}");
    assert_eq!(asked["redirect_uri"], "http://localhost:8080/v1/auth/social/acme/callback");
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!(asked["scope"], "openid profile email");
    let code = stage.upstream.consent(&request);
    let back = browser.come_back(&request, &code).await;
    assert_eq!(back["state"], "the application's own");
    let signed_in = stage.exchange(&back["code"]).await.expect(200);
    assert_eq!(signed_in.text("/state"), "complete");
    assert_eq!(signed_in.text("/user/primary_email"), "ada@example.com");
    assert_eq!(signed_in.data()["user"]["email_verified"], true, "{signed_in}");
    assert_eq!(signed_in.text("/user/name"), "Ada Lovelace");
    assert_eq!(claims_of(&signed_in.text("/access_token"))["amr"], json!(["fed"]));
    let identities = stage.identities(&signed_in.text("/user/id")).await;
    assert_eq!((identities.len(), &identities[0]["subject"]), (1, &json!("upstream-1815")));
}

#[tokio::test]
async fn the_second_time_it_is_the_same_person() {
    let stage = Stage::open().await;
    let first = stage.sign_in().await.expect(200).text("/user/id");
    // The subject is who it is; the address may be another one by now.
    stage.upstream.say(json!({ "email": "ada.lovelace@example.net", "name": "Ada King" }));
    let second = stage.sign_in().await.expect(200);
    assert_eq!(second.text("/user/id"), first);
    assert_eq!(second.text("/user/primary_email"), "ada@example.com", "the account's own");
    assert_eq!(stage.identities(&first).await[0]["name"], "Ada King");
    assert_eq!(stage.count_users().await, 1);
}

#[tokio::test]
async fn issuers_sign_with_the_algorithms_that_are_spoken() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256] {
        let stage = Stage::open_at(Upstream::start_with(SigningKey::generate(algorithm).unwrap()).await).await;
        stage.sign_in().await.expect(200);
    }
}

#[tokio::test]
async fn a_new_key_of_the_issuer_is_found_without_asking_all_the_time() {
    let stage = Stage::open().await;
    stage.sign_in().await.expect(200);
    stage.sign_in().await.expect(200);
    assert_eq!((stage.upstream.asked("metadata"), stage.upstream.asked("keys")), (1, 1), "both are kept");
    let rotated = || {
        let next = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("next");
        let public = only(next.public_jwk());
        Script {
            keys: Some(public),
            forge: Box::new(move |_, claims| next.sign("JWT", &claims).ok()),
            ..Script::default()
        }
    };
    stage.upstream.lie(rotated());
    assert_eq!(stage.arrive().await["error"], "provider_refused", "no issuer is asked twice in a moment");
    stage.server.turn_clock(std::time::Duration::from_secs(31));
    stage.sign_in().await.expect(200);
    assert_eq!(stage.upstream.asked("keys"), 2);
}

#[tokio::test]
async fn what_the_id_token_lacks_comes_from_the_user_info_of_the_same_person() {
    let stage = Stage::open().await;
    let user_info = |sub: &str| {
        Some(json!({ "sub": sub, "email": "grace@example.com", "email_verified": true, "name": "Not Ada", "iss": "x" }))
    };
    let claims = json!({ "email": null, "email_verified": true, "sub": "upstream-1906" });
    stage.upstream.lie(Script { claims: claims.clone(), user_info: user_info("upstream-1906"), ..Script::default() });
    let signed_in = stage.sign_in().await.expect(200);
    assert_eq!(signed_in.text("/user/primary_email"), "grace@example.com");
    assert_eq!(signed_in.text("/user/name"), "Ada Lovelace", "what is signed is not overwritten");
    stage.upstream.lie(Script { claims, user_info: user_info("somebody-else"), ..Script::default() });
    assert_eq!(stage.arrive().await["error"], "provider_refused");
}

#[tokio::test]
async fn who_declines_is_sent_back_with_the_reason() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let reply =
        browser.answer(&request, &[("error", "access_denied"), ("error_description", "<script>")]).await.expect(303);
    let back = parameters(&location(&reply));
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "the application's own"));
    assert!(!reply.header("location").contains("%3C"), "the provider's words go nowhere");
    assert_eq!(stage.count_users().await, 0);
}

#[tokio::test]
async fn the_data_plane_has_a_callback_and_an_exchange_of_its_own() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let reply = browser.get(&super::stage::authorize_path(&[("callback", "data_plane")])).await.expect(303);
    let request = location(&reply);
    assert_eq!(parameters(&request)["redirect_uri"], "http://localhost:8080/auth/callback/acme");
    let code = stage.upstream.consent(&request);
    let back = browser.come_back(&request, &code).await;
    let body = json!({ "code": back["code"], "code_verifier": super::stage::VERIFIER });
    let signed_in = browser.client.post("/api/v1/auth/handoff", body).await.expect(200);
    assert_eq!(signed_in.text("/state"), "success");
    let me = browser.client.clone().bearer(&signed_in.text("/access_token"));
    let identities = me.get("/api/v1/me/identities").await.expect(200);
    assert_eq!(identities.items()[0]["provider"], "acme", "{identities}");
    assert!(identities.text("/0/id").starts_with("idn_"), "{identities}");
}

#[tokio::test]
async fn a_form_post_is_sent_on_with_its_cookie() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let request = browser.authorize().await;
    let code = stage.upstream.consent(&request);
    let form = format!("state={}&code={code}&id_token=forged&user=%7B%7D", parameters(&request)["state"]);
    let posted = browser.client.poke("/v1/auth/social/acme/callback").raw(form);
    let reply = posted.header("content-type", "application/x-www-form-urlencoded").await.expect(303);
    let next = location(&reply);
    assert!(next.as_str().starts_with("http://localhost:8080/v1/auth/social/acme/callback?"), "{next}");
    assert!(!next.as_str().contains("forged"));
    let path = format!("{}?{}", next.path(), next.query().unwrap());
    let back = location(&browser.get(&path).await.expect(303));
    assert!(back.as_str().starts_with(APP) && parameters(&back).contains_key("code"), "{back}");
    let sent_as_json = browser.client.poke("/v1/auth/social/acme/callback").raw("{}");
    sent_as_json.await.expect(415);
}
