//! One-time codes that a browser brings back from elsewhere: another domain's affair, redeemed here.

use std::{future::Future, pin::Pin};

use edge::{Context, Failure};
use kernel::Secret;
use macros::Refusals;

use crate::flows::Outcome;

/// Whoever redeems such codes, if there is one.
pub struct HandOffs(pub Option<RedeemsCode>);

/// A session, or a flow that asks for more; of any number that try one code at once, one gets it.
pub type RedeemsCode =
    for<'a> fn(&'a Context, HandedCode) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + 'a>>;

/// A code as the client presents it.
pub struct HandedCode {
    pub code: Secret,
    /// Whose S256 challenge the client began with (RFC 7636).
    pub code_verifier: Secret,
    /// Of a device that was trusted before: it stands in for the second factor.
    pub device_token: Option<Secret>,
}

/// Why a code brings no session.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum HandOffError {
    /// The code is not known, was used before, is too old, or was begun by another client.
    #[error("The code is not known, was used before, is too old, or was begun by another client.")]
    #[refusal(Unauthorized, "invalid_grant")]
    Grant,
    /// The application does not take sign-ups, or not from this domain.
    #[error("This application does not take sign-ups.")]
    #[refusal(Forbidden, "sign_up_closed")]
    SignUpClosed,
    /// Somebody has an account with this address: sign in to it, then link the provider.
    #[error("There is an account with this address. Sign in to it in another way, then link this provider.")]
    #[refusal(Conflict, "account_link_required")]
    LinkRequired,
}
