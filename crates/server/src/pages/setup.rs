//! The page behind the claim link: opens the first dashboard account. A GET changes nothing, so that a link scanner
//! can't use the link up; the page's script posts the token to the sign-up endpoint.

use std::borrow::Cow;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::file::{ASK, File, NEVER, OWN_FILES_ONLY, content_type};

pub(super) async fn page(headers: HeaderMap) -> Response {
    File { cache: NEVER, ..File::html(include_str!("../../assets/setup/index.html")) }.reply(&headers)
}

pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let content = match name.as_str() {
        "setup.js" => include_str!("../../assets/setup/setup.js"),
        "setup.css" => include_str!("../../assets/setup/setup.css"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let content_type = content_type(&name);
    let content = Cow::Borrowed(content.as_bytes());
    File { content, content_type, encoding: None, cache: ASK, policy: OWN_FILES_ONLY }.reply(&headers)
}
