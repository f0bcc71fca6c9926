//! The page at `/`: where to go from here.

use axum::response::Response;
use http::HeaderMap;

use super::file::File;

pub(super) async fn page(headers: HeaderMap) -> Response {
    File::html(include_str!("../../assets/home.html")).reply(&headers)
}
