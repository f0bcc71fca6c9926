//! What happens to passkeys, beside `mfa.factor_enrolled` and `mfa.factor_removed`, which they share with other factors.

use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::Passkey;
use crate::users::User;

/// A person gave a passkey another name.
#[derive(Event, Serialize, JsonSchema)]
#[event("passkey.renamed", target = user_id)]
pub(super) struct PasskeyRenamed {
    pub user_id: Id<User>,
    pub passkey_id: Id<Passkey>,
}

/// A new passkey was not taken.
#[derive(Event, Serialize, JsonSchema)]
#[event("passkey.registration_failed", target = user_id, failure)]
pub(super) struct RegistrationFailed {
    pub user_id: Id<User>,
    /// For example `origin` or `signature`.
    pub reason: &'static str,
}

/// A passkey was presented and not believed.
#[derive(Event, Serialize, JsonSchema)]
#[event("passkey.authentication_failed", target = user_id, failure)]
pub(super) struct AuthenticationFailed {
    pub user_id: Id<User>,
    pub passkey_id: Id<Passkey>,
    /// For example `challenge`, `signature` or `user_verification`; `counter` where there may be a copy of the authenticator.
    pub reason: &'static str,
}

pub(super) const CATALOGUE: &[EventFacts] =
    &[PasskeyRenamed::FACTS, RegistrationFailed::FACTS, AuthenticationFailed::FACTS];
