use macros::Refusals;
use store::StoreError;

use crate::flows::FlowError;

/// Why a captcha does not let anybody through.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum CaptchaError {
    /// A solved captcha is asked for here.
    #[error("Solve the captcha and send its `captcha_token`.")]
    #[refusal(Forbidden, "captcha_required")]
    Required,
    /// The captcha is not solved, too old, or was used before.
    #[error("The captcha is not solved, too old, or was used before. Solve a new one.")]
    #[refusal(Forbidden, "captcha_refused")]
    Refused,
    /// The captcha's provider does not answer.
    #[error("The captcha's provider does not answer. Try again.")]
    #[refusal(Unavailable, "captcha_unavailable")]
    Unavailable,
    /// The application does not use the built-in captcha.
    #[error("The application does not use the built-in captcha.")]
    #[refusal(Conflict, "captcha_not_built_in")]
    NotBuiltIn,
    #[error(transparent)]
    #[refusal(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
