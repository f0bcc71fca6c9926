use macros::Refusals;
use store::StoreError;

/// Why consent can't be recorded.
#[derive(Debug, thiserror::Error, Refusals)]
pub(super) enum ConsentError {
    /// The application asks for no such thing.
    #[error("The application has no such purpose.")]
    #[refusal(Validation, "unknown_purpose", field = "decisions", code = "unknown")]
    UnknownPurpose,
    /// The text is not the current one.
    #[error("This is not the current version of the text: show the current one and ask again.")]
    #[refusal(Conflict, "outdated_version")]
    Outdated,
    /// Whose consent it is was not said.
    #[error("Say in user_id whose consent it is.")]
    #[refusal(Validation, "invalid_fields", field = "user_id", code = "required")]
    UserRequired,
    /// A person speaks for themselves alone, and what proves it is seen and not told.
    #[error("A person speaks for themselves alone.")]
    #[refusal(Forbidden, "not_yours")]
    NotYours,
    /// From 1 to 50 decisions, each purpose once.
    #[error("Send 1 to 50 decisions, each purpose once.")]
    #[refusal(Validation, "invalid_fields", field = "decisions", code = "invalid")]
    Decisions,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
