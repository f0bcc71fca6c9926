//! The hosted page's own way to a provider and back.

use super::stage::{Stage, location};

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
