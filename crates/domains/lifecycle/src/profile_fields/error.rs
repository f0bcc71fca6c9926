use identity::flows::FlowError;
use macros::Refusals;
use store::StoreError;

/// Why a profile field can't be made or changed.
#[derive(Debug, thiserror::Error, Refusals)]
pub(super) enum ProfileFieldError {
    /// Another field of the application has this name, perhaps an archived one.
    #[error("Another field has this name, perhaps an archived one.")]
    #[refusal(Conflict, "name_taken", field = "name", code = "taken")]
    NameTaken,
    /// The application has as many fields as it may have.
    #[error("An application has 100 fields at most, archived ones included.")]
    #[refusal(Conflict, "too_many_fields")]
    TooMany,
    /// The field changed while the request ran.
    #[error("The field changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

/// Why answers can't be taken. Answers that don't fit are named in a 422 `invalid_fields`.
#[derive(Debug, thiserror::Error, Refusals)]
pub(super) enum ProgressError {
    /// Neither a session nor a pending sign-in says whose answers these are.
    #[error("Sign in, or send the flow_id of a sign-in that waits for answers.")]
    #[refusal(Unauthorized, "missing_credentials")]
    WhoseAnswers,
    #[error(transparent)]
    #[refusal(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
