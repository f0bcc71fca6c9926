use macros::Refusals;
use store::StoreError;

/// Why two accounts can't be merged.
#[derive(Debug, thiserror::Error, Refusals)]
pub(super) enum MergeError {
    /// An account can't be merged into itself.
    #[error("An account can't be merged into itself.")]
    #[refusal(Validation, "same_user", field = "source_user_id", code = "same")]
    Same,
    /// One of the two changed since it was read.
    #[error("One of the two changed meanwhile: look at them again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
