//! The OpenAPI documents as the server serves them, made at the first request.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use axum::{Router, response::Response, routing::get};
use edge::Surface;
use http::{HeaderMap, HeaderValue, header::ACCESS_CONTROL_ALLOW_ORIGIN};

use super::file::{ASK, File, OWN_FILES_ONLY};
use crate::openapi;

/// One surface's document in both spellings.
pub(super) struct OpenApi {
    surface: Surface,
    root: &'static str,
}

impl OpenApi {
    pub(super) const fn platform() -> Self {
        Self { surface: Surface::Platform, root: "/v1" }
    }

    pub(super) const fn data_plane() -> Self {
        Self { surface: Surface::DataPlane, root: "/api/v1" }
    }

    pub(super) fn router(self) -> Router {
        let made: Arc<OnceLock<[String; 2]>> = Arc::default();
        let spelling = |index: usize, content_type: &'static str| {
            let made = Arc::clone(&made);
            let surface = self.surface;
            get(async move |headers: HeaderMap| {
                let texts = made.get_or_init(|| {
                    let document = openapi::document(surface);
                    [document.to_string(), edge::openapi::yaml(&document)]
                });
                reply(texts[index].clone(), content_type, &headers)
            })
        };
        Router::new()
            .route(&format!("{}/openapi.json", self.root), spelling(0, "application/json"))
            .route(&format!("{}/openapi.yaml", self.root), spelling(1, "application/yaml"))
    }
}

fn reply(text: String, content_type: &'static str, headers: &HeaderMap) -> Response {
    let content = Cow::Owned(text.into_bytes());
    let file = File { content, content_type, encoding: None, cache: ASK, policy: OWN_FILES_ONLY };
    let mut response = file.reply(headers);
    // Public facts: generators and reference pages of other origins may read them.
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
