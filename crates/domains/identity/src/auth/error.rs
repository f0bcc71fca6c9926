use kernel::{ErrorCode, Refusal, RefusalFacts, Refusals};
use store::StoreError;

use crate::{identifiers::IdentifierError, passwords::PasswordError, users::UserError};

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("The identifier or the password is not right.")]
    InvalidCredentials,
    #[error("The account is disabled.")]
    AccountDisabled,
    #[error("Another password must be set first.")]
    PasswordMustBeReset,
    #[error("This application does not take sign-ups.")]
    SignUpClosed,
    #[error("Send exactly one of email, phone and username.")]
    OneIdentifier,
    #[error("{1}")]
    Identifier(&'static str, IdentifierError),
    #[error("The set-up link was used before or is not known.")]
    ClaimRefused,
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusals for AuthError {
    const FACTS: &'static [RefusalFacts] = &[
        RefusalFacts {
            code: ErrorCode::Unauthorized,
            reason: "invalid_credentials",
            summary: "The identifier or the password is not right.",
        },
        RefusalFacts { code: ErrorCode::Forbidden, reason: "account_disabled", summary: "The account is disabled." },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "password_must_be_reset",
            summary: "Another password must be set first.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "sign_up_closed",
            summary: "The application does not take sign-ups, or not from this domain.",
        },
        RefusalFacts {
            code: ErrorCode::Validation,
            reason: "invalid_fields",
            summary: "An identifier is missing, not valid, or one too many.",
        },
        RefusalFacts {
            code: ErrorCode::Validation,
            reason: "password_refused",
            summary: "The password is too short, too long, too common or about the account.",
        },
        RefusalFacts {
            code: ErrorCode::RateLimited,
            reason: "rate_limited",
            summary: "Too many requests, or too many passwords wait to be hashed.",
        },
    ];

    fn is_serialization(&self) -> bool {
        match self {
            Self::User(error) => error.is_serialization(),
            Self::Password(error) => error.is_serialization(),
            Self::Store(error) => error.is_serialization(),
            _ => false,
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        let message = error.to_string();
        match error {
            AuthError::InvalidCredentials => Self::new(ErrorCode::Unauthorized, "invalid_credentials", message),
            AuthError::AccountDisabled => Self::new(ErrorCode::Forbidden, "account_disabled", message),
            AuthError::PasswordMustBeReset => Self::new(ErrorCode::Forbidden, "password_must_be_reset", message),
            AuthError::SignUpClosed => Self::new(ErrorCode::Forbidden, "sign_up_closed", message),
            AuthError::OneIdentifier => Self::validation("email", "required", message),
            AuthError::Identifier(field, _) => Self::validation(field, "invalid", message),
            AuthError::ClaimRefused => Self::new(ErrorCode::Forbidden, "claim_refused", message),
            AuthError::User(error) => error.into(),
            AuthError::Password(error) => error.into(),
            AuthError::Store(error) => error.into(),
        }
    }
}
