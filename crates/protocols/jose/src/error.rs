//! Why a key or a token is refused.

use thiserror::Error;

use crate::strict::StrictError;

/// A cause to log. Nothing here tells a caller more than "the token is not valid".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JoseError {
    #[error("the token is longer than {} bytes", crate::token::MAX_TOKEN_BYTES)]
    TooLong,
    #[error("the token is not three base64url segments")]
    Malformed,
    #[error("the header is refused: {0}")]
    Header(#[from] StrictError),
    #[error("the header lacks `{0}`, or it is not a string")]
    Missing(&'static str),
    #[error("the header parameter `{0}` is not supported")]
    Unsupported(&'static str),
    #[error("the algorithm is not the key's")]
    Algorithm,
    #[error("the token is of another type")]
    Typ,
    #[error("no key has this `kid`")]
    UnknownKey,
    #[error("the signature does not verify")]
    Signature,
    #[error("the claims are not the JSON that was asked for")]
    Claims,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the key is refused: {0}")]
    Key(&'static str),
    /// Not the input's fault: the library could not generate, encode or sign.
    #[error("the cryptographic library failed")]
    Cryptography,
}
