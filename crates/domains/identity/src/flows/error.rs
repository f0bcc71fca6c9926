use macros::Refusals;
use store::StoreError;

/// Why a sign-in does not go on.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum FlowError {
    /// The pending sign-in is not known, is over, or is too old.
    #[error("The pending sign-in is not known, is over, or is too old. Sign in again.")]
    #[refusal(NotFound, "flow_not_found")]
    NotFound,
    /// The pending sign-in waits for something else.
    #[error("The pending sign-in waits for something else. Read its state.")]
    #[refusal(Conflict, "step_not_open")]
    NotOpen,
    /// Too much speaks against this attempt.
    #[error("Too much speaks against this attempt. Try from a known device or network, or later.")]
    #[refusal(Forbidden, "risk_refused")]
    RiskRefused,
    /// The email address must be proven first.
    #[error("Prove the email address first: with the link or code that was sent to it.")]
    #[refusal(Forbidden, "email_unverified")]
    EmailUnverified,
    /// The phone number must be proven first.
    #[error("Prove the phone number first: with the code that is sent to it.")]
    #[refusal(Forbidden, "phone_unverified")]
    PhoneUnverified,
    /// Nothing that the person has reaches the wanted assurance level.
    #[error("Nothing that you have reaches this assurance level, and a session is not raised by adding something.")]
    #[refusal(Forbidden, "aal_unreachable")]
    LevelOutOfReach,
    /// Another password must be set first.
    #[error("Set another password first.")]
    #[refusal(Forbidden, "password_must_be_reset")]
    PasswordMustBeReset,
    /// The account is disabled.
    #[error("The account is disabled.")]
    #[refusal(Forbidden, "account_disabled")]
    AccountDisabled,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
