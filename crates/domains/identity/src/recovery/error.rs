use macros::Refusals;
use store::StoreError;
use tenancy::messaging::SendError;

use crate::{
    captcha::CaptchaError, challenges::ChallengeError, flows::FlowError, links::LinkError, passwords::PasswordError,
};

/// Why no new password is set.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum RecoveryError {
    /// The application does not take passwords.
    #[error("The application does not take passwords.")]
    #[refusal(Forbidden, "method_not_allowed")]
    MethodOff,
    /// Send the link's token, a challenge id with its code, or the flow that asks for another password.
    #[error("Send exactly one of token, challenge_id with code, and flow_id.")]
    #[refusal(Validation, "invalid_fields", field = "token", code = "required")]
    ProofRequired,
    /// The user has neither an email address nor a phone number.
    #[error("The user has neither an email address nor a phone number.")]
    #[refusal(Conflict, "unreachable")]
    Unreachable,
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    #[refusal(transparent)]
    Password(#[from] PasswordError),
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
