/// Why a call to the outside came to nothing. Names neither the address nor the answer: both may be a caller's to choose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// Not an absolute https URL with a host and without a user name.
    #[error("the URL is not one that may be called")]
    Url,
    /// The address is not on the public internet.
    #[error("the address is not public")]
    Forbidden,
    #[error("the host name was not found")]
    UnknownHost,
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate was not accepted, or the server speaks no TLS.
    #[error("no TLS connection: {0}")]
    Tls(String),
    #[error("no answer in time")]
    Timeout,
    #[error("the answer is larger than allowed")]
    TooLarge,
    /// An answer other than a success. Redirects are not followed.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is not what was asked for.
    #[error("the answer can't be read")]
    Answer,
    /// The call itself can't be made: a header that is none.
    #[error("the call can't be made")]
    Call,
}
