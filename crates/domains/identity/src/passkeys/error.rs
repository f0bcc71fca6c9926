use macros::Refusals;
use store::StoreError;

/// Why a passkey is not registered, not believed or not removed.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum PasskeyError {
    /// The passkey did not prove itself. Why is written in the audit trail.
    #[error("The passkey did not prove itself. Begin again.")]
    #[refusal(Unauthorized, "webauthn_failed")]
    Failed,
    /// Nobody here has this passkey. `fields` names it under `credential_id`, for `PublicKeyCredential.signalUnknownCredential`.
    #[error("Nobody here has this passkey.")]
    #[refusal(Unauthorized, "unknown_credential")]
    Unknown,
    /// The new passkey did not prove itself. Why is written in the audit trail.
    #[error("The new passkey did not prove itself. Begin again.")]
    #[refusal(BadRequest, "webauthn_failed")]
    NotRegistered,
    /// The application does not take passkeys.
    #[error("The application does not take passkeys.")]
    #[refusal(Forbidden, "method_not_allowed")]
    NotAllowed,
    /// The session has to prove again who it is: begin a step-up.
    #[error("Prove again who you are first: begin a step-up, then try again.")]
    #[refusal(Forbidden, "step_up_required")]
    StepUpRequired,
    /// A person has at most twenty passkeys.
    #[error("You have as many passkeys as one can have: remove one first.")]
    #[refusal(Conflict, "too_many_passkeys")]
    TooMany,
    /// The passkey is registered already.
    #[error("This passkey is registered already.")]
    #[refusal(Conflict, "passkey_exists")]
    Exists,
    /// The last way to sign in can't be removed.
    #[error("This is the last way to sign in. Add another one before you remove it.")]
    #[refusal(Conflict, "last_sign_in_method")]
    LastWayIn,
    /// Send the credential as the browser's `toJSON` writes it.
    #[error("Send the credential as the browser's toJSON writes it.")]
    #[refusal(Validation, "invalid_fields", field = "credential", code = "invalid")]
    Malformed,
    /// A name has 1 to 60 characters that print.
    #[error("A name has 1 to 60 characters that print.")]
    #[refusal(Validation, "invalid_name", field = "name", code = "invalid")]
    Name,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
