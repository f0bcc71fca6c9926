use macros::Refusals;
use store::StoreError;

/// Why a provider can't be configured. Fields that are not valid are named in a 422 `invalid_fields`.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum ProviderError {
    /// The provider changed while the request ran.
    #[error("The provider changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    /// The application has as many providers as it may have.
    #[error("An application has 50 providers at most.")]
    #[refusal(Conflict, "too_many_providers")]
    TooMany,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
