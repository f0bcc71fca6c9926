use std::collections::HashMap;

use reqwest::Url;
use serde_json::{Value, json};

use super::stage::{APP, Browser, SLUG, Stage, VERIFIER, challenge};
use crate::kit::{Person, Reply};

fn begin() -> Value {
    json!({ "provider": SLUG, "redirect_uri": APP, "state": "mine", "code_challenge": challenge() })
}

pub(super) async fn ticket(person: &Person) -> String {
    let path = format!("/v1/users/{}/identities", person.id);
    let begun = person.post(path, begin()).await.expect(202);
    assert_eq!(begun.text("/state"), "redirect_required", "{begun}");
    begun.text("/authorization_url")
}

/// The browser follows the ticket to the provider and comes back.
pub(super) async fn follow(stage: &Stage, browser: &mut Browser, url: &str) -> HashMap<String, String> {
    let url = Url::parse(url).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let request = super::stage::location(&browser.get(&path).await.expect(303));
    let code = stage.upstream.consent(&request);
    browser.come_back(&request, &code).await
}

async fn complete(person: &Person, code: &str) -> Reply {
    let body = json!({ "code": code, "code_verifier": VERIFIER });
    person.post(format!("/v1/users/{}/identities", person.id), body).await
}

#[tokio::test]
async fn a_person_links_by_proving_both_sides() {
    let stage = Stage::open().await;
    let person = stage.server.user("grace@example.com").await;
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    assert_eq!(back["state"], "mine");
    let linked = complete(&person, &back["code"]).await.expect(201);
    assert_eq!(linked.text("/state"), "linked");
    assert_eq!(linked.text("/identity/subject"), "upstream-1815");
    // From now on they sign in by it, though the address is another.
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), person.id);
    assert_eq!(stage.count_users().await, 1);
}

#[tokio::test]
async fn a_proof_is_good_once_for_one_person_one_session_and_one_client() {
    let stage = Stage::open().await;
    let (person, other) = (stage.server.user("grace@example.com").await, stage.server.user("eve@example.com").await);
    let session_2 = stage.server.sign_in_at(&stage.server.anonymous(), "grace@example.com").await;
    // Another user, another session of the same user, another verifier: each uses the proof up.
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    complete(&other, &back["code"]).await.refused(401, "invalid_grant");
    complete(&person, &back["code"]).await.refused(401, "invalid_grant");
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    complete(&session_2, &back["code"]).await.refused(401, "invalid_grant");
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    let body = json!({ "code": back["code"], "code_verifier": "another-verifier-that-is-as-long-as-the-right-one" });
    person.post(format!("/v1/users/{}/identities", person.id), body).await.refused(401, "invalid_grant");
    // A proof signs nobody in, and a hand-off links nothing.
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    stage.exchange(&back["code"]).await.refused(401, "invalid_grant");
    complete(&person, &back["code"]).await.expect(201);
    complete(&person, &back["code"]).await.refused(401, "invalid_grant");
    let handed = stage.arrive().await;
    complete(&person, &handed["code"]).await.refused(401, "invalid_grant");
}

#[tokio::test]
async fn a_ticket_is_good_for_one_way() {
    let stage = Stage::open().await;
    let person = stage.server.user("grace@example.com").await;
    let url = Url::parse(&ticket(&person).await).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let mut browser = stage.browser();
    let request = super::stage::location(&browser.get(&path).await.expect(303));
    browser.get(&path).await.refused(401, "invalid_token");
    // And the way back is the same browser's.
    let code = stage.upstream.consent(&request);
    stage.browser().answer(&request, &[("code", &code)]).await.refused(400, "invalid_state");
    let late = Url::parse(&ticket(&person).await).unwrap();
    stage.server.turn_clock(std::time::Duration::from_mins(6));
    let path = format!("{}?{}", late.path(), late.query().unwrap());
    browser.get(&path).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn unlinking_ends_what_was_proven_before() {
    let stage = Stage::open().await;
    let person = stage.server.user("grace@example.com").await;
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    complete(&person, &back["code"]).await.expect(201);
    let identity = stage.identities(&person.id).await[0]["id"].as_str().unwrap().to_owned();
    // A proof of another account and a way there, begun before, are void after.
    stage.upstream.say(json!({ "sub": "another" }));
    let url = ticket(&person).await;
    let pending = follow(&stage, &mut stage.browser(), &url).await;
    let unused = Url::parse(&ticket(&person).await).unwrap();
    person.delete(format!("/v1/users/{}/identities/{identity}", person.id)).await.expect(200);
    complete(&person, &pending["code"]).await.refused(401, "invalid_grant");
    let path = format!("{}?{}", unused.path(), unused.query().unwrap());
    stage.browser().get(&path).await.refused(401, "invalid_token");
    assert!(stage.identities(&person.id).await.is_empty());
}

#[tokio::test]
async fn an_account_that_is_somebodys_already_is_not_linked_again() {
    let stage = Stage::open().await;
    let owner = stage.sign_in().await.expect(200).text("/user/id");
    let person = stage.server.user("grace@example.com").await;
    let url = ticket(&person).await;
    let back = follow(&stage, &mut stage.browser(), &url).await;
    assert_eq!(back["error"], "identity_taken", "{back:?}");
    let word = json!({ "provider": SLUG, "subject": "upstream-1815" });
    let path = format!("/v1/users/{}/identities", person.id);
    stage.server.root().post(path, word).await.refused(409, "identity_taken");
    assert_eq!(stage.identities(&owner).await.len(), 1);
}

#[tokio::test]
async fn an_end_user_links_nothing_by_word() {
    let stage = Stage::open().await;
    let (person, other) = (stage.server.user("grace@example.com").await, stage.server.user("eve@example.com").await);
    let own = format!("/v1/users/{}/identities", person.id);
    for body in [
        json!({ "provider": SLUG, "subject": "upstream-1815" }),
        json!({ "subject": "upstream-1815" }),
        json!({ "code": "x" }),
        json!({}),
    ] {
        person.post(&own, body.clone()).await.refused(422, "proof_required");
    }
    let unregistered =
        json!({ "provider": SLUG, "redirect_uri": "https://evil.example", "code_challenge": challenge() });
    person.post(&own, unregistered).await.refused(400, "invalid_redirect_uri");
    person.post(&own, json!({ "provider": SLUG, "redirect_uri": APP })).await.refused(400, "pkce_required");
    person
        .post(&own, json!({ "provider": "none", "redirect_uri": APP, "code_challenge": challenge() }))
        .await
        .refused(404, "provider_not_found");
    person.post(format!("/v1/users/{}/identities", other.id), begin()).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_session_of_long_ago_links_and_unlinks_nothing() {
    let stage = Stage::open().await;
    let person = stage.server.user("grace@example.com").await;
    stage.server.turn_clock(std::time::Duration::from_mins(11));
    let refreshed =
        person.post("/v1/sessions/tokens", json!({ "refresh_token": person.refresh_token })).await.expect(200);
    let client = person.clone().bearer(&refreshed.text("/access_token"));
    let own = format!("/v1/users/{}/identities", person.id);
    client.post(&own, begin()).await.refused(403, "step_up_required");
    let identity = "018f3c4a-7b2e-7c1d-8000-000000000000";
    client.delete(format!("{own}/{identity}")).await.refused(403, "step_up_required");
    client.delete(format!("/api/v1/me/identities/{identity}")).await.refused(403, "step_up_required");
}
