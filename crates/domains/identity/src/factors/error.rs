use macros::Refusals;
use store::StoreError;
use tenancy::messaging::SendError;

use crate::flows::FlowError;

/// Why a second factor can't be enrolled, proven or removed.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum FactorError {
    /// The code of the authenticator app is wrong, was used before, or is too old.
    #[error("The code is wrong, was used before, or is too old. Wait for the app to show the next one.")]
    #[refusal(Unauthorized, "totp_invalid")]
    TotpInvalid,
    /// The code of the message is wrong, was used before, or is too old.
    #[error("The code is wrong, was used before, or is too old. Ask for a new one after five wrong tries.")]
    #[refusal(Unauthorized, "invalid_code")]
    CodeInvalid,
    /// The recovery code is wrong or was used before.
    #[error("The recovery code is wrong or was used before.")]
    #[refusal(Unauthorized, "recovery_code_invalid")]
    RecoveryCodeInvalid,
    /// The passkey did not prove itself.
    #[error("The passkey did not prove itself.")]
    #[refusal(Unauthorized, "webauthn_failed")]
    PasskeyFailed,
    /// Too many wrong codes for this account today.
    #[error("Too many wrong codes today. Use a recovery code or a passkey, or wait as long as Retry-After says.")]
    #[refusal(RateLimited, "too_many_tries")]
    TooManyTries,
    /// Send what proves the factor: a code, a recovery code or a credential.
    #[error("Send exactly one of code, recovery_code and credential, and the factor it is of.")]
    #[refusal(Validation, "proof_required", field = "code", code = "required")]
    ProofRequired,
    /// Send the handle of the flow, or an access token.
    #[error("Send the flow_id of a pending sign-in, or the access token of a session.")]
    #[refusal(Unauthorized, "flow_required")]
    FlowRequired,
    /// The session has to prove a second factor again first.
    #[error("Prove a second factor again first: begin a step-up, then try again.")]
    #[refusal(Forbidden, "step_up_required")]
    StepUpRequired,
    /// The application does not take second factors of this kind.
    #[error("The application does not take second factors of this kind.")]
    #[refusal(Validation, "factor_not_allowed", field = "kind", code = "not_allowed")]
    NotAllowed,
    /// Give the phone number or email address that codes go to.
    #[error("{0}")]
    #[refusal(Validation, "invalid_fields", field = "address", code = "invalid")]
    Address(String),
    /// The name is longer than 60 characters or holds characters that do not print.
    #[error("A name has 1 to 60 characters that print.")]
    #[refusal(Validation, "invalid_name", field = "name", code = "invalid")]
    Name,
    /// A factor with this address is there already.
    #[error("You have a factor with this address already.")]
    #[refusal(Conflict, "factor_exists", field = "address", code = "taken")]
    Exists,
    /// A person has at most ten second factors.
    #[error("You have as many second factors as one can have: remove one first.")]
    #[refusal(Conflict, "too_many_factors")]
    TooMany,
    /// The factor is active already.
    #[error("The factor is active already.")]
    #[refusal(Conflict, "factor_active")]
    AlreadyActive,
    /// The enrolment was begun too long ago.
    #[error("The enrolment was begun too long ago: begin it again.")]
    #[refusal(Conflict, "enrolment_expired")]
    EnrolmentExpired,
    /// The application requires a second factor, and this is the last one.
    #[error("The application requires a second factor: enrol another one before you remove the last.")]
    #[refusal(Conflict, "last_factor")]
    LastFactor,
    /// Recovery codes stand in for a factor, and there is none.
    #[error("Enrol a second factor first: recovery codes stand in for one.")]
    #[refusal(Conflict, "no_factor")]
    NoFactor,
    /// The stored key can't be opened.
    #[error("the key of an authenticator app could not be opened")]
    #[refusal(Internal, "internal")]
    Sealed,
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(StoreError),
}

impl From<StoreError> for FactorError {
    fn from(error: StoreError) -> Self {
        if error.conflict_on("factors_address") { Self::Exists } else { Self::Store(error) }
    }
}
