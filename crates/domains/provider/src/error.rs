//! How the protocol's refusals leave the house.

use edge::Failure;
use kernel::{ErrorCode, Refusal};
use oauth::{OAuthCode, OAuthError};

/// The status of each refusal at an endpoint that clients call (RFC 6749, section 5.2; RFC 6750, section 3.1).
pub(crate) fn refusal(error: OAuthError) -> Refusal {
    let code = match error.code {
        OAuthCode::InvalidClient | OAuthCode::InvalidToken | OAuthCode::InsufficientUserAuthentication => {
            ErrorCode::Unauthorized
        }
        OAuthCode::InsufficientScope => ErrorCode::Forbidden,
        OAuthCode::ServerError => ErrorCode::Internal,
        OAuthCode::TemporarilyUnavailable => ErrorCode::Unavailable,
        _ => ErrorCode::BadRequest,
    };
    Refusal::new(code, error.code.as_str(), error.description)
}

pub(crate) fn refused(error: OAuthError) -> Failure {
    refusal(error).into()
}
