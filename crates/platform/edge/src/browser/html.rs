//! What a page answers with: HTML, the way to another page, or a style sheet.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_FRAME_OPTIONS},
};

use super::policy::{ForeignSources, framed_here, policy};
use crate::{
    context::Context,
    endpoint::Surface,
    envelope::Meta,
    headers::FRAMED_BY_ALL,
    reply::{Reply, ReplyFacts, ReplyKind, Respond, Success},
};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// A page, or the empty body of a redirect.
pub struct Html(String);

impl Html {
    /// The page's text. `targets` are where its forms may lead beside this site, `frames` what it may show within.
    pub(super) fn page(text: String, targets: &[String], frames: &[String]) -> Success<Self> {
        let policy = policy(targets, frames);
        Success::new(StatusCode::OK, Self(text)).header(CONTENT_SECURITY_POLICY, policy).headers(isolation())
    }

    /// A page without a face that pages of other sites hold in a frame, by design.
    pub fn framed_by_all(text: String) -> Success<Self> {
        Success::new(StatusCode::OK, Self(text))
            .header(CONTENT_SECURITY_POLICY, HeaderValue::from_static(FRAMED_BY_ALL))
    }

    /// A page that runs a script of somebody else, and that pages of this site alone hold in a frame.
    pub fn framed_here(text: String, foreign: &ForeignSources) -> Success<Self> {
        let headers = [
            (CONTENT_SECURITY_POLICY, framed_here(foreign)),
            (X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
            // Whose script it is compares the host with those that its keys are for. Which page asks stays here.
            (REFERRER_POLICY, HeaderValue::from_static("strict-origin")),
            // Of one origin with the page around it, it could reach into that. Browsers that know this header keep the two apart as if
            // they were strangers, so that a password is out of reach; what is left between them is `postMessage`.
            (
                HeaderName::from_static("document-isolation-policy"),
                HeaderValue::from_static("isolate-and-credentialless"),
            ),
            (
                PERMISSIONS_POLICY,
                HeaderValue::from_static(
                    "publickey-credentials-get=(), publickey-credentials-create=(), camera=(), microphone=(), geolocation=()",
                ),
            ),
        ];
        Success::new(StatusCode::OK, Self(text)).headers(headers)
    }

    pub(super) fn redirect(status: StatusCode, location: &str) -> Success<Self> {
        Success::new(status, Self(String::new())).location(location)
    }
}

/// No window of another site keeps a hand on the page, and only the page itself may ask for passkeys.
pub(super) fn isolation() -> [(HeaderName, HeaderValue); 2] {
    [
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (
            PERMISSIONS_POLICY,
            HeaderValue::from_static(
                "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()",
            ),
        ),
    ]
}

impl Respond for Html {
    const CONTENT_TYPE: Option<&'static str> = Some("text/html; charset=utf-8");
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Page, schema: None }
    }
    fn write(self, _: Surface, status: StatusCode, _: &Meta) -> (StatusCode, Bytes) {
        (status, self.0.into())
    }
}

/// A style sheet that is made for the tenant.
pub struct StyleSheet(String);

impl StyleSheet {
    /// Kept for ever: its address names its version.
    pub fn cached(cx: &Context, text: String) -> Reply<Self> {
        let tag = kernel::encoding::base62(&vault::digest(text.as_bytes())[..12]);
        let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        let is_known = cx.header(IF_NONE_MATCH).is_some_and(|known| tag.to_str().is_ok_and(|tag| known.contains(tag)));
        let (status, text) = if is_known { (StatusCode::NOT_MODIFIED, String::new()) } else { (StatusCode::OK, text) };
        Ok(Success::new(status, Self(text))
            .header(ETAG, tag)
            .header(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")))
    }
}

impl Respond for StyleSheet {
    const CONTENT_TYPE: Option<&'static str> = Some("text/css; charset=utf-8");
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Page, schema: None }
    }
    fn write(self, _: Surface, status: StatusCode, _: &Meta) -> (StatusCode, Bytes) {
        (status, self.0.into())
    }
}
