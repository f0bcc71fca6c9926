use axum::{body::Body, response::Response};
use http::{
    HeaderMap, Request, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    },
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::router;

async fn get(path: &str, headers: HeaderMap) -> Response {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    *request.headers_mut() = headers;
    router().oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn every_page_is_held_to_its_own_files() {
    for path in
        ["/", "/setup", "/setup/setup.js", "/setup/setup.css", "/reference", "/v1/openapi.json", "/api/v1/openapi.yaml"]
    {
        let response = get(path, HeaderMap::new()).await;
        let headers = response.headers();
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(policy.contains("script-src 'self';"), "{path}: no script of others, and none inline");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}: the claim link holds a secret");
    }
}

#[tokio::test]
async fn no_page_has_inline_scripts_or_styles_or_names_another_host() {
    for path in ["/", "/setup"] {
        let html = text(get(path, HeaderMap::new()).await).await;
        assert!(html.matches("<script").count() == html.matches("<script src=\"/").count(), "{path}");
        assert!(
            !html.contains("<style")
                && !html.contains("style=\"")
                && !html.contains("onclick")
                && !html.contains("://"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_claim_page_is_never_kept() {
    let response = get("/setup?token=abc", HeaderMap::new()).await;
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    assert!(!text(response).await.contains("abc"), "the token is not written into the page");
}

#[tokio::test]
async fn the_documents_come_in_both_spellings_and_are_sent_once() {
    for (path, content_type, start) in [
        ("/v1/openapi.json", "application/json", "{"),
        ("/v1/openapi.yaml", "application/yaml", "openapi: 3.1.0"),
        ("/api/v1/openapi.json", "application/json", "{"),
        ("/api/v1/openapi.yaml", "application/yaml", "openapi: 3.1.0"),
    ] {
        let response = get(path, HeaderMap::new()).await;
        assert_eq!(response.headers()[CONTENT_TYPE], content_type, "{path}");
        let tag = response.headers()[ETAG].clone();
        let body = text(response).await;
        assert!(body.starts_with(start), "{path}: {}", &body[..40]);
        let again = get(path, HeaderMap::from_iter([(IF_NONE_MATCH, tag)])).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
    }
}

#[tokio::test]
async fn the_reference_is_served_or_says_what_is_missing() {
    let response = get("/reference", HeaderMap::new()).await;
    match response.status() {
        StatusCode::OK => {
            let html = text(response).await;
            let script = html.split("<script src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            let accepting = HeaderMap::from_iter([(ACCEPT_ENCODING, "gzip, br".parse().unwrap())]);
            let packed = get(script, accepting).await;
            assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
            assert!(packed.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
            let plain = get(script, HeaderMap::new()).await;
            assert!(plain.status() == StatusCode::OK && plain.headers().get(CONTENT_ENCODING).is_none());
            assert!(text(plain).await.contains("import"));
        }
        status => {
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert!(text(response).await.contains("Node"));
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in ["/setup/other.js", "/reference/assets/other.js", "/reference/../setup"] {
        assert_eq!(get(path, HeaderMap::new()).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
