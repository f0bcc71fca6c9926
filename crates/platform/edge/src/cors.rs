//! CORS (Fetch standard): an origin is echoed only where it is registered.

use http::{
    HeaderMap, HeaderValue, Method,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
    },
};
use kernel::tenant::TenantFacts;

use crate::{
    access::Access,
    app::App,
    endpoint::{Endpoint, Surface},
    reply::ReplyKind,
};

const REQUEST_HEADERS: &str =
    "authorization, content-type, dpop, idempotency-key, if-match, if-none-match, x-application-id, x-csrf-token";
const REPLY_HEADERS: &str = "dpop-nonce, etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id";

/// Who may read a reply, besides pages of this origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Nobody,
    /// A page of the application, and with its cookies.
    Registered,
    /// A page of one of its OAuth clients, for which no cookie speaks.
    OfClient,
    /// Everyone: keys and metadata are public, and the same for all.
    Everyone,
}

/// May a page of this origin read the reply?
pub(crate) async fn share_with(app: &App, endpoint: &Endpoint, tenant: &TenantFacts, origin: &HeaderValue) -> Share {
    let Ok(origin) = origin.to_str() else { return Share::Nobody };
    if tenant.allowed_origins.iter().any(|known| known == origin) {
        return Share::Registered;
    }
    if endpoint.reply.kind == ReplyKind::Document {
        return Share::Everyone;
    }
    let is_for_clients = matches!(endpoint.access, Access::Client | Access::Token)
        || endpoint.facts.surface() == Surface::DataPlane
            && !matches!(endpoint.access, Access::Public | Access::MaybeSignedIn);
    if is_for_clients && matches!(app.ports().origins.allows(tenant.id, origin).await, Ok(true)) {
        return Share::OfClient;
    }
    Share::Nobody
}

/// Say so in the reply.
pub(crate) fn share(reply: &mut HeaderMap, origin: &HeaderValue, share: Share) {
    if share == Share::Everyone {
        reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        return;
    }
    reply.append(VARY, HeaderValue::from_static("origin"));
    if share == Share::Nobody {
        return;
    }
    reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    reply.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(REPLY_HEADERS));
    if share == Share::Registered {
        reply.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
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
    let is_registered = matches!(app.ports().tenants.knows_origin(text, app.env().now()).await, Ok(true));
    if is_registered || matches!(app.ports().origins.knows(text).await, Ok(true)) {
        reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if is_registered {
            reply.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        reply.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(allow));
        reply.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
        reply.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    reply
}
