//! CORS (Fetch standard): an origin is echoed only where it is registered.

use http::{
    HeaderMap, HeaderValue, Method,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
    },
};
use kernel::tenant::TenantFacts;

use crate::app::App;

const REQUEST_HEADERS: &str =
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-application-id, x-csrf-token";
const REPLY_HEADERS: &str =
    "etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id";

/// Let a page of a registered origin read this reply.
pub(crate) fn share(reply: &mut HeaderMap, origin: &HeaderValue, tenant: &TenantFacts) {
    reply.append(VARY, HeaderValue::from_static("origin"));
    if origin.to_str().is_ok_and(|origin| tenant.allowed_origins.iter().any(|known| known == origin)) {
        reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        reply.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        reply.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(REPLY_HEADERS));
    }
}

/// Is this a preflight?
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ORIGIN) && headers.contains_key("access-control-request-method")
}

/// A preflight names no application (it can't carry `x-application-id`), so any tenant's registered origin may go on to ask;
/// whether the page may read the answer is decided by the tenant of the real request.
pub(crate) async fn preflight(app: &App, request: &HeaderMap, allow: &'static str) -> HeaderMap {
    let mut reply = HeaderMap::new();
    reply.insert(
        VARY,
        HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers"),
    );
    let Some(origin) = request.get(ORIGIN) else { return reply };
    let Ok(text) = origin.to_str() else { return reply };
    if matches!(app.ports().tenants.knows_origin(text).await, Ok(true)) {
        reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        reply.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        reply.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(allow));
        reply.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
        reply.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    reply
}
