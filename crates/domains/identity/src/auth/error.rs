use kernel::{ErrorCode, Refusal, RefusalFacts, Refusals};
use store::StoreError;

use crate::{identifiers::IdentifierError, passwords::PasswordError, users::UserError};

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("The identifier or the password is not right.")]
    InvalidCredentials,
    #[error("The application does not offer this way in.")]
    MethodOff,
    #[error("Sign out first: this session is somebody's already.")]
    SignedInAlready,
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
            reason: "email_unverified",
            summary: "On the data plane: the email address must be proven first.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "password_must_be_reset",
            summary: "On the data plane: another password must be set first.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "risk_refused",
            summary: "Too much speaks against this attempt.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "method_not_allowed",
            summary: "The application does not offer this way in.",
        },
        RefusalFacts {
            code: ErrorCode::Conflict,
            reason: "signed_in_already",
            summary: "A session that is somebody's already does not sign up.",
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
            code: ErrorCode::Forbidden,
            reason: "captcha_required",
            summary: "A solved captcha is asked for here.",
        },
        RefusalFacts {
            code: ErrorCode::Forbidden,
            reason: "captcha_refused",
            summary: "The captcha is not solved, too old, or was used before.",
        },
        RefusalFacts {
            code: ErrorCode::Unavailable,
            reason: "captcha_unavailable",
            summary: "The captcha's provider does not answer.",
        },
        RefusalFacts {
            code: ErrorCode::RateLimited,
            reason: "rate_limited",
            summary: "Too many requests or failures, or too many passwords wait to be hashed.",
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
            AuthError::MethodOff => Self::new(ErrorCode::Forbidden, "method_not_allowed", message),
            AuthError::SignedInAlready => Self::new(ErrorCode::Conflict, "signed_in_already", message),
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
