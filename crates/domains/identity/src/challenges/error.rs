use macros::Refusals;
use store::StoreError;

/// Why a challenge can't be sent or redeemed.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum ChallengeError {
    /// The link is not known, was used before, or is too old.
    #[error("The link is not known, was used before, or is too old. Ask for a new one.")]
    #[refusal(Unauthorized, "invalid_token")]
    InvalidToken,
    /// The link must be opened in the browser that asked for it.
    #[error("Open the link in the browser that asked for it.")]
    #[refusal(Forbidden, "other_browser")]
    OtherBrowser,
    /// The code is wrong, was used before, or is too old; after five wrong tries it is dead.
    #[error("The code is wrong, was used before, or is too old. Ask for a new one after five wrong tries.")]
    #[refusal(Unauthorized, "invalid_code")]
    InvalidCode,
    /// Too many messages were sent to this address or asked for by this network.
    #[error("Too many messages were sent. Wait as long as Retry-After says.")]
    #[refusal(RateLimited, "rate_limited")]
    TooMany,
    /// The application sends no messages to numbers of this country.
    #[error("The application sends no messages to numbers of this country.")]
    #[refusal(Validation, "number_not_reached", field = "phone", code = "not_reached")]
    NotReached,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
