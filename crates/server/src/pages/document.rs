//! The OpenAPI documents as the server serves them.

use std::borrow::Cow;

use axum::{Router, response::Response, routing::get};
use http::{HeaderMap, HeaderValue, header::ACCESS_CONTROL_ALLOW_ORIGIN};

use super::file::{ASK, File, OWN_FILES_ONLY, takes};
use crate::documents::{self, Document};

pub(super) fn router() -> Router {
    [
        ("/v1/openapi.json", Document::PlatformJson),
        ("/v1/openapi.yaml", Document::PlatformYaml),
        ("/api/v1/openapi.json", Document::DataPlaneJson),
        ("/api/v1/openapi.yaml", Document::DataPlaneYaml),
    ]
    .into_iter()
    .fold(Router::new(), |router, (path, document)| {
        router.route(path, get(async move |headers: HeaderMap| reply(document, &headers)))
    })
}

fn reply(document: Document, headers: &HeaderMap) -> Response {
    let (content, encoding) = match documents::packed(document) {
        Some(packed) if takes(headers, "gzip") => (Cow::Borrowed(packed), Some("gzip")),
        _ => (bytes(document.text()), None),
    };
    let file = File { content, content_type: document.content_type(), encoding, cache: ASK, policy: OWN_FILES_ONLY };
    let mut response = file.reply(headers);
    // Public facts: generators and reference pages of other origins may read them.
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn bytes(text: Cow<'static, str>) -> Cow<'static, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
