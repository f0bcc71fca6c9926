use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::method::Method;
use crate::{sessions::Session, users::User};

/// A person has proven a first factor and is asked for more before they are signed in.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.mfa_required", target = user_id)]
pub(super) struct MoreRequired {
    pub user_id: Id<User>,
    /// What the sign-in waits for, for example `mfa_required` or `verification_required`.
    pub state: &'static str,
}

/// A person gave the second factor that they were asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.mfa_succeeded", target = user_id)]
pub(super) struct MfaSucceeded {
    pub user_id: Id<User>,
    pub method: Method,
}

/// A signed-in person proved who they are again.
#[derive(Event, Serialize, JsonSchema)]
#[event("session.raised", target = session_id)]
pub(super) struct SessionRaised {
    pub session_id: Id<Session>,
    pub user_id: Id<User>,
    /// The assurance level from now on.
    pub aal: u8,
}

pub(super) const CATALOGUE: &[EventFacts] = &[MoreRequired::FACTS, MfaSucceeded::FACTS, SessionRaised::FACTS];
