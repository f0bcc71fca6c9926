use macros::Refusals;
use store::StoreError;

/// Why senders and texts of messages can't be changed or tried. Fields that are not valid are named in a 422 `invalid_fields`.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum MessagingError {
    /// They changed while the request ran.
    #[error("It changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    /// Neither the application nor the deployment has a sender for this channel.
    #[error("There is no sender for this channel: set one, or ask whoever runs the deployment.")]
    #[refusal(Conflict, "no_sender")]
    NoSender,
    /// There are more texts of the application's own than one application may have.
    #[error("An application may have 500 texts of its own: remove some first.")]
    #[refusal(Conflict, "too_many_texts")]
    TooMany,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

/// Why a message can't go out.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum SendError {
    /// There is nothing to send messages of this channel with.
    #[error("There is nothing to send such messages with.")]
    #[refusal(Unavailable, "sender_missing")]
    SenderMissing,
}
