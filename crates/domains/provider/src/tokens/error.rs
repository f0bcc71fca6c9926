use macros::Refusals;

/// Why the token endpoint and its neighbours refuse (RFC 6749, section 5.2, and the registry of OAuth errors).
#[derive(Debug, thiserror::Error, Refusals)]
#[expect(dead_code, reason = "documents what the rules of the protocol refuse with")]
pub(crate) enum TokenError {
    /// A parameter is missing, stands twice or can't be read.
    #[error("invalid_request")]
    #[refusal(BadRequest, "invalid_request")]
    InvalidRequest,
    /// The client is unknown, or its credentials don't hold.
    #[error("invalid_client")]
    #[refusal(Unauthorized, "invalid_client")]
    InvalidClient,
    /// The code, refresh token or device code is unknown, used, expired, or another client's.
    #[error("invalid_grant")]
    #[refusal(BadRequest, "invalid_grant")]
    InvalidGrant,
    /// The client is not registered for this grant type.
    #[error("unauthorized_client")]
    #[refusal(BadRequest, "unauthorized_client")]
    UnauthorizedClient,
    /// There is no such grant type here.
    #[error("unsupported_grant_type")]
    #[refusal(BadRequest, "unsupported_grant_type")]
    UnsupportedGrantType,
    /// More was asked for than was granted.
    #[error("invalid_scope")]
    #[refusal(BadRequest, "invalid_scope")]
    InvalidScope,
    /// A resource was named that was not granted.
    #[error("invalid_target")]
    #[refusal(BadRequest, "invalid_target")]
    InvalidTarget,
    /// The person has not answered yet.
    #[error("authorization_pending")]
    #[refusal(BadRequest, "authorization_pending")]
    AuthorizationPending,
    /// The device asks too often.
    #[error("slow_down")]
    #[refusal(BadRequest, "slow_down")]
    SlowDown,
    /// The device code is over.
    #[error("expired_token")]
    #[refusal(BadRequest, "expired_token")]
    ExpiredToken,
    /// The person said no.
    #[error("access_denied")]
    #[refusal(BadRequest, "access_denied")]
    AccessDenied,
    /// The DPoP proof does not hold.
    #[error("invalid_dpop_proof")]
    #[refusal(BadRequest, "invalid_dpop_proof")]
    InvalidDpopProof,
    /// The DPoP proof needs the nonce that comes with this answer.
    #[error("use_dpop_nonce")]
    #[refusal(BadRequest, "use_dpop_nonce")]
    UseDpopNonce,
}

/// Why an access token is not enough (RFC 6750, section 3.1).
#[derive(Debug, thiserror::Error, Refusals)]
#[expect(dead_code, reason = "documents what the rules of the protocol refuse with")]
pub(crate) enum BearerError {
    /// The token is missing, unknown, over, revoked, or for another resource.
    #[error("invalid_token")]
    #[refusal(Unauthorized, "invalid_token")]
    InvalidToken,
    /// The DPoP proof is missing or does not hold.
    #[error("invalid_dpop_proof")]
    #[refusal(Unauthorized, "invalid_dpop_proof")]
    InvalidDpopProof,
    /// The token does not carry the scope.
    #[error("insufficient_scope")]
    #[refusal(Forbidden, "insufficient_scope")]
    InsufficientScope,
    /// The token stands in more than one place.
    #[error("invalid_request")]
    #[refusal(BadRequest, "invalid_request")]
    InvalidRequest,
}
