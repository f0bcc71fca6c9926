use kernel::Refusal;
use macros::Refusals;
use store::StoreError;

/// Why something can't be done with an OAuth client.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum ClientError {
    /// A scope is neither of OpenID Connect, nor one of the application's own, nor a permission of this server.
    #[error("The scope at place {index} is not known here.")]
    #[refusal(Validation, "unknown_scope", field = "allowed_scopes", code = "unknown")]
    UnknownScope {
        /// Counted from 0.
        index: usize,
    },
    /// The caller does not hold a permission that the client may be given.
    #[error("You don't hold `{scope}` yourself.")]
    #[refusal(Forbidden, "scope_not_held", field = "allowed_scopes", code = "not_held")]
    ScopeNotHeld { scope: String },
    /// The client proves itself otherwise than by a secret.
    #[error("The client does not authenticate with a secret.")]
    #[refusal(Conflict, "no_client_secret")]
    NoSecret,
    /// An overlap is at most 30 days.
    #[error("0 to 2592000 seconds, which are 30 days.")]
    #[refusal(Validation, "overlap_too_long", field = "overlap_seconds", code = "out_of_range")]
    OverlapTooLong,
    /// Ten secrets are good at the same time already.
    #[error("The client has ten secrets: rotate with an overlap of 0 to end them.")]
    #[refusal(Conflict, "too_many_secrets")]
    TooManySecrets,
    /// The client is known by its metadata document: what it is stands there.
    #[error("The client is described by its own document: it can be disabled or deleted, not changed.")]
    #[refusal(Conflict, "client_is_document")]
    Document,
    /// The client changed while the request ran.
    #[error("The client changed meanwhile: read it again, then try again.")]
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
