use macros::Refusals;
use store::StoreError;

/// Why a token or session is not good.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum SessionError {
    /// The access token is not one of this application, or was altered.
    #[error("The access token is not valid here.")]
    #[refusal(Unauthorized, "invalid_token")]
    InvalidToken,
    /// The access token is over: refresh it.
    #[error("The access token has expired: refresh it.")]
    #[refusal(Unauthorized, "token_expired")]
    TokenExpired,
    /// The session is over: sign in again.
    #[error("The session has expired: sign in again.")]
    #[refusal(Unauthorized, "session_expired")]
    Expired,
    /// The session was ended: sign in again.
    #[error("The session was ended: sign in again.")]
    #[refusal(Unauthorized, "session_revoked")]
    Revoked,
    /// The account is disabled.
    #[error("The account is disabled.")]
    #[refusal(Forbidden, "account_disabled")]
    AccountDisabled,
    /// The refresh token is not one of this application, or was altered.
    #[error("The refresh token is not valid here.")]
    #[refusal(Unauthorized, "invalid_grant")]
    InvalidRefresh,
    /// The refresh token was used before: the session has ended.
    #[error("The refresh token was used before. The session has ended: sign in again.")]
    #[refusal(Unauthorized, "refresh_reused")]
    Reused,
    /// Name the user whose sessions are meant.
    #[error("Name the user whose sessions are meant.")]
    #[refusal(Validation, "user_required", field = "user_id", code = "required")]
    UserRequired,
    /// There is no signing key.
    #[error("no token could be signed")]
    #[refusal(Internal, "internal")]
    Signing,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
