use macros::Refusals;
use store::StoreError;

/// Why settings can't be changed. Fields that are not valid are named in a 422 `invalid_fields`.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum SettingsError {
    /// The settings changed while the request ran.
    #[error("The settings changed meanwhile: read them again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
