use macros::Refusals;
use store::StoreError;

/// Why an import can't go on. What is wrong with one row stands in that row's result.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum ImportError {
    /// There is no import of this id to resume.
    #[error("There is no import of this id.")]
    #[refusal(NotFound, "import_not_found")]
    Unknown,
    /// The import was finished already.
    #[error("This import is finished: begin another one.")]
    #[refusal(Conflict, "import_finished")]
    Finished,
    /// Another request carries this import on.
    #[error("Another request carries this import on.")]
    #[refusal(Conflict, "import_in_progress")]
    InProgress,
    /// One job takes 64 MiB and 200,000 lines.
    #[error("One job takes 64 MiB and 200,000 lines: send several, or stream to `POST /v1/users/import`.")]
    #[refusal(BadRequest, "import_too_large")]
    TooLarge,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
