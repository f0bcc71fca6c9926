use jose::JoseError;
use macros::Refusals;
use store::StoreError;
use vault::SealError;

/// Why a key can't be had.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum KeyError {
    /// A key can't be made, opened or read. The cause is in the log.
    #[error("Something went wrong on our side.")]
    #[refusal(Internal, "internal")]
    Unusable,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

impl From<SealError> for KeyError {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "a signing key can't be opened: is the master key the right one?");
        Self::Unusable
    }
}

impl From<JoseError> for KeyError {
    fn from(error: JoseError) -> Self {
        tracing::error!(%error, "a signing key can't be made or read");
        Self::Unusable
    }
}
