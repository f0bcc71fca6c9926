//! Links in messages: their origin is the tenant's own, from configuration, and never from a request.

use edge::Context;
use kernel::Secret;

/// A hosted page at the tenant's origin, or a page of the application, with a token.
pub(crate) fn with_token(cx: &Context, page: &str, landing: Option<&str>, token: &Secret) -> String {
    match landing {
        Some(landing) => {
            let joint = if landing.contains('?') { '&' } else { '?' };
            format!("{landing}{joint}token={}", token.reveal())
        }
        None => format!("{}{page}?token={}", cx.tenant().issuer, token.reveal()),
    }
}

/// May a browser be sent there? Byte for byte one of the application's own addresses.
pub(crate) fn is_registered(cx: &Context, url: &str) -> bool {
    tenancy::settings_of(cx.tenant()).redirect_uris.iter().any(|known| known == url)
}
