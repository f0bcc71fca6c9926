use identity::challenges::ChallengeError;
use macros::Refusals;
use store::StoreError;
use tenancy::messaging::SendError;

/// Why somebody can't be put on the list, or taken from it.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum WaitlistError {
    /// The application has no waiting list, or none for this address.
    #[error("The application has no waiting list, or none for this address.")]
    #[refusal(Forbidden, "waitlist_closed")]
    Closed,
    /// The person has an account already.
    #[error("The person has an account already.")]
    #[refusal(Conflict, "already_joined")]
    Joined,
    /// The entry changed while the request ran.
    #[error("The entry changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

/// Why an invitation leads nowhere.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum InvitationError {
    /// Somebody is signed in: an invitation begins an account.
    #[error("You are signed in: sign out first.")]
    #[refusal(Conflict, "already_signed_in")]
    SignedIn,
    /// The address has an account.
    #[error("This address has an account: sign in with it.")]
    #[refusal(Conflict, "account_exists")]
    AccountExists,
    #[error(transparent)]
    #[refusal(transparent)]
    Challenge(#[from] ChallengeError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
