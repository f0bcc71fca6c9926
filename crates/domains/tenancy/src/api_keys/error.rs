use kernel::Refusal;
use macros::Refusals;
use store::StoreError;

/// Why something can't be done with an API key.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum ApiKeyError {
    /// A key has 1 to 200 scopes.
    #[error("A key has 1 to 200 scopes.")]
    #[refusal(Validation, "invalid_scopes", field = "scopes", code = "count")]
    ScopeCount,
    /// A scope is not one of the permissions of this deployment.
    #[error("The scope at place {index} is not known here.")]
    #[refusal(Validation, "unknown_scope", field = "scopes", code = "unknown")]
    UnknownScope {
        /// Counted from 0.
        index: usize,
    },
    /// The caller does not hold a scope of the key.
    #[error("You don't hold `{scope}` yourself.")]
    #[refusal(Forbidden, "scope_not_held", field = "scopes", code = "not_held")]
    ScopeNotHeld { scope: String },
    /// The key would be expired from the start.
    #[error("The expiry lies in the past.")]
    #[refusal(Validation, "expiry_in_the_past", field = "expires_at", code = "past")]
    ExpiryInThePast,
    /// An overlap is at most 7 days.
    #[error("0 to 604800 seconds, which are 7 days.")]
    #[refusal(Validation, "overlap_too_long", field = "overlap_seconds", code = "out_of_range")]
    OverlapTooLong,
    /// The key has expired: a new secret would not work either.
    #[error("The key has expired: create another one.")]
    #[refusal(Conflict, "api_key_expired")]
    Expired,
    /// The key changed while the request ran.
    #[error("The key changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    /// A field is not valid.
    #[error("{0}")]
    #[refusal(transparent)]
    Field(Refusal),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
