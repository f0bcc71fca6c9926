use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::model::{EndReason, Session};
use crate::users::User;

/// A session began.
#[derive(Event, Serialize, JsonSchema)]
#[event("session.created", target = session_id)]
pub(crate) struct SessionCreated {
    pub session_id: Id<Session>,
    pub user_id: Id<User>,
    pub aal: u8,
}

/// A session ended before its time.
#[derive(Event, Serialize, JsonSchema)]
#[event("session.revoked", target = session_id)]
pub(crate) struct SessionRevoked {
    pub session_id: Id<Session>,
    pub user_id: Id<User>,
    pub reason: EndReason,
}

/// A refresh token was used a second time: the session ended, since one of its two holders is a thief.
#[derive(Event, Serialize, JsonSchema)]
#[event("session.refresh_reused", target = session_id, failure)]
pub(crate) struct RefreshReused {
    pub session_id: Id<Session>,
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[SessionCreated::FACTS, SessionRevoked::FACTS, RefreshReused::FACTS];
