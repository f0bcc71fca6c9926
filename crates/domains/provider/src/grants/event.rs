//! What becomes of grants.

use identity::{sessions::Session, users::User};
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::Client;

/// An application was authorized: it got a code for tokens that speak for the person. Where the person had nothing to do for it, this is
/// told once the application redeems the code, by whom it is redeemed.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.authorized", target = application_id)]
pub(crate) struct ApplicationAuthorized {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
    pub session_id: Id<Session>,
    /// Space-separated.
    pub scope: String,
    /// Did the person agree just now, and not before?
    pub is_new_consent: bool,
}

pub(super) const CATALOGUE: &[EventFacts] = &[ApplicationAuthorized::FACTS];
