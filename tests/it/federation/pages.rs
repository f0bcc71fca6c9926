//! The hosted page's own way to a provider and back.

use reqwest::Url;

use super::stage::{Stage, location, parameters};
use crate::hosted::{self, signed_in};

/// Goes to the provider by the page, and stands before the way back.
async fn at_the_way_back(stage: &Stage, person: &mut hosted::Browser, answer: &[(&str, &str)]) -> String {
    person.open("/account/security").await.shows("Connect acme");
    person.submit("/account/identities", &[]).await.shows("data-go");
    let there = person.page.split("href=\"").map(|rest| rest.split('"').next().unwrap());
    let there = there.into_iter().find(|href| href.contains("ticket=")).unwrap().to_owned();
    let there = Url::parse(&there).unwrap();
    person.open(&format!("{}?{}", there.path(), there.query().unwrap())).await;
    let request = Url::parse(&person.at).unwrap();
    let code = stage.upstream.consent(&request);
    let asked = parameters(&request);
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("state", &asked["state"]);
    let answer = if answer.is_empty() { &[("code", code.as_str())][..] } else { answer };
    back.query_pairs_mut().extend_pairs(answer);
    person.open(&format!("{}?{}", back.path(), back.query().unwrap())).await;
    let back = Url::parse(&person.at).unwrap();
    format!("{}?{}", back.path(), back.query().unwrap())
}

#[tokio::test]
async fn an_account_is_connected_and_disconnected_on_the_page() {
    let stage = Stage::open().await;
    let mut grace = signed_in(&stage.server, "grace@example.com").await;
    let back = at_the_way_back(&stage, &mut grace, &[]).await;
    assert!(back.starts_with("/account/identities/back?code="), "{back}");
    grace.open(&back).await.is_at("/account/security?done=saved");
    assert!(!grace.page.contains("Connect acme"));
    assert_eq!(stage.count_users().await, 1);
    // Used up.
    grace.open(&back).await.shows("The provider did not confirm the account.");
    let remove = grace.page.split("action=\"").map(|rest| rest.split('"').next().unwrap().to_owned());
    let remove = remove.into_iter().find(|action| action.starts_with("/account/identities/")).unwrap();
    grace.submit(&remove, &[]).await.is_at("/account/security?done=removed").shows("Connect acme");
}

#[tokio::test]
async fn a_proof_that_another_browser_learns_of_connects_nothing() {
    let stage = Stage::open().await;
    let mut grace = signed_in(&stage.server, "grace@example.com").await;
    let mut eve = signed_in(&stage.server, "eve@example.com").await;
    let back = at_the_way_back(&stage, &mut grace, &[]).await;
    eve.open(&back).await.shows("The provider did not confirm the account.");
    eve.shows("Connect acme");
}

#[tokio::test]
async fn who_changes_their_mind_about_connecting_is_back_where_they_were() {
    let stage = Stage::open().await;
    let mut grace = signed_in(&stage.server, "grace@example.com").await;
    let back = at_the_way_back(&stage, &mut grace, &[("error", "access_denied")]).await;
    grace.open(&back).await.is_at("/account/security").shows("Connect acme");
}

#[tokio::test]
async fn an_old_session_proves_itself_before_it_connects() {
    let stage = Stage::open().await;
    let mut grace = signed_in(&stage.server, "grace@example.com").await;
    stage.server.turn_clock(std::time::Duration::from_hours(1));
    grace.open("/account/security").await;
    grace.submit("/account/identities", &[]).await;
    grace.is_at("/sign-in?return_to=%2Faccount%2Fsecurity&prompt=login");
}

#[tokio::test]
async fn a_way_back_that_another_browser_learns_of_signs_nobody_in() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let there = browser.get("/sign-in/social/acme?return_to=%2Faccount%2Fsessions").await.expect(303);
    let request = location(&browser.get(there.header("location")).await.expect(303));
    let code = stage.upstream.consent(&request);
    let back = location(&browser.answer(&request, &[("code", &code)]).await.expect(303));
    assert!(back.as_str().starts_with("http://localhost:8080/sign-in/social?"), "{back}");
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    // Another browser that learns of the address has not the cookie that the verifier is made of.
    let stolen = stage.browser().get(&path).await;
    assert!(stolen.status >= 400, "{stolen}");
    assert!(stolen.cookies().iter().all(|(pair, _)| !pair.contains("pc_at_")), "{stolen}");
}

#[tokio::test]
async fn who_comes_back_with_a_code_is_signed_in_once() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let there = browser.get("/sign-in/social/acme?return_to=%2Faccount%2Fsessions").await.expect(303);
    let request = location(&browser.get(there.header("location")).await.expect(303));
    let code = stage.upstream.consent(&request);
    let back = location(&browser.answer(&request, &[("code", &code)]).await.expect(303));
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let reply = browser.get(&path).await.expect(303);
    assert_eq!(reply.header("location"), "/account/sessions");
    assert!(reply.cookies().iter().any(|(pair, _)| pair.contains("pc_at_")), "{reply}");
    browser.get("/account/sessions").await.expect(200);
    assert!(stage.browser().get(&path).await.status >= 400);
}

#[tokio::test]
async fn who_changes_their_mind_at_the_provider_is_back_at_the_door() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let there = browser.get("/sign-in/social/acme").await.expect(303);
    let request = location(&browser.get(there.header("location")).await.expect(303));
    let back = location(&browser.answer(&request, &[("error", "access_denied")]).await.expect(303));
    let reply = browser.get(&format!("{}?{}", back.path(), back.query().unwrap())).await.expect(303);
    assert_eq!(reply.header("location"), "/sign-in");
}
