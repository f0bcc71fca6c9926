//! One static file as a reply: its type, its encoding, how long it may be kept, and what the page may do.

use std::borrow::Cow;

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
        REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

/// For a name that holds its content's hash.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";
/// Ask each time, and take 304 for an answer.
pub(super) const ASK: &str = "no-cache";
/// A page whose address holds a secret.
pub(super) const NEVER: &str = "no-store";

/// What a page without scripts of others, frames or foreign requests needs.
pub(super) const OWN_FILES_ONLY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file with its headers.
pub(super) struct File {
    pub(super) content: Cow<'static, [u8]>,
    pub(super) content_type: &'static str,
    pub(super) encoding: Option<&'static str>,
    pub(super) cache: &'static str,
    pub(super) policy: &'static str,
}

impl File {
    pub(super) fn html(content: &'static str) -> Self {
        Self {
            content: Cow::Borrowed(content.as_bytes()),
            content_type: "text/html; charset=utf-8",
            encoding: None,
            cache: ASK,
            policy: OWN_FILES_ONLY,
        }
    }

    pub(super) fn reply(self, request: &HeaderMap) -> Response {
        let tag = entity_tag(&self.content);
        let mut response = if is_known(request, &tag) {
            let mut unchanged = Response::new(Body::empty());
            *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
            unchanged
        } else {
            let content = match self.content {
                Cow::Borrowed(content) => Bytes::from_static(content),
                Cow::Owned(content) => Bytes::from(content),
            };
            Response::new(Body::from(content))
        };
        let headers = response.headers_mut();
        let fixed: [(HeaderName, &'static str); 7] = [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, self.cache),
            (CONTENT_SECURITY_POLICY, self.policy),
            (REFERRER_POLICY, "no-referrer"),
            (VARY, "accept-encoding"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(encoding) = self.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

/// By the name's ending, for the files that our builds make.
pub(super) fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Does the client take this encoding (RFC 9110, section 12.5.3)? A weight of zero is a refusal.
pub(super) fn takes(request: &HeaderMap, encoding: &str) -> bool {
    request
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
            let is_refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            is_named && !is_refused
        })
}

/// A strong entity tag of these very bytes.
pub(super) fn entity_tag(content: &[u8]) -> String {
    use std::fmt::Write;
    let digest = vault::digest(content);
    digest[..12].iter().fold(String::from("\""), |mut tag, byte| {
        let _infallible = write!(tag, "{byte:02x}");
        tag
    }) + "\""
}

fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let Some(known) = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    known.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn encodings_are_taken_where_they_are_named_and_not_refused() {
        for (sent, encoding, taken) in [
            ("gzip, deflate, br", "br", true),
            ("GZIP;q=0.5", "gzip", true),
            ("br;q=0, gzip", "br", false),
            ("identity", "gzip", false),
            ("brotli", "br", false),
        ] {
            assert_eq!(takes(&asking(ACCEPT_ENCODING, sent), encoding), taken, "{sent}");
        }
        assert!(!takes(&HeaderMap::new(), "br"));
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = File::html("<p>a").reply(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        assert_eq!(File::html("<p>a").reply(&asking(IF_NONE_MATCH, &tag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(File::html("<p>b").reply(&asking(IF_NONE_MATCH, &tag)).status(), StatusCode::OK);
    }
}
