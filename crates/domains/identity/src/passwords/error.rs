use std::time::Duration;

use kernel::{ErrorCode, Refusal, RefusalFacts, Refusals};
use store::StoreError;
use vault::{PasswordFlaw, PoolError};

/// Why a password is not taken, or not set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error(transparent)]
    Flawed(#[from] PasswordFlaw),
    #[error("This is not a password hash that is understood here.")]
    UnsupportedHash,
    #[error("The current password is not right.")]
    Wrong,
    #[error("This user has no password.")]
    NotSet,
    #[error("Too many sign-ins at once: wait as long as Retry-After says.")]
    Busy(Duration),
    #[error("the hashing pool failed: {0}")]
    Pool(PoolError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusals for PasswordError {
    const FACTS: &'static [RefusalFacts] = &[
        RefusalFacts {
            code: ErrorCode::Validation,
            reason: "password_refused",
            summary: "The password is too short, too long, too common or about the account.",
        },
        RefusalFacts {
            code: ErrorCode::Validation,
            reason: "unsupported_hash",
            summary: "The password hash is not one that is understood here.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "invalid_credentials",
            summary: "The current password is not right.",
        },
        RefusalFacts { code: ErrorCode::BadRequest, reason: "password_not_set", summary: "The user has no password." },
        RefusalFacts {
            code: ErrorCode::RateLimited,
            reason: "rate_limited",
            summary: "Too many passwords wait to be hashed.",
        },
    ];

    fn is_serialization(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_serialization())
    }
}

impl From<PasswordError> for Refusal {
    fn from(error: PasswordError) -> Self {
        let message = error.to_string();
        match error {
            PasswordError::Flawed(flaw) => Self::new(ErrorCode::Validation, "password_refused", message.clone())
                .with_field("password", flaw.code(), message),
            PasswordError::UnsupportedHash => Self::new(ErrorCode::Validation, "unsupported_hash", message.clone())
                .with_field("password_hash", "unsupported", message),
            PasswordError::Wrong => Self::new(ErrorCode::Forbidden, "invalid_credentials", message),
            PasswordError::NotSet => Self::new(ErrorCode::BadRequest, "password_not_set", message),
            PasswordError::Busy(wait) => {
                Self::new(ErrorCode::RateLimited, "rate_limited", message).with_retry_after(wait)
            }
            PasswordError::Pool(error) => {
                tracing::error!(%error, "a password could not be hashed");
                Self::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
            }
            PasswordError::Store(error) => error.into(),
        }
    }
}
