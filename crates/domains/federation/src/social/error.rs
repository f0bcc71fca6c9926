use identity::sessions::HandOffError;
use macros::Refusals;
use store::StoreError;

/// Why a sign-in at a provider does not go on. Where the application can be told, the reason is the `error` of the redirect.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum SocialError {
    /// The application has no such provider, or it is switched off.
    #[error("There is no such provider, or it is switched off.")]
    #[refusal(NotFound, "provider_not_found")]
    ProviderNotFound,
    /// The provider can't be reached, or its configuration is not complete.
    #[error("The provider can't be reached. Try again later.")]
    #[refusal(Unavailable, "provider_unavailable")]
    ProviderUnavailable,
    /// The `redirect_uri` is none of the application's own, byte for byte.
    #[error("The redirect_uri is none of the application's own: compared byte for byte.")]
    #[refusal(BadRequest, "invalid_redirect_uri")]
    RedirectUri,
    /// A `code_challenge` is needed: the S256 of a verifier that only the client knows.
    #[error("Send a code_challenge: 43 characters of base64url, the SHA-256 of a verifier (RFC 7636, S256).")]
    #[refusal(BadRequest, "pkce_required")]
    PkceRequired,
    /// The answer belongs to no sign-in that this browser began, or to one that is over.
    #[error("This answer belongs to no sign-in that this browser began, or to one that is over. Begin again.")]
    #[refusal(BadRequest, "invalid_state")]
    State,
    /// The person or the provider declined.
    #[error("The sign-in was declined at the provider.")]
    #[refusal(Forbidden, "access_denied")]
    Denied,
    /// What the provider answered does not hold.
    #[error("What the provider answered does not hold. Begin again.")]
    #[refusal(Forbidden, "provider_refused")]
    ProviderRefused,
    /// The upstream account is linked to somebody else.
    #[error("This account of the provider is linked to another user.")]
    #[refusal(Conflict, "identity_taken")]
    IdentityTaken,
    /// The user has as many identities as may be.
    #[error("A user has 20 identities at most.")]
    #[refusal(Conflict, "too_many_identities")]
    TooMany,
    #[error(transparent)]
    #[refusal(transparent)]
    HandOff(#[from] HandOffError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
