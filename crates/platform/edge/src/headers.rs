//! Headers that stand on every reply, and the ETag of a version.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};

/// The policy of a frame that pages of others hold: it runs a script of this site, shows nothing and has no form, so that there is
/// nothing to be lured into clicking.
pub(crate) const FRAMED_BY_ALL: &str = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *; \
     require-trusted-types-for 'script'; trusted-types 'none'";

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const X_APPLICATION_ID: HeaderName = HeaderName::from_static("x-application-id");
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Of proofs of possession (RFC 9449, section 4.1).
pub const DPOP: HeaderName = HeaderName::from_static("dpop");

/// A strong entity tag.
pub(crate) fn version_tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// API replies are data: never framed, never sniffed, never cached unless the handler said so. A page brings a policy of its own.
pub(crate) fn secure(headers: &mut HeaderMap, is_https: bool) {
    // The header of old browsers says nothing else than the policy.
    let may_be_framed = headers.get(CONTENT_SECURITY_POLICY).is_some_and(|policy| policy == FRAMED_BY_ALL);
    if !may_be_framed {
        headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    }
    let fixed: [(HeaderName, &'static str); 3] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
}
