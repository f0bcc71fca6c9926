use kernel::{EventFacts, Id, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{sessions::Session, users::User};

/// A person signed up.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.signed_up", target = user_id)]
pub(crate) struct SignedUp {
    pub user_id: Id<User>,
}

/// A person signed in.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.signed_in", target = user_id)]
pub(crate) struct SignedIn {
    pub user_id: Id<User>,
    pub session_id: Id<Session>,
    /// Authentication methods (RFC 8176).
    pub amr: Vec<String>,
}

/// A known person was not let in.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.sign_in_failed", target = user_id, failure)]
pub(crate) struct SignInFailed {
    pub user_id: Id<User>,
    /// For example `invalid_credentials`.
    pub reason: &'static str,
}

/// Somebody signed in or up with an identifier that leads to no new session: nobody has it, or somebody has it already.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.attempt_refused", target = tenant_id, failure)]
pub(crate) struct AttemptRefused {
    pub tenant_id: TenantId,
    /// `sign_in` or `sign_up`.
    pub attempt: &'static str,
}

/// A person signed out.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.signed_out", target = user_id)]
pub(crate) struct SignedOut {
    pub user_id: Id<User>,
    pub session_id: Id<Session>,
}

pub(crate) const CATALOGUE: &[EventFacts] =
    &[SignedUp::FACTS, SignedIn::FACTS, SignInFailed::FACTS, AttemptRefused::FACTS, SignedOut::FACTS];
