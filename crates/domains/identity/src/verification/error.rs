use macros::Refusals;
use store::StoreError;
use tenancy::messaging::SendError;

use crate::{challenges::ChallengeError, flows::FlowError, links::LinkError, users::UserError};

/// Why an address is not proven or not changed.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum VerificationError {
    /// Send what the message holds: a token, or a challenge id with its code.
    #[error("Send either token, or challenge_id and code.")]
    #[refusal(Validation, "invalid_fields", field = "code", code = "required")]
    ProofRequired,
    /// There is no address to prove.
    #[error("There is no such address in the account, or it is proven already.")]
    #[refusal(Conflict, "nothing_to_verify")]
    Nothing,
    /// It is the account's address already.
    #[error("It is the account's email address already.")]
    #[refusal(Validation, "invalid_fields", field = "email", code = "unchanged")]
    Unchanged,
    /// The session has to prove a second factor first.
    #[error("Prove a second factor first: begin a step-up, then try again.")]
    #[refusal(Forbidden, "step_up_required")]
    StepUpRequired,
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    #[refusal(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    #[refusal(transparent)]
    Challenge(#[from] ChallengeError),
    #[error(transparent)]
    #[refusal(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
