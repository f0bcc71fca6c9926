//! What holds for every page.

use std::collections::HashSet;

use edge::Access;

use super::Browser;
use crate::kit::{Server, pages};

#[tokio::test]
async fn every_page_has_a_strict_policy_and_is_kept_by_nobody() {
    let server = Server::start().await;
    for page in pages().iter().filter(|page| !page.facts.method.is_mutation() && page.access == Access::Browser) {
        let path = page.facts.path.replace("{provider}", "google").replace("{locale}", "de");
        let reply = server.anonymous().get(path.clone()).await;
        let kind = (reply.header("content-type"), reply.status);
        assert!(matches!(kind.1, 303) || kind.0.starts_with("text/html"), "{path}: {reply}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.header("x-request-id").starts_with("req_"), "{path}");
        if reply.status != 303 {
            let policy = reply.header("content-security-policy");
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "require-trusted-types-for 'script'",
                "form-action 'self'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
        }
    }
}

#[test]
fn every_page_is_named_and_told_in_words_and_stands_in_no_document() {
    let mut names = HashSet::new();
    for page in pages() {
        assert!(names.insert(page.facts.operation), "{} stands twice", page.facts.operation);
        // The standard's own endpoints are named like their kin.
        let is_named = ["pages.", "oauth2."].iter().any(|prefix| page.facts.operation.starts_with(prefix));
        assert!(is_named, "{}", page.facts.operation);
        assert!(page.facts.summary.len() > 5 && !page.facts.summary.ends_with('.'), "{}", page.facts.operation);
        assert!(!page.facts.path.starts_with("/v1") && !page.facts.path.starts_with("/api"), "{}", page.facts.path);
    }
}

#[tokio::test]
async fn a_refusal_is_a_page_too() {
    let server = Server::start().await;
    let mut browser = Browser::speaking(&server, "de");
    browser.open("/sign-in?x=1").await;
    assert_eq!(browser.status, 400);
    browser.shows("<!doctype html>").shows("lang=\"de\"").shows("req_");
    let unknown = server.anonymous().without("x-application-id").with("host", "nobody.example").get("/sign-in").await;
    assert_eq!(unknown.status, 421);
    assert!(unknown.header("content-type").starts_with("text/html"), "{unknown}");
}

#[tokio::test]
async fn the_applications_colours_are_its_style_sheet() {
    let server = Server::start().await;
    let branding = serde_json::json!({
        "display_name": "Analytical Engines", "colors": { "light": { "accent": "#0055cc" }, "dark": {} }, "texts": { "tagline": "Sums, <b>fast</b>" },
    });
    server.root().put("/v1/settings/branding", branding).await.expect(200);
    let mut browser = Browser::new(&server);
    browser.open("/sign-in").await.shows("Analytical Engines").shows("Sums, &lt;b&gt;fast&lt;/b&gt;");
    let sheet = browser
        .page
        .split("href=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|href| href.contains("theme.css"));
    let reply = server.anonymous().get(sheet.unwrap()).await;
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    assert!(String::from_utf8_lossy(&reply.bytes).contains("#0055cc"), "{reply}");
}

#[tokio::test]
async fn the_files_that_a_page_names_are_there_for_ever() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.open("/sign-in").await;
    let named: Vec<String> = ["href=\"/ui/", "src=\"/ui/"]
        .iter()
        .flat_map(|begin| browser.page.split(begin).skip(1))
        .map(|rest| format!("/ui/{}", rest.split('"').next().unwrap()))
        .collect();
    assert_eq!(named.len(), 5);
    for path in named {
        let reply = server.anonymous().get(path.clone()).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("cache-control").starts_with("public"), "{path}");
    }
}
