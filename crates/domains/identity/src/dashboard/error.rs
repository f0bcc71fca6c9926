use macros::Refusals;
use store::StoreError;
use tenancy::teams::TeamError;

use crate::{factors::FactorError, passwords::PasswordError};

/// Why a dashboard account is not closed.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum ClosingError {
    /// Send the password, or sign in again first.
    #[error("Send the password, or sign in again first.")]
    #[refusal(Forbidden, "step_up_required")]
    ProofRequired,
    /// A team with applications or other members keeps an owner: make somebody else one first.
    #[error("A team with applications or other members keeps an owner: make somebody else one first.")]
    #[refusal(Conflict, "last_owner")]
    LastOwner,
    #[error(transparent)]
    #[refusal(transparent)]
    Team(TeamError),
    #[error(transparent)]
    #[refusal(transparent)]
    Factor(#[from] FactorError),
    #[error(transparent)]
    #[refusal(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

impl From<TeamError> for ClosingError {
    fn from(error: TeamError) -> Self {
        if matches!(error, TeamError::LastOwner) { Self::LastOwner } else { Self::Team(error) }
    }
}
