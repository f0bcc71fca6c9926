//! Links in messages: their origin is the tenant's own, from configuration, and never from a request.

use edge::Context;
use kernel::Secret;
use macros::Refusals;

/// Why a link can't lead there.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum LinkError {
    /// The address is not registered with the application.
    #[error("redirect_url is not one of the application's redirect_uris.")]
    #[refusal(Validation, "invalid_redirect_uri", field = "redirect_url", code = "not_registered")]
    NotRegistered,
}

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

/// A browser is sent only to one of the application's own addresses, byte for byte.
pub(crate) fn must_be_registered(cx: &Context, landing: Option<&str>) -> Result<(), LinkError> {
    let Some(landing) = landing else { return Ok(()) };
    let known = &tenancy::settings_of(cx.tenant()).redirect_uris;
    if known.iter().any(|known| known == landing) { Ok(()) } else { Err(LinkError::NotRegistered) }
}
