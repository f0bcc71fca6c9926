//! The interactive API reference, built from `web/reference` and embedded.

use std::io::Read;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use http::{HeaderMap, StatusCode};
use rust_embed::RustEmbed;

use super::file::{ASK, FOREVER, File, content_type, takes};

/// Compressed ahead of time and only so: the viewer alone has megabytes. Absent where the page was not built: the server runs all the
/// same.
#[derive(RustEmbed)]
#[folder = "../../web/reference/dist"]
#[include = "*.gz"]
#[allow_missing = true]
struct Built;

/// The page's own files, styles that its viewer writes into elements, and requests to this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn page(headers: HeaderMap) -> Response {
    find("index.html", &headers).unwrap_or_else(|| {
        let mut response = File::html(include_str!("../../assets/reference-missing.html")).reply(&headers);
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    })
}

pub(super) async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    find(&path, &headers).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

fn find(path: &str, headers: &HeaderMap) -> Option<Response> {
    let file = |content, encoding| File {
        content,
        content_type: content_type(path),
        encoding,
        cache: if path.starts_with("assets/") && is_hashed(path) { FOREVER } else { ASK },
        policy: POLICY,
    };
    let packed = Built::get(&format!("{path}.gz"))?.data;
    if takes(headers, "gzip") {
        return Some(file(packed, Some("gzip")).reply(headers));
    }
    Some(file(unpacked(&packed)?.into(), None).reply(headers))
}

/// For programs that take nothing compressed; no browser is among them.
fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain).ok()?;
    Some(plain)
}

/// `name.0123456789ab.js`: the content's hash stands in the name.
fn is_hashed(path: &str) -> bool {
    path.split('.')
        .rev()
        .nth(1)
        .is_some_and(|part| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("assets/scalar.bf091006bdc3.js"));
        assert!(!is_hashed("assets/third-party.txt") && !is_hashed("index.html") && !is_hashed("assets"));
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in ["../src/index.html", "/etc/passwd", "assets/../../src/index.html", "", "assets"] {
            assert!(find(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}
