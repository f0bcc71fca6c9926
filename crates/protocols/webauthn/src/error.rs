//! Why a ceremony is refused.

use thiserror::Error;

/// A cause for the log and for the audit trail; a caller learns only that it did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebauthnError {
    #[error("the client data is not the JSON that a browser writes")]
    ClientData,
    #[error("the client data is of the other ceremony")]
    Type,
    #[error("another challenge was signed")]
    Challenge,
    #[error("the page that asked is none of this relying party's")]
    Origin,
    #[error("it was asked for inside another site's frame")]
    CrossOrigin,
    #[error("a CBOR item is truncated, doubled, nested too deeply or not in its one canonical form")]
    Cbor,
    #[error("the authenticator data is not well-formed")]
    AuthenticatorData,
    #[error("the authenticator answered another relying party")]
    RpId,
    #[error("nobody was present")]
    UserPresence,
    #[error("the person was not verified")]
    UserVerification,
    #[error("the backup flags contradict each other or what was registered")]
    BackupFlags,
    #[error("the credential's key is not one that is taken here")]
    Key,
    #[error("the credential id is empty, too long or another one")]
    CredentialId,
    #[error("the attestation statement is not well-formed or does not hold")]
    Attestation,
    #[error("the signature does not verify")]
    Signature,
    #[error("the signature counter did not rise: there may be a copy of the authenticator")]
    Counter,
}

impl WebauthnError {
    /// A stable handle, for events.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ClientData => "client_data",
            Self::Type => "type",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::CrossOrigin => "cross_origin",
            Self::Cbor => "cbor",
            Self::AuthenticatorData => "authenticator_data",
            Self::RpId => "rp_id",
            Self::UserPresence => "user_presence",
            Self::UserVerification => "user_verification",
            Self::BackupFlags => "backup_flags",
            Self::Key => "key",
            Self::CredentialId => "credential_id",
            Self::Attestation => "attestation",
            Self::Signature => "signature",
            Self::Counter => "counter",
        }
    }
}
