use macros::Refusals;
use store::StoreError;

use crate::social::SocialError;

/// Why an identity can't be linked or unlinked.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum IdentityError {
    /// It is the only way in that the user has.
    #[error("This is the only way in: set a password, add a passkey or prove an address first.")]
    #[refusal(Conflict, "last_way_in")]
    LastWayIn,
    /// The session must have been opened or raised lately.
    #[error("Sign in again, or raise the session, then try again.")]
    #[refusal(Forbidden, "step_up_required")]
    StepUpRequired,
    /// An end user sends what begins a link or what completes it, an administrator a subject.
    #[error("Send provider, redirect_uri and code_challenge to begin, or code and code_verifier to complete.")]
    #[refusal(Validation, "proof_required")]
    ProofRequired,
    /// An administrator names the provider and the subject.
    #[error("Send provider and subject: 1 to 255 characters of printable ASCII.")]
    #[refusal(Validation, "subject_required")]
    SubjectRequired,
    /// The application has no such provider, or it is switched off.
    #[error("There is no such provider, or it is switched off.")]
    #[refusal(NotFound, "provider_not_found")]
    ProviderNotFound,
    /// The `redirect_uri` is none of the application's own, byte for byte.
    #[error("The redirect_uri is none of the application's own: compared byte for byte.")]
    #[refusal(BadRequest, "invalid_redirect_uri")]
    RedirectUri,
    /// A `code_challenge` is needed: the S256 of a verifier that only the client knows.
    #[error("Send a code_challenge: 43 characters of base64url, the SHA-256 of a verifier (RFC 7636, S256).")]
    #[refusal(BadRequest, "pkce_required")]
    PkceRequired,
    /// The code is not known, was used before, is too old, or was begun by another session or client.
    #[error("The code is not known, was used before, is too old, or was begun by another session or client.")]
    #[refusal(Unauthorized, "invalid_grant")]
    Grant,
    /// The upstream account is linked to another user, or to this one already.
    #[error("This account of the provider is linked already.")]
    #[refusal(Conflict, "identity_taken")]
    Taken,
    /// The user has as many identities as may be.
    #[error("A user has 20 identities at most.")]
    #[refusal(Conflict, "too_many_identities")]
    TooMany,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}

impl From<SocialError> for IdentityError {
    fn from(error: SocialError) -> Self {
        match error {
            SocialError::ProviderNotFound => Self::ProviderNotFound,
            SocialError::RedirectUri => Self::RedirectUri,
            SocialError::PkceRequired => Self::PkceRequired,
            SocialError::IdentityTaken => Self::Taken,
            SocialError::TooMany => Self::TooMany,
            SocialError::State => Self::ProofRequired,
            SocialError::Store(error) => Self::Store(error),
            _ => Self::Grant,
        }
    }
}
