//! The style sheets and the script of the hosted pages: the same for every application, and cached for ever.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::file::{FOREVER, File, OWN_FILES_ONLY};

pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("{}/{name}", ::pages::MOUNT);
    let Some(asset) = ::pages::assets().iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let file = File {
        content: asset.content.as_bytes().into(),
        content_type: asset.content_type,
        encoding: None,
        cache: FOREVER,
        policy: OWN_FILES_ONLY,
    };
    file.reply(&headers)
}
