//! What the protocol answers when it refuses: one code of the registry of OAuth extensions errors, and a sentence.

use std::borrow::Cow;

use thiserror::Error;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The registered codes that are answered here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum OAuthCode { $($(#[$doc])* $name,)* }

        impl OAuthCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    // RFC 6749, sections 4.1.2.1 and 5.2
    InvalidRequest = "invalid_request",
    InvalidClient = "invalid_client",
    InvalidGrant = "invalid_grant",
    UnauthorizedClient = "unauthorized_client",
    UnsupportedGrantType = "unsupported_grant_type",
    UnsupportedResponseType = "unsupported_response_type",
    InvalidScope = "invalid_scope",
    AccessDenied = "access_denied",
    ServerError = "server_error",
    TemporarilyUnavailable = "temporarily_unavailable",
    /// RFC 6750, section 3.1.
    InvalidToken = "invalid_token",
    InsufficientScope = "insufficient_scope",
    /// RFC 9470, section 3.
    InsufficientUserAuthentication = "insufficient_user_authentication",
    // OpenID Connect Core 1.0, section 3.1.2.6
    InteractionRequired = "interaction_required",
    LoginRequired = "login_required",
    AccountSelectionRequired = "account_selection_required",
    ConsentRequired = "consent_required",
    InvalidRequestUri = "invalid_request_uri",
    InvalidRequestObject = "invalid_request_object",
    RequestNotSupported = "request_not_supported",
    RequestUriNotSupported = "request_uri_not_supported",
    RegistrationNotSupported = "registration_not_supported",
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    // RFC 7591, section 3.2.2
    InvalidRedirectUri = "invalid_redirect_uri",
    InvalidClientMetadata = "invalid_client_metadata",
    /// RFC 7009, section 2.2.1.
    UnsupportedTokenType = "unsupported_token_type",
    // RFC 8628, section 3.5
    AuthorizationPending = "authorization_pending",
    SlowDown = "slow_down",
    ExpiredToken = "expired_token",
    /// RFC 8707, section 2.
    InvalidTarget = "invalid_target",
    /// RFC 9396, section 5.
    InvalidAuthorizationDetails = "invalid_authorization_details",
    // RFC 9449, sections 5 and 8
    InvalidDpopProof = "invalid_dpop_proof",
    UseDpopNonce = "use_dpop_nonce",
}

/// One refusal of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {description}", code.as_str())]
pub struct OAuthError {
    pub code: OAuthCode,
    /// `error_description`, for developers: printable ASCII without quote and backslash (RFC 6749, section 5.2).
    pub description: Cow<'static, str>,
}

impl OAuthError {
    pub fn new(code: OAuthCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: description.into() }
    }

    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthCode::InvalidRequest, description)
    }

    pub fn invalid_client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthCode::InvalidClient, description)
    }

    pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(OAuthCode::InvalidGrant, description)
    }
}
