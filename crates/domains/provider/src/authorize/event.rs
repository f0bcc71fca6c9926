//! What becomes of authorization requests.

use identity::{sessions::Session, users::User};
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::Client;

/// An application was authorized: it got a code for tokens that speak for the person.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.authorized", target = application_id)]
pub(super) struct ApplicationAuthorized {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
    pub session_id: Id<Session>,
    /// Space-separated.
    pub scope: String,
    /// Did the person agree just now, and not before?
    pub is_new_consent: bool,
}

/// A person did not allow an application what it asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.denied", target = application_id)]
pub(super) struct ApplicationDenied {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[ApplicationAuthorized::FACTS, ApplicationDenied::FACTS];
