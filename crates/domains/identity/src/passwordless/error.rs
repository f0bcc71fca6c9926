use macros::Refusals;
use store::StoreError;
use tenancy::messaging::SendError;

use crate::{captcha::CaptchaError, challenges::ChallengeError, flows::FlowError, links::LinkError};

/// Why nobody is signed in by a message.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum PasswordlessError {
    /// The application does not offer this way in.
    #[error("The application does not offer this way in.")]
    #[refusal(Forbidden, "method_not_allowed")]
    MethodOff,
    /// Send either an email address or a phone number.
    #[error("Send either email or phone.")]
    #[refusal(Validation, "invalid_fields", field = "email", code = "required")]
    OneAddress,
    /// Send what the message holds: a token, or a challenge id with its code.
    #[error("Send either token, or challenge_id and code.")]
    #[refusal(Validation, "invalid_fields", field = "code", code = "required")]
    ProofRequired,
    /// The application does not take sign-ups, or not from this address.
    #[error("The application does not take sign-ups, or not from this address.")]
    #[refusal(Forbidden, "sign_up_closed")]
    SignUpClosed,
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    #[refusal(transparent)]
    Challenge(#[from] ChallengeError),
    #[error(transparent)]
    #[refusal(transparent)]
    Captcha(#[from] CaptchaError),
    #[error(transparent)]
    #[refusal(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
