//! The doors say on which client's errand somebody is here.

use serde_json::json;

use super::stage::{App, answer, prove};
use crate::{
    hosted::{Browser, known},
    kit::Server,
};

const ADA: &str = "ada@example.com";

/// A client of somebody else, with a picture and two links.
async fn app(server: &Server) -> App {
    let links = json!({
        "name": "Reports <b>", "logo_uri": "https://app.example.com/logo.png", "policy_uri": "https://app.example.com/privacy",
        "tos_uri": "https://app.example.com/terms",
    });
    App::create(server, links).await
}

fn introduces(browser: &Browser) -> bool {
    let is_named = browser.page.contains("Continue to Reports &lt;b&gt;<br><small>app.example.com");
    for link in ["logo.png", "privacy", "terms"] {
        assert_eq!(browser.page.contains(&format!("\"https://app.example.com/{link}\"")), is_named, "{link}");
    }
    assert!(!browser.page.contains("<b>"));
    is_named
}

#[tokio::test]
async fn both_doors_show_the_client_also_after_a_wrong_password() {
    let server = Server::start().await;
    let app = app(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    assert!(ada.at.starts_with("/sign-in?return_to=%2Foauth2%2Fcontinue"), "{}", ada.at);
    assert!(introduces(&ada), "{}", ada.page);
    let sign_up = ada.at.replacen("/sign-in", "/sign-up", 1);
    assert!(introduces(ada.open(&sign_up).await));
    let sign_in = ada.at.replacen("/sign-up", "/sign-in", 1);
    ada.open(&sign_in).await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", "not the right one"), ("how", "password")]).await;
    assert_eq!(ada.status, 401, "{}", ada.page);
    assert!(introduces(&ada));
    prove(&mut ada, ADA).await;
    assert!(ada.at.starts_with("/oauth2/consent"), "{}", ada.at);
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(answer(&ada).contains_key("code"));
}

#[tokio::test]
async fn nobody_else_learns_it_and_a_door_without_a_client_shows_none() {
    let server = Server::start().await;
    let app = app(&server).await;
    let mut ada = known(&server, ADA).await;
    ada.open(&app.address(&[])).await;
    let here = ada.at.clone();
    let mut other = Browser::new(&server);
    for address in
        [here.as_str(), "/sign-in", "/sign-in?return_to=/account", "/sign-in?return_to=/oauth2/continue?request=x"]
    {
        other.open(address).await;
        assert_eq!(other.status, 200, "{address}: the door opens");
        assert!(!introduces(&other), "{address}");
    }
    server.root().post(format!("/api/v1/applications/{}/disable", app.id), json!({})).await.expect(200);
    assert!(!introduces(ada.open(&here).await), "a client that is switched off is not spoken for");
}
