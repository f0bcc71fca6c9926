use crate::OutboundError;

/// Why a message was not taken over. Says nothing of the message and repeats nothing that the other side wrote: its address may be
/// somebody else's to choose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Nobody answered, or not in time: whatever else is to go there may rest for a while.
    #[error("not delivered: {0}")]
    Unreachable(String),
    /// Not reached, or not now: to be tried again.
    #[error("not delivered: {0}")]
    Temporary(String),
    /// It will not be taken however often it is tried: an address that is none, a recipient who is unknown.
    #[error("refused: {0}")]
    Permanent(String),
}

impl DeliveryError {
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent(_))
    }
}

impl From<OutboundError> for DeliveryError {
    fn from(error: OutboundError) -> Self {
        match error {
            // The provider read it and wants none of it. The others of the 4xx are about the account or the moment.
            OutboundError::Status(status @ (400 | 404 | 410 | 413 | 415 | 422)) => {
                Self::Permanent(format!("the provider answered {status}"))
            }
            OutboundError::Status(status) => Self::Temporary(format!("the provider answered {status}")),
            error @ (OutboundError::Timeout
            | OutboundError::Connect(_)
            | OutboundError::UnknownHost
            | OutboundError::Forbidden
            | OutboundError::Tls(_)) => Self::Unreachable(error.to_string()),
            error => Self::Temporary(error.to_string()),
        }
    }
}
